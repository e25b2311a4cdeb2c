import Chronology
import EventStore
import Foundation
import KQLValues

/// Writes batches as blocks, each known to the server by a token, so that a block sent again is stored once.
struct Appender: Sendable {
    let connection: Connection
    let definition: TableDefinition
    let catalogue: Catalogue
    let deliveries: Deliveries
    let stamps: Stamps
    /// The number of the cluster's shards.
    let shards: Int

    /// Everything is checked and made ready before the first row is sent.
    func append(_ batches: [EventBatch], _ delivery: DeliveryID?) async throws(EventStoreError) -> AppendOutcome {
        for batch in batches { try batch.checkShape() }
        for batch in batches {
            let existing = catalogue.layout.tables[batch.table]?.schema ?? TableSchema([])
            let evolution = SchemaEvolution(existing: existing, arriving: batch.schema)
            try Catalogue.check(batch.table, evolution)
            _ = try batch.placed(by: evolution)
        }
        if let delivery, try await deliveries.isStored(delivery) { return .alreadyStored }
        let stamp = stamps.begin()
        defer { stamps.end(stamp) }
        // Without a delivery only this call repeats the blocks, when it does not know what became of them.
        let identifier = delivery?.text ?? UUID().uuidString
        for (number, batch) in batches.enumerated() {
            let evolution = try await catalogue.evolve(batch.table, batch.schema)
            guard batch.rowCount > 0, let table = catalogue.layout.tables[batch.table] else { continue }
            let placed = try batch.placed(by: evolution)
            for (block, start) in stride(from: 0, to: batch.rowCount, by: Self.rowsPerBlock).enumerated() {
                let rows = start..<min(start + Self.rowsPerBlock, batch.rowCount)
                try await insert(
                    placed, rows, into: table, stamp, token: "\(identifier)/\(number)/\(block)")
            }
        }
        if let delivery { try await deliveries.note(delivery) }
        return .stored
    }

    /// One block for the server too, which makes one part per day of it, all visible at once.
    private static let rowsPerBlock = 200_000

    private func insert(
        _ columns: [Column?], _ rows: Range<Int>, into table: StoredTable, _ stamp: Instant, token: String
    ) async throws(EventStoreError) {
        let present = zip(table.columns, columns).compactMap { stored, column in column.map { (stored, $0) } }
        var writer = NativeWriter(columnCount: present.count + 1, rows: rows)
        writer.write(repeating: stamp.ticks, as: .ingestionTime)
        for (stored, column) in present { writer.write(column, as: stored) }
        let names = ([.ingestionTime] + present.map(\.0)).map { ClickHouseForms.identifier($0.storedName) }
        try await connection.execute(
            Statement(
                "INSERT INTO \(definition.qualified(table.storedName)) (\(names.joined(separator: ", "))) FORMAT Native",
                rows: writer.bytes, settings: settings(token: token), seconds: 120))
    }

    private func settings(token: String) -> [String: String] {
        var settings = [
            "insert_deduplicate": "1", "insert_deduplication_token": token, "async_insert": "0",
            "max_insert_block_size": String(Self.rowsPerBlock * 2), "max_partitions_per_insert_block": "0",
            "wait_end_of_query": "1",
        ]
        guard definition.cluster != nil else { return settings }
        // A block sent again must reach the shard that knows its token.
        settings["insert_shard_id"] = String(Self.hash(token) % UInt64(max(1, shards)) + 1)
        settings["distributed_foreground_insert"] = "1"
        settings["insert_quorum"] = "auto"
        return settings
    }

    /// FNV-1a, which is the same in every process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
