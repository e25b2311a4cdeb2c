import Chronology
import EventStore

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

    /// Notes a delivery within the transaction that stores it; false when it is there already.
    static func note(
        _ delivery: DeliveryID, at instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> Bool {
        try connection.execute(
            "INSERT INTO meta.deliveries VALUES (\(SQLText.literal(delivery.text)), \(instant.ticks)) "
                + "ON CONFLICT DO NOTHING", code: .writeFailed) == 1
    }
}
