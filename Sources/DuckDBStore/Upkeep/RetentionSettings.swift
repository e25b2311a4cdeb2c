import EventStore
import KQLValues

/// The times that were set per table at run time, in `meta.retention`.
enum RetentionSettings {
    static func create(_ connection: DuckDBConnection) throws(EventStoreError) {
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS meta.retention (
                table_name VARCHAR PRIMARY KEY, interactive_days BIGINT, total_days BIGINT)
            """, code: .cannotOpen)
    }

    static func read(_ connection: DuckDBConnection) throws(EventStoreError) -> [String: TableRetention] {
        let rows = try connection.table(
            "SELECT table_name, interactive_days, total_days FROM meta.retention",
            schema: TableSchema([
                ColumnSchema("table", .string), ColumnSchema("interactive", .long), ColumnSchema("total", .long),
            ]))
        var retentions: [String: TableRetention] = [:]
        for index in 0..<rows.rowCount {
            guard case .string(let table) = rows.columns[0][index], case .long(let days) = rows.columns[1][index],
                case .long(let total) = rows.columns[2][index]
            else { continue }
            retentions[table] = TableRetention(interactiveDays: Int(days), totalDays: Int(total))
        }
        return retentions
    }

    static func set(
        _ retention: TableRetention?, of table: String, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        let name = SQLText.literal(table)
        guard let retention else {
            try connection.execute("DELETE FROM meta.retention WHERE table_name = \(name)", code: .writeFailed)
            return
        }
        try connection.execute(
            "INSERT OR REPLACE INTO meta.retention VALUES (\(name), \(retention.interactiveDays), "
                + "\(retention.totalDays))", code: .writeFailed)
    }
}
