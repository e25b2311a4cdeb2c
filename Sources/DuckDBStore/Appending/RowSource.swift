import CDuckDB
import Chronology
import EventStore
import KQLValues

/// The rows that a writer appends, as the SQL table function `tocsin_rows()`: `INSERT … SELECT * FROM tocsin_rows()` takes
/// them chunk by chunk straight out of the batches' columns. (DuckDB's appender would collect a copy of all of them first,
/// and its last step asks the processor again and again whether DuckDB's other threads are done.)
///
/// SAFETY: `rows` and `position` are set by the writer's thread around a statement, and within the statement touched by the
/// one thread of DuckDB that runs the function then, which DuckDB's own locks order after and before.
final class RowSource: @unchecked Sendable {
    static let name = "tocsin_rows"

    /// Batches of one part with the places of the columns that are stored.
    struct Rows {
        var batches: [PreparedBatch]
        var columns: [(place: Int, column: StoredColumn)]
        var ingestionTime: Instant
    }

    private let functions: UnsafePointer<CDuckDBFunctions>
    private let writer: ChunkWriter
    /// Where texts stand until DuckDB has copied the chunk that refers to them, which it has when it asks for the next.
    private let texts = TextArena()
    private var rows: Rows?
    /// The batch and the row in it where the next chunk starts.
    private var position = (batch: 0, row: 0)

    init(_ connection: DuckDBConnection) throws(EventStoreError) {
        functions = connection.functions
        writer = ChunkWriter(functions: functions, texts: texts)
        try register(with: connection)
    }

    /// Runs `work`, in which the function gives these rows.
    func giving<Result>(
        _ rows: Rows, _ work: () throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        self.rows = rows
        position = (0, 0)
        defer { self.rows = nil }
        return try work()
    }

    private func register(with connection: DuckDBConnection) throws(EventStoreError) {
        var created: UnsafeMutablePointer<CDuckDBTableFunction>? = functions.pointee.create_table_function()
        defer { functions.pointee.destroy_table_function(&created) }
        guard let function = created else { throw EventStoreError(.cannotOpen, "DuckDB made no table function.") }
        functions.pointee.table_function_set_name(function, Self.name)
        functions.pointee.table_function_set_extra_info(function, Unmanaged.passRetained(self).toOpaque()) {
            if let data = $0 { Unmanaged<RowSource>.fromOpaque(data).release() }
        }
        functions.pointee.table_function_set_bind(function) { info in
            guard let functions = cduckdb_loaded() else { return }
            RowSource.of(functions.pointee.bind_get_extra_info(info))?.bind(info)
        }
        functions.pointee.table_function_set_init(function) { info in
            cduckdb_loaded()?.pointee.init_set_max_threads(info, 1)
        }
        functions.pointee.table_function_set_function(function) { info, output in
            guard let functions = cduckdb_loaded() else { return }
            RowSource.of(functions.pointee.function_get_extra_info(info))?.fill(output)
        }
        guard functions.pointee.register_table_function(connection.handle, function) == CDUCKDB_SUCCESS else {
            throw EventStoreError(.cannotOpen, "DuckDB did not take the function \(Self.name).")
        }
    }

    private static func of(_ data: UnsafeMutableRawPointer?) -> RowSource? {
        data.map { Unmanaged<RowSource>.fromOpaque($0).takeUnretainedValue() }
    }

    // MARK: - DuckDB's calls

    private func bind(_ info: UnsafeMutablePointer<CDuckDBBindInfo>) {
        guard let rows else { return functions.pointee.bind_set_error(info, "no rows are being appended") }
        for column in [StoredColumn.ingestionTime] + rows.columns.map(\.column) {
            var type: UnsafeMutablePointer<CDuckDBLogicalType>? = functions.pointee.create_logical_type(
                column.type.duckDBType)
            defer { functions.pointee.destroy_logical_type(&type) }
            if let type { functions.pointee.bind_add_result_column(info, column.storedName, type) }
        }
    }

    /// Fills a chunk with the next rows, of as many batches as it takes; leaves it empty when there are none.
    private func fill(_ chunk: UnsafeMutablePointer<CDuckDBDataChunk>) {
        var filled = 0
        let room = Int(functions.pointee.vector_size())
        texts.reset()
        while let rows, position.batch < rows.batches.count, filled < room {
            let batch = rows.batches[position.batch]
            let range = position.row..<min(position.row + room - filled, batch.rowCount)
            write(range, of: batch, rows, to: chunk, at: filled)
            filled += range.count
            position = range.upperBound < batch.rowCount ? (position.batch, range.upperBound) : (position.batch + 1, 0)
        }
        functions.pointee.data_chunk_set_size(chunk, UInt64(filled))
    }

    private func write(
        _ range: Range<Int>, of batch: PreparedBatch, _ rows: Rows, to chunk: UnsafeMutablePointer<CDuckDBDataChunk>,
        at start: Int
    ) {
        writer.write(
            repeating: rows.ingestionTime.ticks, count: range.count,
            to: functions.pointee.data_chunk_get_vector(chunk, 0), at: start)
        for (index, (place, column)) in rows.columns.enumerated() {
            let vector = functions.pointee.data_chunk_get_vector(chunk, UInt64(index + 1))
            if place < batch.sources.count, let source = batch.sources[place] {
                writer.write(source, range, isDynamic: column.type == .dynamic, to: vector, at: start)
            } else {
                writer.writeMissing(column.type, count: range.count, to: vector, at: start)
            }
        }
    }
}
