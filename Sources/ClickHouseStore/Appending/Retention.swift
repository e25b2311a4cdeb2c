import Chronology
import EventStore
import KQLValues

/// Deletes old rows: whole days by dropping their partitions, the rest of a day by marking rows.
struct Retention: Sendable {
    let connection: Connection
    let definition: TableDefinition

    /// Gives the number of rows that were there before `instant`.
    func deleteRows(of table: StoredTable, olderThan instant: Instant) async throws(EventStoreError) -> Int {
        guard let time = table.column("TimeGenerated"), time.type == .datetime else { return 0 }
        let column = ClickHouseForms.identifier(time.storedName)
        let count = try await whole(
            "SELECT toInt64(count()) AS c0 FROM \(definition.qualified(table.storedName)) "
                + "WHERE \(column) < \(instant.ticks)")
        guard count > 0 else { return 0 }
        let holding = definition.qualified(definition.holding(table))
        let day = instant.ticks / TableDesign.ticksPerDay
        for partition in try await partitions(of: table, before: day) {
            try await connection.execute(
                Statement("ALTER TABLE \(holding)\(definition.onCluster) DROP PARTITION \(partition)", seconds: 300))
        }
        try await connection.execute(
            Statement(
                "DELETE FROM \(holding)\(definition.onCluster) WHERE \(column) < \(instant.ticks)",
                settings: ["lightweight_deletes_sync": "2"], seconds: 600))
        return count
    }

    /// The days whose rows all are older.
    private func partitions(of table: StoredTable, before day: Int64) async throws(EventStoreError) -> [Int64] {
        let parts =
            definition.cluster.map { "clusterAllReplicas(\(ClickHouseForms.literal($0)), system.parts)" }
            ?? "system.parts"
        let rows = try await connection.table(
            Statement(
                """
                SELECT DISTINCT toInt64OrNull(partition) AS c0 FROM \(parts)
                WHERE active AND database = \(ClickHouseForms.literal(definition.database))
                    AND table = \(ClickHouseForms.literal(definition.holding(table)))
                    AND toInt64OrNull(partition) < \(day)
                """),
            TableSchema([ColumnSchema("c0", .long)]))
        return (0..<rows.rowCount).compactMap { if case .long(let day) = rows.row($0)[0] { day } else { nil } }.sorted()
    }

    private func whole(_ sql: String) async throws(EventStoreError) -> Int {
        let rows = try await connection.table(Statement(sql), TableSchema([ColumnSchema("c0", .long)]))
        guard rows.rowCount == 1, case .long(let number) = rows.row(0)[0] else { return 0 }
        return Int(number)
    }
}
