public import KQLValues

/// A table as aligned columns for a terminal.
public enum GridText {
    /// The narrowest that a column is cut to, and the widest that one is where the width is not known.
    private static let narrowest = 6
    private static let widest = 60

    /// Header, rule, rows, and the number of rows. Numbers stand at the right, nulls are shown as such; columns too wide
    /// for the surface are cut, the widest first.
    public static func text(of table: Table, on surface: TextSurface) -> String {
        let names = table.schema.columns.map { surface.shown($0.name) }
        let cells = (0..<table.rowCount).map { row in table.columns.map { Cell($0[row], on: surface) } }
        let natural = names.indices.map { column in
            cells.reduce(DisplayWidth.of(names[column])) { max($0, DisplayWidth.of($1[column].text)) }
        }
        let widths = fitted(natural, to: surface.width)
        var text = line(
            names.enumerated().map { column, name in
                surface.styled(fit(name, widths[column], surface, atStart: isNumber(table, column)), .bold)
            })
        let rule = surface.isUnicode ? "─" : "-"
        text += line(widths.map { String(repeating: rule, count: $0) })
        for row in cells {
            text += line(
                row.enumerated().map { column, cell in
                    let fitted = fit(cell.text, widths[column], surface, atStart: isNumber(table, column))
                    return cell.isNull ? surface.styled(fitted, .faint) : fitted
                })
        }
        return text + surface.styled(count(table.rowCount), .faint) + "\n"
    }

    /// `1 row`, `2 rows`.
    public static func count(_ rows: Int) -> String { "\(rows) \(rows == 1 ? "row" : "rows")" }

    private struct Cell {
        let text: String
        let isNull: Bool

        init(_ value: Value, on surface: TextSurface) {
            isNull = value.isNull
            text = value.text.map(surface.shown) ?? "null"
        }
    }

    private static func isNumber(_ table: Table, _ column: Int) -> Bool {
        table.schema.columns[column].type.isNumeric
    }

    private static func fit(_ text: String, _ width: Int, _ surface: TextSurface, atStart: Bool) -> String {
        DisplayWidth.padded(
            DisplayWidth.cut(text, to: width, mark: surface.ellipsis), to: width, atStart: atStart)
    }

    /// Two blanks between columns, none at the end.
    private static func line(_ cells: [String]) -> String {
        let joined = cells.joined(separator: "  ")
        guard let last = joined.lastIndex(where: { $0 != " " }) else { return "\n" }
        return joined[...last] + "\n"
    }

    /// Widths that fit: the widest columns give way until all have room, or are as narrow as allowed.
    private static func fitted(_ natural: [Int], to width: Int?) -> [Int] {
        guard let width else { return natural.map { min($0, widest) } }
        let room = width - 2 * max(0, natural.count - 1)
        guard natural.reduce(0, +) > room else { return natural }
        var low = narrowest
        var high = natural.max() ?? narrowest
        // The largest cap under which all columns fit.
        while low < high {
            let cap = (low + high + 1) / 2
            if natural.reduce(0, { $0 + min($1, cap) }) <= room { low = cap } else { high = cap - 1 }
        }
        var widths = natural.map { min($0, low) }
        var spare = room - widths.reduce(0, +)
        for column in widths.indices where spare > 0 && widths[column] < natural[column] {
            widths[column] += 1
            spare -= 1
        }
        return widths
    }
}
