internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues

/// Tables as text, column by column, for values to come back as they were.
enum PartText {
    /// What was read is not what was written.
    struct Damaged: Error {}

    static func text(_ table: Table) -> String {
        let columns = table.columns.map { column in
            JSON.array((0..<table.rowCount).map { json(column[$0]) })
        }
        return JSON.array([.int(Int64(table.rowCount)), .array(columns)]).description
    }

    static func table(_ text: String, _ schema: TableSchema) throws -> Table {
        guard let parts = try JSON(parsing: text).arrayValue, parts.count == 2, let count = parts[0].intValue,
            let columns = parts[1].arrayValue, columns.count == schema.columns.count
        else { throw Damaged() }
        let read = try zip(schema.columns, columns).map { column, json in
            guard let elements = json.arrayValue, elements.count == Int(count) else { throw Damaged() }
            return Column(type: column.type, try elements.map { try value($0, column.type) })
        }
        return Table(schema: schema, columns: read, rowCount: Int(count))
    }

    private static func json(_ value: Value) -> JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .long(let value): .int(value)
        case .real(let value): .int(Int64(bitPattern: value.bitPattern))
        case .decimal(let value): .string("\(value)")
        case .datetime(let value): .int(value.ticks)
        case .timespan(let value): .int(value.ticks)
        case .guid(let value): .string(value.uuidString)
        case .string(let value): .string(value)
        case .dynamic(let value): .array([value])
        }
    }

    private static func value(_ json: JSON, _ type: KQLType) throws -> Value {
        switch (type, json) {
        case (_, .null): return .missing(type)
        case (.bool, .bool(let value)): return .bool(value)
        case (.int, .int(let value)): return .int(Int32(truncatingIfNeeded: value))
        case (.long, .int(let value)): return .long(value)
        case (.real, .int(let value)): return .real(Double(bitPattern: UInt64(bitPattern: value)))
        case (.datetime, .int(let value)): return .datetime(Instant(ticks: value))
        case (.timespan, .int(let value)): return .timespan(TimeSpan(ticks: value))
        case (.string, .string(let value)): return .string(value)
        case (.dynamic, .array(let values)) where values.count == 1: return Value(dynamic: values[0])
        case (.decimal, .string(let text)):
            guard let value = Decimal(string: text) else { throw Damaged() }
            return .decimal(value)
        case (.guid, .string(let text)):
            guard let value = UUID(uuidString: text) else { throw Damaged() }
            return .guid(value)
        default: throw Damaged()
        }
    }
}
