import Chronology
import EventStore
import KQL
import KQLFunctions
import KQLValues

/// An event store of one fixed table, whose rows carry the time when they were ingested.
struct MemoryStore: EventStore {
    let name: String
    /// With the column `_IngestionTime`.
    let rows: Table

    var dialect: SQLDialect? { nil }

    var layout: StoreLayout {
        let columns = rows.schema.columns.filter { $0.name != StoredColumn.ingestionTime.name }
            .map { StoredColumn(name: $0.name, type: $0.type, storedName: $0.name) }
        return StoreLayout(tables: [name: StoredTable(storedName: name, columns: columns)])
    }

    func ensure(_ table: String, _ schema: TableSchema) async throws(EventStoreError) -> TableSchema { schema }
    func append(_ batches: [EventBatch], delivery: DeliveryID?) async throws(EventStoreError) -> AppendOutcome {
        .stored
    }
    func deleteRows(of table: String, olderThan instant: Instant) async throws(EventStoreError) -> Int { 0 }
    func close() async {}

    func read<Result: Sendable>(
        seconds: Double, _ body: @escaping @Sendable (ReadSession) throws -> Result
    ) async throws -> Result {
        try body(ReadSession(source: Source(rows: rows), layout: layout, host: nil, isCancelled: { false }))
    }

    private struct Source: TableSource {
        let rows: Table

        func read(_ request: ScanRequest) throws -> Table {
            let columns = request.columns.map { rows.column($0.name) ?? Column(empty: $0.type) }
            return Table(schema: TableSchema(request.columns), columns: columns, rowCount: rows.rowCount)
        }

        func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
            throw EventStoreError(.queryFailed, "this store speaks no SQL")
        }
    }
}
