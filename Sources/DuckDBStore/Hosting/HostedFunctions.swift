import CDuckDB
import EventStore
import KQL
import KQLValues

extension DuckDBConnection {
    /// Makes the SQL functions `kql_bool(id, columns…)`, `kql_string(…)` and so on, for the whole database.
    func makeHostedFunctions(_ registry: ExpressionRegistry) throws(EventStoreError) {
        for type in KQLType.allCases {
            var created: UnsafeMutablePointer<CDuckDBScalarFunction>? = functions.pointee.create_scalar_function()
            defer { functions.pointee.destroy_scalar_function(&created) }
            guard let function = created else { continue }
            functions.pointee.scalar_function_set_name(function, HostedFunction.name(for: type))
            withLogicalType(UInt32(CDUCKDB_TYPE_BIGINT)) {
                functions.pointee.scalar_function_add_parameter(function, $0)
            }
            withLogicalType(UInt32(CDUCKDB_TYPE_ANY)) { functions.pointee.scalar_function_set_varargs(function, $0) }
            withLogicalType(type.duckDBType) { functions.pointee.scalar_function_set_return_type(function, $0) }
            functions.pointee.scalar_function_set_special_handling(function)
            functions.pointee.scalar_function_set_extra_info(function, Unmanaged.passRetained(registry).toOpaque()) {
                if let data = $0 { Unmanaged<ExpressionRegistry>.fromOpaque(data).release() }
            }
            functions.pointee.scalar_function_set_function(function) { info, input, output in
                if let functions = cduckdb_loaded() {
                    HostedCall(functions: functions, info: info, input: input, output: output).run()
                }
            }
            guard functions.pointee.register_scalar_function(handle, function) == CDUCKDB_SUCCESS else {
                throw EventStoreError(
                    .cannotOpen, "DuckDB did not take the function \(HostedFunction.name(for: type)).")
            }
        }
    }

    func withLogicalType(_ number: UInt32, _ body: (UnsafeMutablePointer<CDuckDBLogicalType>) -> Void) {
        var type: UnsafeMutablePointer<CDuckDBLogicalType>? = functions.pointee.create_logical_type(number)
        defer { functions.pointee.destroy_logical_type(&type) }
        if let type { body(type) }
    }
}

/// DuckDB's call for one chunk of rows, on one of its threads.
private struct HostedCall {
    let functions: UnsafePointer<CDuckDBFunctions>
    let info: UnsafeMutablePointer<CDuckDBFunctionInfo>
    let input: UnsafeMutablePointer<CDuckDBDataChunk>
    let output: UnsafeMutablePointer<CDuckDBVector>

    func run() {
        let rowCount = Int(functions.pointee.data_chunk_get_size(input))
        guard rowCount > 0 else { return }
        guard let expression else {
            return functions.pointee.scalar_function_set_error(info, "the expression is not registered any more")
        }
        if expression.readsJSONAsText { return writeTexts(of: expression, rowCount: rowCount) }
        var columns: [Column] = []
        for (index, column) in expression.inputs.columns.enumerated() {
            var reader = ColumnReader(column.type, functions: functions)
            reader.append(functions.pointee.data_chunk_get_vector(input, UInt64(index + 1)), count: rowCount)
            columns.append(reader.column())
        }
        do {
            let values = try expression.values(of: columns, rowCount: rowCount)
            ChunkWriter(functions: functions).write(values, 0..<rowCount, isDynamic: false, to: output)
        } catch {
            functions.pointee.scalar_function_set_error(info, error.message)
        }
    }

    /// Takes the texts out of the documents where they stand, without columns in between.
    private func writeTexts(of expression: HostedExpression, rowCount: Int) {
        let documents = functions.pointee.data_chunk_get_vector(input, 1)
        guard let data = functions.pointee.vector_get_data(documents),
            let texts = functions.pointee.vector_get_data(output)
        else { return }
        let validity = functions.pointee.vector_get_validity(documents)
        let writer = ChunkWriter(functions: functions)
        for row in 0..<rowCount {
            let isNull = validity.map { $0[row / 64] >> UInt64(row % 64) & 1 == 0 } ?? false
            let slot = data + row * MemoryLayout<CDuckDBString>.stride
            expression.withText(of: isNull ? UnsafeBufferPointer(start: nil, count: 0) : slot.storedText) { text in
                writer.assign(UnsafeRawBufferPointer(text), at: row, of: output, texts)
            }
        }
    }

    private var expression: HostedExpression? {
        guard let data = functions.pointee.scalar_function_get_extra_info(info),
            let numbers = functions.pointee.vector_get_data(functions.pointee.data_chunk_get_vector(input, 0))
        else { return nil }
        let registry = Unmanaged<ExpressionRegistry>.fromOpaque(data).takeUnretainedValue()
        return registry[Int(numbers.load(as: Int64.self))]
    }
}
