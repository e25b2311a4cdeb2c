import CDuckDB
import Chronology
import EventStore
import KQLValues

/// What one call of `append` brings.
struct Appending {
    var batches: [EventBatch]
    var delivery: DeliveryID? = nil

    var rowCount: Int { batches.reduce(0) { $0 + $1.rowCount } }
}

/// Writes to the database: the only connection that changes anything.
final class Writer {
    private let connection: DuckDBConnection
    private(set) var catalogue: TableCatalogue
    private let now: @Sendable () -> Instant

    /// Whether columns without any value are made in the stored table too.
    private let storesEmptyColumns: Bool

    init(
        _ database: DuckDBDatabase, storesEmptyColumns: Bool = false, now: @escaping @Sendable () -> Instant
    ) throws(EventStoreError) {
        self.storesEmptyColumns = storesEmptyColumns
        connection = try DuckDBConnection(database)
        catalogue = try TableCatalogue(connection)
        try Deliveries.create(connection)
        self.now = now
    }

    func ensure(_ table: String, _ schema: TableSchema) throws(EventStoreError) -> TableSchema {
        try atomically { () throws(EventStoreError) in try catalogue.evolve(table, schema, connection).schema }
    }

    /// Gives what is to be appended its places: tables and columns that are missing are made, in a transaction of its own,
    /// so that readers can know of the columns before the first row that has a value there.
    func prepare(_ appendings: [Appending]) throws(EventStoreError) -> [PreparedAppending] {
        var prepared: [PreparedAppending] = []
        let before = catalogue
        var hasBegun = false
        // Most batches find all in its place, and then there is nothing to commit.
        func change() throws(EventStoreError) {
            if !hasBegun { try connection.begin() }
            hasBegun = true
        }
        do {
            for appending in appendings {
                var batches: [PreparedBatch] = []
                for batch in appending.batches {
                    if let ready = try place(batch, change) { batches.append(ready) }
                }
                prepared.append(PreparedAppending(batches: batches, delivery: appending.delivery))
            }
            if hasBegun { try connection.commit() }
            return prepared
        } catch {
            if hasBegun { connection.rollBack() }
            catalogue = before
            throw error
        }
    }

    /// Appends all that is new in one transaction, synced to disk when this returns; gives the outcome of each.
    func append(_ appendings: [PreparedAppending]) throws(EventStoreError) -> [AppendOutcome] {
        let ingestionTime = now()
        return try connection.transaction(code: .writeFailed) { () throws(EventStoreError) in
            var outcomes: [AppendOutcome] = []
            var batches: [PreparedBatch] = []
            for appending in appendings {
                if let delivery = appending.delivery, try !Deliveries.note(delivery, at: ingestionTime, connection) {
                    outcomes.append(.alreadyStored)
                    continue
                }
                batches += appending.batches
                outcomes.append(.stored)
            }
            for (table, parts) in PreparedBatch.byTable(batches) { try append(parts, to: table, ingestionTime) }
            return outcomes
        }
    }

    func deleteRows(of name: String, olderThan instant: Instant) throws(EventStoreError) -> Int {
        guard let table = catalogue.layout.tables[name] else {
            throw EventStoreError(.unknownTable, "There is no table '\(name)' to delete rows of.")
        }
        guard let time = table.column("TimeGenerated"), time.type == .datetime else { return 0 }
        return try connection.execute(
            "DELETE FROM \(SQLText.identifier(table.storedName)) "
                + "WHERE \(SQLText.identifier(time.storedName)) < \(instant.ticks)", code: .writeFailed)
    }

    /// Folds the write-ahead log into the database file.
    func checkpoint() throws(EventStoreError) {
        try connection.execute("CHECKPOINT", code: .writeFailed)
    }

    private func atomically<Result>(_ work: () throws(EventStoreError) -> Result) throws(EventStoreError) -> Result {
        let before = catalogue
        do {
            return try connection.transaction(code: .writeFailed, work)
        } catch {
            catalogue = before
            throw error
        }
    }

    // MARK: - Rows

    /// Checks a batch and finds the place of each of its columns; `change` is called before anything is made. Nil when the
    /// batch has no rows.
    private func place(
        _ batch: EventBatch, _ change: () throws(EventStoreError) -> Void
    ) throws(EventStoreError) -> PreparedBatch? {
        if let fault = batch.fault {
            throw EventStoreError(.invalidBatch, "A batch for \(batch.table) cannot be stored: \(fault).")
        }
        if catalogue.lacks(batch.table, batch.schema) { try change() }
        let evolution = try catalogue.evolve(batch.table, batch.schema, connection)
        guard batch.rowCount > 0, let table = catalogue.layout.tables[batch.table] else { return nil }
        var sources: [Int: Column] = [:]
        for (placement, values) in zip(evolution.placements, batch.columns) {
            guard sources[placement.column] == nil else {
                throw EventStoreError(
                    .invalidBatch,
                    "A batch for \(batch.table) brings column \(table.columns[placement.column].name) twice.")
            }
            guard let converted = values.widened(to: placement.type) else {
                throw EventStoreError(
                    .invalidBatch,
                    "A batch for \(batch.table) holds \(values.type) values for the \(placement.type) "
                        + "column \(table.columns[placement.column].name).")
            }
            if case .string(let strings) = converted {
                sources[placement.column] = .string(strings.wellFormed)
            } else {
                sources[placement.column] = converted
            }
        }
        let wanted = storesEmptyColumns ? Array(table.columns.indices) : sources.filter { $1.hasValue }.keys.sorted()
        if !catalogue.hasStored(wanted, of: batch.table) {
            try change()
            try catalogue.store(wanted, of: batch.table, connection)
        }
        return PreparedBatch(table: batch.table, sources: sources, rowCount: batch.rowCount)
    }

    /// Appends the rows of one table.
    private func append(
        _ batches: [PreparedBatch], to name: String, _ ingestionTime: Instant
    ) throws(EventStoreError) {
        guard let table = catalogue.layout.tables[name] else { return }
        let functions = connection.functions
        var created: UnsafeMutablePointer<CDuckDBAppender>?
        defer { _ = functions.pointee.appender_destroy(&created) }
        let state = functions.pointee.appender_create(connection.handle, nil, table.storedName, &created)
        guard let appender = created else { throw EventStoreError(.writeFailed, "DuckDB made no appender.") }
        guard state == CDUCKDB_SUCCESS else { throw failure(of: appender, table) }

        let places = catalogue.storedColumns(of: name)
        let chunkRows = Int(functions.pointee.vector_size())
        let writer = ChunkWriter(functions: functions)
        var chunk = makeChunk([StoredColumn.ingestionTime] + places.map { table.columns[$0] })
        defer { functions.pointee.destroy_data_chunk(&chunk) }
        guard let filled = chunk else { throw EventStoreError(.writeFailed, "DuckDB made no data chunk.") }
        for batch in batches {
            for start in stride(from: 0, to: batch.rowCount, by: chunkRows) {
                let rows = start..<min(start + chunkRows, batch.rowCount)
                functions.pointee.data_chunk_reset(filled)
                writer.write(
                    repeating: ingestionTime.ticks, count: rows.count,
                    to: functions.pointee.data_chunk_get_vector(filled, 0))
                for (index, place) in places.enumerated() {
                    let column = table.columns[place]
                    let vector = functions.pointee.data_chunk_get_vector(filled, UInt64(index + 1))
                    if let source = batch.sources[place] {
                        writer.write(source, rows, isDynamic: column.type == .dynamic, to: vector)
                    } else {
                        writer.writeMissing(column.type, count: rows.count, to: vector)
                    }
                }
                functions.pointee.data_chunk_set_size(filled, UInt64(rows.count))
                guard functions.pointee.append_data_chunk(appender, filled) == CDUCKDB_SUCCESS else {
                    throw failure(of: appender, table)
                }
            }
        }
        guard functions.pointee.appender_close(appender) == CDUCKDB_SUCCESS else { throw failure(of: appender, table) }
    }

    private func makeChunk(_ columns: [StoredColumn]) -> UnsafeMutablePointer<CDuckDBDataChunk>? {
        let functions = connection.functions
        var types: [UnsafeMutablePointer<CDuckDBLogicalType>?] = columns.map {
            functions.pointee.create_logical_type($0.type.duckDBType)
        }
        defer { for index in types.indices { functions.pointee.destroy_logical_type(&types[index]) } }
        return functions.pointee.create_data_chunk(&types, UInt64(columns.count))
    }

    private func failure(
        of appender: UnsafeMutablePointer<CDuckDBAppender>, _ table: StoredTable
    ) -> EventStoreError {
        let reason = connection.functions.pointee.appender_error(appender).map { String(cString: $0) }
        return EventStoreError(
            .writeFailed, "Rows could not be appended to \(table.storedName): \(reason ?? "unknown error")")
    }
}
