import CDuckDB
import Chronology
import EventStore
import KQLValues

/// Writes to the database: the only connection that changes anything.
final class Writer {
    let connection: DuckDBConnection
    private(set) var catalogue: TableCatalogue
    let now: @Sendable () -> Instant
    private let room: DiskRoom?

    init(
        _ database: DuckDBDatabase, archive: String? = nil, room: DiskRoom? = nil,
        now: @escaping @Sendable () -> Instant
    ) throws(EventStoreError) {
        self.room = room
        connection = try DuckDBConnection(database)
        catalogue = try TableCatalogue(connection, archive: archive, now: now())
        try Deliveries.create(connection)
        try RetentionSettings.create(connection)
        self.now = now
    }

    func ensure(_ table: String, _ schema: TableSchema) throws(EventStoreError) -> TableSchema {
        try atomically { () throws(EventStoreError) in try catalogue.evolve(table, schema, connection).schema }
    }

    /// Gives what is to be appended its places: tables, parts and columns that are missing are made, in a transaction of
    /// its own, so that readers can know of them before the first row that is there.
    func prepare(_ lots: [EventLot]) throws(EventStoreError) -> [PreparedLot] {
        try room?.check()
        let month = CalendarMonth(now())
        var prepared: [PreparedLot] = []
        let before = catalogue
        var hasBegun = false
        // Most batches find all in its place, and then there is nothing to commit.
        func change() throws(EventStoreError) {
            if !hasBegun { try connection.begin() }
            hasBegun = true
        }
        do {
            for lot in lots {
                var batches: [PreparedBatch] = []
                for batch in lot.batches { batches += try place(batch, takenIn: month, change) }
                prepared.append(PreparedLot(batches: batches, delivery: lot.delivery))
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
    func append(_ lots: [PreparedLot]) throws(EventStoreError) -> [AppendOutcome] {
        try room?.check()
        let ingestionTime = now()
        return try connection.transaction(code: .writeFailed) { () throws(EventStoreError) in
            var outcomes: [AppendOutcome] = []
            var batches: [PreparedBatch] = []
            for lot in lots {
                if let delivery = lot.delivery, try !Deliveries.note(delivery, at: ingestionTime, connection) {
                    outcomes.append(.alreadyStored)
                    continue
                }
                batches += lot.batches
                outcomes.append(.stored)
            }
            try append(batches, ingestionTime)
            return outcomes
        }
    }

    /// Changes the catalogue and what it names, all or nothing.
    func change<Result>(
        _ work: (inout TableCatalogue, DuckDBConnection) throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        try atomically { () throws(EventStoreError) in try work(&catalogue, connection) }
    }

    /// Folds the write-ahead log into the database file.
    func checkpoint() throws(EventStoreError) {
        try connection.execute("CHECKPOINT", code: .writeFailed)
    }

    /// Runs `work` in a transaction; when it throws, the catalogue is as it was.
    func atomically<Result>(_ work: () throws(EventStoreError) -> Result) throws(EventStoreError) -> Result {
        let before = catalogue
        do {
            return try connection.transaction(code: .writeFailed, work)
        } catch {
            catalogue = before
            throw error
        }
    }

    // MARK: - Rows

    /// Checks a batch, parts its rows and finds the place of each column; `change` is called before anything is made.
    private func place(
        _ batch: EventBatch, takenIn month: CalendarMonth, _ change: () throws(EventStoreError) -> Void
    ) throws(EventStoreError) -> [PreparedBatch] {
        try batch.checkShape()
        if catalogue.lacks(batch.table, batch.schema) { try change() }
        let evolution = try catalogue.evolve(batch.table, batch.schema, connection)
        guard batch.rowCount > 0, let table = catalogue.layout.tables[batch.table] else { return [] }
        let sources = try batch.placed(by: evolution)
        let time = table.columns.firstIndex { $0.name == "TimeGenerated" }
        let parts = PartitionedRows(sources, rowCount: batch.rowCount, time: time, takenIn: month).parts
        var prepared: [PreparedBatch] = []
        for part in parts {
            let filled = part.columns.indices.filter { part.columns[$0]?.hasValue ?? false }
            _ = try catalogue.segment(part.partition, of: batch.table, columns: filled, connection, change)
            prepared.append(
                PreparedBatch(
                    target: .init(table: batch.table, partition: part.partition), sources: part.columns,
                    rowCount: part.rowCount))
        }
        return prepared
    }

    /// Appends rows whose places are there, within the transaction of the caller.
    func append(_ batches: [PreparedBatch], _ ingestionTime: Instant) throws(EventStoreError) {
        for (target, parts) in PreparedBatch.byTarget(batches) {
            guard let table = catalogue.layout.tables[target.table],
                let segment = catalogue.segments.open(target.partition, of: target.table)
            else {
                throw EventStoreError(.writeFailed, "\(target.table) has no part for \(target.partition) any more.")
            }
            let columns = segment.columns.map { (place: $0, column: table.columns[$0]) }
            try append(parts, to: segment.storedName, columns, ingestionTime)
        }
    }

    /// Appends rows to a stored table that has the time of ingestion and these columns, each with its place in the batches.
    func append(
        _ batches: [PreparedBatch], to storedName: String, _ columns: [(place: Int, column: StoredColumn)],
        _ ingestionTime: Instant
    ) throws(EventStoreError) {
        let functions = connection.functions
        var created: UnsafeMutablePointer<CDuckDBAppender>?
        defer { _ = functions.pointee.appender_destroy(&created) }
        let state = functions.pointee.appender_create(connection.handle, nil, storedName, &created)
        guard let appender = created else { throw EventStoreError(.writeFailed, "DuckDB made no appender.") }
        guard state == CDUCKDB_SUCCESS else { throw failure(of: appender, storedName) }

        let chunkRows = Int(functions.pointee.vector_size())
        // DuckDB copies a chunk when it is appended, so the texts need not outlive that.
        let texts = TextArena()
        defer { withExtendedLifetime(texts) {} }
        let writer = ChunkWriter(functions: functions, texts: texts)
        var chunk = makeChunk([StoredColumn.ingestionTime] + columns.map(\.column))
        defer { functions.pointee.destroy_data_chunk(&chunk) }
        guard let filled = chunk else { throw EventStoreError(.writeFailed, "DuckDB made no data chunk.") }
        for batch in batches {
            for start in stride(from: 0, to: batch.rowCount, by: chunkRows) {
                let rows = start..<min(start + chunkRows, batch.rowCount)
                functions.pointee.data_chunk_reset(filled)
                texts.reset()
                writer.write(
                    repeating: ingestionTime.ticks, count: rows.count,
                    to: functions.pointee.data_chunk_get_vector(filled, 0))
                for (index, (place, column)) in columns.enumerated() {
                    let vector = functions.pointee.data_chunk_get_vector(filled, UInt64(index + 1))
                    if place < batch.sources.count, let source = batch.sources[place] {
                        writer.write(source, rows, isDynamic: column.type == .dynamic, to: vector)
                    } else {
                        writer.writeMissing(column.type, count: rows.count, to: vector)
                    }
                }
                functions.pointee.data_chunk_set_size(filled, UInt64(rows.count))
                guard functions.pointee.append_data_chunk(appender, filled) == CDUCKDB_SUCCESS else {
                    throw failure(of: appender, storedName)
                }
            }
        }
        guard functions.pointee.appender_close(appender) == CDUCKDB_SUCCESS else {
            throw failure(of: appender, storedName)
        }
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
        of appender: UnsafeMutablePointer<CDuckDBAppender>, _ storedName: String
    ) -> EventStoreError {
        let reason = connection.functions.pointee.appender_error(appender).map { String(cString: $0) }
        return EventStoreError(
            .writeFailed, "Rows could not be appended to \(storedName): \(reason ?? "unknown error")")
    }
}
