import Chronology
public import EventStore
import Foundation
public import KQLValues

/// Writes results as Parquet files, by DuckDB.
public enum ParquetFile {
    /// Writes a table's rows with their types: datetimes as timestamps in UTC (microseconds), timespans as intervals
    /// (milliseconds, as Parquet has them), decimals as decimals, guids as UUIDs, dynamic values as JSON.
    ///
    /// - Throws: `writeFailed` when the file cannot be written.
    public static func write(_ table: Table, to path: String, library: DuckDBLibrary) throws(EventStoreError) {
        let database = try DuckDBDatabase(library: library, options: DuckDBOptions(path: nil, mayUseFiles: true))
        let writer = try Writer(database, now: { .unixEpoch })
        // Any name is allowed in the file, but not in the store: the columns have plain names until they are written.
        let plain = TableSchema(table.schema.columns.enumerated().map { ColumnSchema("c\($0)", $1.type) })
        let stored = try writer.ensure(name, plain)
        let segment = try writer.change { catalogue, connection throws(EventStoreError) in
            try catalogue.segment(
                .late(CalendarMonth(.unixEpoch)), of: name, columns: Array(stored.columns.indices),
                isLong: { _ in false }, connection, {})
        }
        let batch = EventBatch(table: name, schema: plain, columns: table.columns, rowCount: table.rowCount)
        _ = try writer.append(writer.prepare([EventLot([batch])]))
        let select = zip(stored.columns, table.schema.columns).enumerated().map { index, pair in
            let value = expression(SQLText.identifier(pair.0.name), table.columns[index])
            return "\(value) AS \(SQLText.identifier(pair.1.name))"
        }
        try DuckDBConnection(database).execute(
            "COPY (SELECT \(select.joined(separator: ", ")) FROM \(SQLText.identifier(segment.storedName))) "
                + "TO \(SQLText.literal(path)) (FORMAT parquet, COMPRESSION zstd)",
            code: .writeFailed)
    }

    private static let name = "Result"

    /// Ticks of 100 nanoseconds from year one to 1970.
    private static let epochTicks = "621355968000000000"

    private static func expression(_ name: String, _ column: Column) -> String {
        switch column {
        case .datetime: "make_timestamp((\(name) - \(epochTicks)) // 10)"
        case .timespan: "to_microseconds(\(name) // 10)"
        case .dynamic: "CAST(\(name) AS JSON)"
        case .decimal: "CAST(\(name) AS DECIMAL(38, \(fractionDigits(of: column))))"
        default: name
        }
    }

    /// The most digits after the point in a column.
    private static func fractionDigits(of column: Column) -> Int {
        guard case .decimal(let decimals) = column else { return 0 }
        return (0..<decimals.count).reduce(0) { most, row in
            max(most, min(30, decimals[row].map { -min(0, $0.exponent) } ?? 0))
        }
    }
}
