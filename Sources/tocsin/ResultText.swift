internal import JSON

/// A result table of the query API as text for a terminal or a program.
enum ResultText {
    static func text(of table: JSON, format: Query.Format) -> String {
        let columns = (table["columns"]?.arrayValue ?? []).map { $0["name"]?.stringValue ?? "" }
        let rows = (table["rows"]?.arrayValue ?? []).map { $0.arrayValue ?? [] }
        return switch format {
        case .table: grid(columns, rows.map { $0.map(shown) })
        case .csv: csv(columns, rows.map { $0.map(shown) })
        case .json: jsonLines(columns, rows)
        }
    }

    /// The widest that a cell is printed; `--format json` or `csv` give all of it.
    private static let maximumWidth = 60

    private static func grid(_ columns: [String], _ rows: [[String]]) -> String {
        func cut(_ text: String) -> String {
            let line = text.replacing("\n", with: "⏎").replacing("\t", with: " ")
            return line.count > maximumWidth ? line.prefix(maximumWidth - 1) + "…" : line
        }
        let cells = rows.map { $0.map(cut) }
        let widths = columns.indices.map { index in
            max(columns[index].count, cells.map { $0[index].count }.max() ?? 0)
        }
        func line(_ texts: [String]) -> String {
            zip(texts, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            .joined(separator: "  ").trimmedEnd + "\n"
        }
        var text = line(columns)
        text += line(widths.map { String(repeating: "─", count: $0) })
        for row in cells { text += line(row) }
        text += "\(rows.count) \(rows.count == 1 ? "row" : "rows")\n"
        return text
    }

    /// RFC 4180.
    private static func csv(_ columns: [String], _ rows: [[String]]) -> String {
        func quoted(_ text: String) -> String {
            let needsQuotes = text.contains {
                $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" || $0 == "\r\n"
            }
            return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
        }
        return ([columns] + rows).map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
    }

    private static func jsonLines(_ columns: [String], _ rows: [[JSON]]) -> String {
        rows.map { row in
            JSON.object(JSONObject(zip(columns, row).map { ($0, $1) }, uniquingKeysWith: { $1 }))
                .description + "\n"
        }.joined()
    }

    private static func shown(_ cell: JSON) -> String {
        switch cell {
        case .null: ""
        case .string(let text): text
        default: cell.description
        }
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }
}
