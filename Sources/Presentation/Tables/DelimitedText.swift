public import KQLValues

/// Tables as text for programs and documents.
public enum DelimitedText {
    /// RFC 4180 with a header; lines end in CR LF, nulls are empty.
    public static func csv(_ table: Table) -> String {
        lines(of: table) { fields in fields.map { quoted($0 ?? "") }.joined(separator: ",") + "\r\n" }
    }

    /// Tabs between the fields; tabs, line ends and backslashes within them are escaped with a backslash.
    public static func tsv(_ table: Table) -> String {
        lines(of: table) { fields in fields.map { escaped($0 ?? "") }.joined(separator: "\t") + "\n" }
    }

    /// A table of GitHub Flavored Markdown; numbers stand at the right.
    public static func markdown(_ table: Table) -> String {
        func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = row(table.schema.columns.map { markdownCell($0.name) })
        text += row(table.schema.columns.map { $0.type.isNumeric ? "---:" : "---" })
        for index in 0..<table.rowCount {
            text += row(table.columns.map { markdownCell($0[index].text ?? "") })
        }
        return text
    }

    private static func lines(of table: Table, _ line: ([String?]) -> String) -> String {
        var text = line(table.schema.columns.map(\.name))
        for row in 0..<table.rowCount { text += line(table.columns.map { $0[row].text }) }
        return text
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
        guard needsQuotes else { return text }
        // By scalars: a quote may carry a combining mark.
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x09, 0x0A, 0x0D, 0x5C].contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\t": escaped += "\\t"
            case "\n": escaped += "\\n"
            case "\r": escaped += "\\r"
            case "\\": escaped += "\\\\"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func markdownCell(_ text: String) -> String {
        var cell = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "|": cell += "\\|"
            case "\\": cell += "\\\\"
            case "\n": cell += "<br>"
            case "\r": continue
            case "<": cell += "&lt;"
            case "&": cell += "&amp;"
            default: cell.unicodeScalars.append(scalar)
            }
        }
        return cell
    }
}
