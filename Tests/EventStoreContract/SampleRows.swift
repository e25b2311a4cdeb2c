import Chronology
public import EventStore
import Foundation
import JSON
public import KQLValues

/// Rows for contract tests.
public enum SampleRows {
    /// One column of every type, in the order of `KQLType.allCases`.
    public static let everyType = TableSchema(KQLType.allCases.map { ColumnSchema("Of_\($0.rawValue)", $0) })

    /// Ordinary values, nulls, and the extremes of every type.
    public static var extremes: Table {
        let long = String(repeating: "x", count: 100_000)
        return Table(
            schema: everyType,
            rows: [
                [
                    .bool(true), .int(7), .long(-7), .real(0.1), .decimal(Decimal(string: "1.000000000000000001") ?? 0),
                    .datetime(Instant(ticks: 638_000_000_000_000_007)), .timespan(TimeSpan(ticks: -1)),
                    .guid(guid("74be27de-1e4e-49d9-b579-fe0b331d3642")), .string("twelve bytes"),
                    .dynamic(["a": [1, 2.5, "ü", nil]]),
                ],
                [
                    .bool(false), .int(.max), .long(.max), .real(.infinity), .decimal(-79_228_162_514),
                    .datetime(.max), .timespan(TimeSpan(ticks: .max)),
                    .guid(guid("ffffffff-ffff-ffff-ffff-ffffffffffff")), .string("thirteen bytes"), .dynamic(["x"]),
                ],
                [
                    .bool(false), .int(.min), .long(.min), .real(-.greatestFiniteMagnitude), .decimal(0),
                    .datetime(.min), .timespan(TimeSpan(ticks: .min)), .guid(Column.noGUID),
                    .string("ends in NUL \0"), .dynamic("text"),
                ],
                KQLType.allCases.map { .missing($0) },
                [
                    .null(.bool), .int(0), .long(0), .real(.leastNonzeroMagnitude), .null(.decimal),
                    .datetime(.unixEpoch), .timespan(.zero), .null(.guid), .string(long + "é漢🧵"), .dynamic(false),
                ],
            ])
    }

    /// `count` rows of a time, a number and a text, each row different and told by `start`.
    public static func numbered(_ table: String, start: Int = 0, count: Int) -> EventBatch {
        let numbers = (start..<(start + count)).map(Int64.init)
        let epoch = Instant.unixEpoch.ticks
        return EventBatch(
            table: table,
            schema: TableSchema([
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Number", .long), ColumnSchema("Text", .string),
            ]),
            columns: [
                .datetime(Vector(numbers.map { epoch + $0 * TimeSpan.ticksPerSecond })), .long(Vector(numbers)),
                .string(StringColumn(numbers.lazy.map { "row number \($0)" })),
            ],
            rowCount: count)
    }

    private static func guid(_ text: String) -> UUID { UUID(uuidString: text) ?? Column.noGUID }
}
