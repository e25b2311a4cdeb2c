import Chronology
import EventStore
import KQLValues

/// The identifiers of deliveries that were stored, in `meta.deliveries`.
enum Deliveries {
    static func create(_ connection: DuckDBConnection) throws(EventStoreError) {
        try connection.execute(
            "CREATE TABLE IF NOT EXISTS meta.deliveries (id VARCHAR PRIMARY KEY, stored_at BIGINT)", code: .cannotOpen)
    }

    /// Forgets the deliveries that were stored before an instant.
    static func forget(before instant: Instant, _ connection: DuckDBConnection) throws(EventStoreError) {
        try connection.execute("DELETE FROM meta.deliveries WHERE stored_at < \(instant.ticks)", code: .writeFailed)
    }

    /// Notes deliveries within the transaction that stores them; gives those that were not there.
    static func note(
        _ deliveries: [DeliveryID], at instant: Instant, _ source: RowSource, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> Set<DeliveryID> {
        let names = Set(deliveries.map(\.text))
        guard !names.isEmpty else { return [] }
        let column = StoredColumn(name: "id", type: .string, storedName: "id")
        let batch = PreparedBatch(
            target: .init(table: "deliveries", partition: .late(CalendarMonth(instant))),
            sources: [.string(StringColumn(names))], rowCount: names.count)
        let rows = RowSource.Rows(batches: [batch], columns: [(0, column)], ingestionTime: instant)
        let noted = try source.giving(rows) { () throws(EventStoreError) in
            try connection.repeatedly(
                "INSERT INTO meta.deliveries (stored_at, id) SELECT * FROM \(RowSource.name)() "
                    + "ON CONFLICT DO NOTHING RETURNING id", code: .writeFailed
            ) { statement throws(EventStoreError) in
                try connection.table(statement, schema: TableSchema([ColumnSchema("id", .string)]))
            }
        }
        guard case .string(let ids)? = noted.columns.first else { return [] }
        return Set((0..<noted.rowCount).map { DeliveryID(ids[$0]) })
    }
}
