internal import JSON
internal import KQLValues

/// A row as a query that gives just this row, for an alert's `Query`; up to 10 KB.
enum EventLiteral {
    private static let mostBytes = 10_240

    static func query(for row: ResultRow) -> String {
        var columns: [String] = []
        var values: [String] = []
        var bytes = 0
        for (column, content) in zip(row.table.schema.columns, row.table.columns) {
            let value = literal(content[row.row])
            let declaration = "['\(escaped(column.name))']: \(column.type.rawValue)"
            bytes += value.utf8.count + declaration.utf8.count + 4
            guard bytes < mostBytes else { break }
            columns.append(declaration)
            values.append(value)
        }
        return "datatable(\(columns.joined(separator: ", ")))[\(values.joined(separator: ", "))]"
    }

    private static func literal(_ value: Value) -> String {
        let text = ResultRow.text(value)
        return switch value {
        case .null(let type): "\(type.rawValue)(null)"
        case .string: "'\(escaped(text))'"
        case .dynamic(let json): "dynamic(\(json.description))"
        case .bool, .long: text
        default: "\(value.type.rawValue)(\(text))"
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r")
    }
}
