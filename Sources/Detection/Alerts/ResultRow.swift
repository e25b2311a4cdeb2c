internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues

/// One row of a query's result, read by column name. Names are compared exactly, then in any letter case.
struct ResultRow {
    let table: Table
    let row: Int

    private func index(_ column: String) -> Int? {
        table.schema.index(of: column)
            ?? table.schema.columns.firstIndex { $0.name.lowercased() == column.lowercased() }
    }

    func value(_ column: String) -> Value? {
        index(column).map { table.columns[$0][row] }
    }

    /// The value as text, empty when it is null or there is no such column.
    func text(_ column: String) -> String {
        value(column).map { ResultRow.text($0) } ?? ""
    }

    func time(_ column: String) -> Instant? {
        switch value(column) {
        case .datetime(let instant): instant
        case .string(let text): Instant(iso8601: text)
        default: nil
        }
    }

    /// All columns as a JSON object; nulls are left out.
    var json: JSON {
        var object = JSONObject()
        for (column, values) in zip(table.schema.columns, table.columns) {
            let value = values[row]
            if !value.isNull { object[column.name] = ResultRow.json(value) }
        }
        return .object(object)
    }

    static func text(_ value: Value) -> String {
        switch value {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .long(let value): String(value)
        case .real(let value): String(value)
        case .decimal(let value): "\(value)"
        case .datetime(let value): value.description
        case .timespan(let value): value.description
        case .guid(let value): value.uuidString.lowercased()
        case .string(let value): value
        case .dynamic(let value): value.stringValue ?? value.description
        }
    }

    static func json(_ value: Value) -> JSON {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(Int64(value))
        case .long(let value): .int(value)
        case .real(let value): value.isFinite ? .double(value) : .string(String(value))
        case .dynamic(let value): value
        default: .string(text(value))
        }
    }
}
