import CDuckDB
import EventStore
import KQLValues

extension DuckDBConnection {
    /// Makes the SQL functions that take JSON text apart, for `mv-expand`.
    func makeElementFunctions() throws(EventStoreError) {
        try makeElementFunction(HostedFunction.elements(bagsAsArrays: false)) { _, input, output in
            if let functions = cduckdb_loaded() {
                ElementCall(functions: functions, input: input, output: output, bagsAsArrays: false).run()
            }
        }
        try makeElementFunction(HostedFunction.elements(bagsAsArrays: true)) { _, input, output in
            if let functions = cduckdb_loaded() {
                ElementCall(functions: functions, input: input, output: output, bagsAsArrays: true).run()
            }
        }
    }

    private func makeElementFunction(
        _ name: String, _ callback: @escaping CDuckDBScalarCallback
    ) throws(EventStoreError) {
        var created: UnsafeMutablePointer<CDuckDBScalarFunction>? = functions.pointee.create_scalar_function()
        defer { functions.pointee.destroy_scalar_function(&created) }
        guard let function = created else { return }
        functions.pointee.scalar_function_set_name(function, name)
        withLogicalType(UInt32(CDUCKDB_TYPE_VARCHAR)) { text in
            functions.pointee.scalar_function_add_parameter(function, text)
            var list: UnsafeMutablePointer<CDuckDBLogicalType>? = functions.pointee.create_list_type(text)
            defer { functions.pointee.destroy_logical_type(&list) }
            if let list { functions.pointee.scalar_function_set_return_type(function, list) }
        }
        functions.pointee.scalar_function_set_special_handling(function)
        functions.pointee.scalar_function_set_function(function, callback)
        guard functions.pointee.register_scalar_function(handle, function) == CDUCKDB_SUCCESS else {
            throw EventStoreError(.cannotOpen, "DuckDB did not take the function \(name).")
        }
    }
}

/// DuckDB's call for one chunk of documents, on one of its threads.
private struct ElementCall {
    let functions: UnsafePointer<CDuckDBFunctions>
    let input: UnsafeMutablePointer<CDuckDBDataChunk>
    let output: UnsafeMutablePointer<CDuckDBVector>
    let bagsAsArrays: Bool

    func run() {
        let rowCount = Int(functions.pointee.data_chunk_get_size(input))
        let documents = functions.pointee.data_chunk_get_vector(input, 0)
        guard let data = functions.pointee.vector_get_data(documents),
            let entries = functions.pointee.vector_get_data(output)
        else { return }
        let validity = functions.pointee.vector_get_validity(documents)
        var elements = JSONElements(bagsAsArrays: bagsAsArrays)
        for row in 0..<rowCount {
            let isNull = validity.map { $0[row / 64] >> UInt64(row % 64) & 1 == 0 } ?? false
            let slot = data + row * MemoryLayout<CDuckDBString>.stride
            let start = elements.texts.count
            let length = elements.append(isNull ? UnsafeBufferPointer(start: nil, count: 0) : slot.storedText)
            entries.storeBytes(
                of: CDuckDBListEntry(offset: UInt64(start), length: UInt64(length)),
                toByteOffset: row * MemoryLayout<CDuckDBListEntry>.stride, as: CDuckDBListEntry.self)
        }
        let count = elements.texts.count
        _ = functions.pointee.list_vector_reserve(output, UInt64(count))
        _ = functions.pointee.list_vector_set_size(output, UInt64(count))
        ChunkWriter(functions: functions).write(
            .string(elements.texts), 0..<count, isDynamic: true, to: functions.pointee.list_vector_get_child(output))
    }
}
