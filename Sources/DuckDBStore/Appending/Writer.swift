import Chronology
import EventStore
import KQLValues

/// Writes to the database: the only connection that changes anything.
final class Writer {
    let connection: DuckDBConnection
    private(set) var catalogue: TableCatalogue
    let now: @Sendable () -> Instant
    private let source: RowSource
    private let room: DiskRoom?

    init(
        _ database: DuckDBDatabase, archive: String? = nil, room: DiskRoom? = nil,
        now: @escaping @Sendable () -> Instant
    ) throws(EventStoreError) {
        self.room = room
        connection = try DuckDBConnection(database)
        source = try RowSource(connection)
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
            var new = try Deliveries.note(lots.compactMap(\.delivery), at: ingestionTime, source, connection)
            for lot in lots {
                // What comes twice in one commit is stored once.
                if let delivery = lot.delivery, new.remove(delivery) == nil {
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
        try connection.perform("CHECKPOINT", code: .writeFailed)
    }

    /// Folds the log in, fills row groups that are not full, and frees the room of rows that were deleted.
    func compact() throws(EventStoreError) {
        try connection.allowMerging(true)
        let folded = Result { () throws(EventStoreError) in try checkpoint() }
        try connection.allowMerging(false)
        try folded.get()
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
            _ = try catalogue.segment(
                part.partition, of: batch.table, columns: filled, isLong: { part.columns[$0]?.isLongText ?? false },
                connection, change)
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
        let names = ([StoredColumn.ingestionTime] + columns.map(\.column)).map { SQLText.identifier($0.storedName) }
        let rows = RowSource.Rows(batches: batches, columns: columns, ingestionTime: ingestionTime)
        try source.giving(rows) { () throws(EventStoreError) in
            let count = try connection.repeatedly(
                "INSERT INTO \(SQLText.identifier(storedName)) (\(names.joined(separator: ", "))) "
                    + "SELECT * FROM \(RowSource.name)()", code: .writeFailed
            ) { statement throws(EventStoreError) in try connection.perform(statement, code: .writeFailed) }
            let expected = batches.reduce(0) { $0 + $1.rowCount }
            guard count == expected else {
                throw EventStoreError(.writeFailed, "\(storedName) took \(count) of \(expected) rows.")
            }
        }
    }
}
