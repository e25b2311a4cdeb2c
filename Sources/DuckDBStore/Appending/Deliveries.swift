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
        _ deliveries: [DeliveryID], at instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> Set<DeliveryID> {
        var new: Set<DeliveryID> = []
        for start in stride(from: 0, to: deliveries.count, by: perStatement) {
            let names = Set(deliveries[start..<min(start + perStatement, deliveries.count)].map(\.text))
            let values = names.map { "(\(SQLText.literal($0)), \(instant.ticks))" }
            let noted = try connection.table(
                "INSERT INTO meta.deliveries VALUES \(values.joined(separator: ", ")) ON CONFLICT DO NOTHING RETURNING id",
                schema: TableSchema([ColumnSchema("id", .string)]))
            guard case .string(let ids)? = noted.columns.first else { continue }
            for row in 0..<noted.rowCount { new.insert(DeliveryID(ids[row])) }
        }
        return new
    }

    private static let perStatement = 1_000
}
