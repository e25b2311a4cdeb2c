import EventStore
import KQLValues

/// The identifiers of deliveries that were stored as a whole.
///
/// An identifier is noted after its rows. A process that ends in between leaves rows without a note; the delivery sent again
/// is then written again, and the server leaves out each block by its token, which is made of the identifier.
struct Deliveries: Sendable {
    static let table = "deliveries#tocsin"
    /// A week; the port asks for two days.
    static let rememberedSeconds = 604_800

    let connection: Connection
    let definition: TableDefinition

    func isStored(_ delivery: DeliveryID) async throws(EventStoreError) -> Bool {
        let rows = try await connection.table(
            Statement(
                "SELECT toInt64(count()) AS c0 FROM \(definition.qualified(Deliveries.table)) WHERE id = "
                    + ClickHouseForms.literal(delivery.text)),
            TableSchema([ColumnSchema("c0", .long)]))
        return rows.rowCount > 0 && rows.row(0)[0] != .long(0)
    }

    func note(_ delivery: DeliveryID) async throws(EventStoreError) {
        try await connection.execute(
            Statement(
                "INSERT INTO \(definition.qualified(Deliveries.table)) (id) VALUES "
                    + "(\(ClickHouseForms.literal(delivery.text)))",
                settings: definition.cluster == nil ? [:] : ["insert_quorum": "auto"]))
    }
}
