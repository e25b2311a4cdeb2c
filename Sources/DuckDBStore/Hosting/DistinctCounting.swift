import CDuckDB
import EventStore

extension DuckDBConnection {
    /// Makes the SQL aggregate `kql_dcount(hash)`: the number of different 64-bit hashes of a group.
    ///
    /// It takes two values for one only when their hashes are equal: once in about 10^13 pairs of a million values.
    func makeDistinctCount() throws(EventStoreError) {
        var created: UnsafeMutablePointer<CDuckDBAggregateFunction>? = functions.pointee.create_aggregate_function()
        defer { functions.pointee.destroy_aggregate_function(&created) }
        guard let function = created else { return }
        functions.pointee.aggregate_function_set_name(function, HostedFunction.distinctCount)
        withLogicalType(UInt32(CDUCKDB_TYPE_UBIGINT)) {
            functions.pointee.aggregate_function_add_parameter(function, $0)
        }
        withLogicalType(UInt32(CDUCKDB_TYPE_BIGINT)) {
            functions.pointee.aggregate_function_set_return_type(function, $0)
        }
        functions.pointee.aggregate_function_set_functions(
            function, { _ in UInt64(HashSet.size) }, { _, state in HashSet(state).clear() },
            { _, input, states in
                guard let functions = cduckdb_loaded() else { return }
                let count = Int(functions.pointee.data_chunk_get_size(input))
                let vector = functions.pointee.data_chunk_get_vector(input, 0)
                guard let hashes = functions.pointee.vector_get_data(vector) else { return }
                let validity = functions.pointee.vector_get_validity(vector)
                for row in 0..<count where validity.map({ $0[row / 64] >> UInt64(row % 64) & 1 == 1 }) ?? true {
                    HashSet(states[row]).insert(hashes.load(fromByteOffset: row * 8, as: UInt64.self))
                }
            },
            { _, sources, targets, count in
                for index in 0..<Int(count) { HashSet(targets[index]).formUnion(HashSet(sources[index])) }
            },
            { _, states, result, count, offset in
                guard let data = cduckdb_loaded()?.pointee.vector_get_data(result) else { return }
                for index in 0..<Int(count) {
                    let position = (Int(offset) + index) * MemoryLayout<Int64>.stride
                    data.storeBytes(of: Int64(HashSet(states[index]).count), toByteOffset: position, as: Int64.self)
                }
            })
        functions.pointee.aggregate_function_set_destructor(function) { states, count in
            for index in 0..<Int(count) { HashSet(states[index]).free() }
        }
        guard functions.pointee.register_aggregate_function(handle, function) == CDUCKDB_SUCCESS else {
            throw EventStoreError(.cannotOpen, "DuckDB did not take the function \(HostedFunction.distinctCount).")
        }
    }
}

/// A set of hashes in a block of memory that DuckDB owns: few hashes stand in the block itself, more in a table with open
/// addressing behind a pointer. Zero marks a free slot; the hash zero counts as one.
private struct HashSet {
    private static let inlineCount = 6
    /// Bytes of the block: the number of hashes, the table's size as a power of two (0: none), and the hashes or the table.
    static let size = 16 + inlineCount * 8

    private let block: UnsafeMutableRawPointer

    @inline(__always)
    init(_ block: UnsafeMutableRawPointer) {
        self.block = block
    }

    var count: Int {
        @inline(__always) get { block.load(as: Int.self) }
        nonmutating set { block.storeBytes(of: newValue, as: Int.self) }
    }

    private var bits: Int {
        @inline(__always) get { block.load(fromByteOffset: 8, as: Int.self) }
        nonmutating set { block.storeBytes(of: newValue, toByteOffset: 8, as: Int.self) }
    }

    private var words: UnsafeMutablePointer<UInt64> { (block + 16).assumingMemoryBound(to: UInt64.self) }

    private var table: UnsafeMutablePointer<UInt64>? {
        @inline(__always) get { UnsafeMutablePointer(bitPattern: UInt(words[0])) }
    }

    func clear() {
        count = 0
        bits = 0
    }

    @inline(__always)
    func insert(_ hash: UInt64) {
        let hash = hash == 0 ? 1 : hash
        guard bits > 0, let table else { return insertInline(hash) }
        let mask = 1 << bits - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while table[slot] != 0 {
            if table[slot] == hash { return }
            slot = (slot + 1) & mask
        }
        table[slot] = hash
        count += 1
        if count * 2 > mask { grow() }
    }

    private func insertInline(_ hash: UInt64) {
        for index in 0..<count where words[index] == hash { return }
        if count < HashSet.inlineCount {
            words[count] = hash
            count += 1
        } else {
            grow()
            insert(hash)
        }
    }

    /// Moves the hashes into a table of four times the room.
    private func grow() {
        let newBits = bits == 0 ? 5 : bits + 2
        let new = UnsafeMutablePointer<UInt64>.allocate(capacity: 1 << newBits)
        new.initialize(repeating: 0, count: 1 << newBits)
        let mask = 1 << newBits - 1
        forEach { hash in
            var slot = Int(truncatingIfNeeded: hash) & mask
            while new[slot] != 0 { slot = (slot + 1) & mask }
            new[slot] = hash
        }
        free()
        words[0] = UInt64(UInt(bitPattern: new))
        bits = newBits
    }

    private func forEach(_ body: (UInt64) -> Void) {
        guard bits > 0, let table else {
            for index in 0..<count { body(words[index]) }
            return
        }
        for slot in 0..<(1 << bits) where table[slot] != 0 { body(table[slot]) }
    }

    func formUnion(_ other: HashSet) { other.forEach { insert($0) } }

    func free() {
        if bits > 0 { table?.deallocate() }
        bits = 0
    }
}
