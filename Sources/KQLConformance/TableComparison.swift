import JSON
import KQLValues

/// Compares a result with the rows that a case expects.
struct TableComparison {
    private let test: ConformanceCase
    private let cells: CellComparison
    private let isDocumentation: Bool

    init(_ test: ConformanceCase) {
        self.test = test
        isDocumentation = if case .documentation = test.convention { true } else { false }
        cells = CellComparison(
            tolerance: test.isApproximate ? 0.05 : 1e-9, isDocumentation: isDocumentation,
            hasLooseArrays: test.hasLooseArrays)
    }

    func difference(_ table: Table) -> (ConformanceReport.Reason, String)? {
        let names = table.schema.columns.map(\.name)
        if isDocumentation {
            if !test.columns.isEmpty, names.count != test.columns.count {
                return (.columns, "expected \(test.columns)\ngot      \(names)")
            }
        } else if names != test.columns {
            return (.columns, "expected \(test.columns)\ngot      \(names)")
        }
        let types = table.schema.columns.map(\.type.rawValue)
        if !test.types.isEmpty, types != test.types {
            return (.types, "expected \(test.types)\ngot      \(types)")
        }
        return rowDifference(table).map { (.rows, $0) }
    }

    private func rowDifference(_ table: Table) -> String? {
        let isElided = test.notes.contains { $0.hasPrefix("elided") || $0.hasPrefix("doc_rowcount_suspect") }
        if !isElided, table.rowCount != test.rows.count {
            return "expected \(test.rows.count) rows, got \(table.rowCount)\n" + sample(table)
        }
        if test.notes.contains("take_without_sort") { return nil }
        if test.isOrdered, !isElided {
            for (row, expected) in test.rows.enumerated() where !matches(table, row, expected) {
                return describe(expected, row, table)
            }
            return nil
        }
        var free = Array(0..<table.rowCount)
        for (position, expected) in test.rows.enumerated() {
            guard let index = free.firstIndex(where: { matches(table, $0, expected) }) else {
                return describe(expected, position, table)
            }
            free.remove(at: index)
        }
        return nil
    }

    private func matches(_ table: Table, _ row: Int, _ expected: [JSON]) -> Bool {
        guard expected.count == table.columns.count else { return false }
        return zip(table.columns, expected).allSatisfy { cells.matches($0[row], $1) }
    }

    private func describe(_ expected: [JSON], _ row: Int, _ table: Table) -> String {
        "expected row \(row + 1): \(JSON.array(expected))\n" + sample(table)
    }

    private func sample(_ table: Table) -> String {
        let printer = PrintedText(separator: " | ", null: "(null)", isRoundTrip: true)
        return (0..<min(table.rowCount, 5)).map {
            "got row \($0 + 1): " + String(printer.line(table.row($0)).prefix(300))
        }
        .joined(separator: "\n")
    }
}

/// Compares a result's text with what kusto-loco's tests expect.
struct PrintedComparison {
    let mode: String
    let match: String
    let expected: String
    let isOrdered: Bool

    func difference(_ table: Table) -> String? {
        let actual = printed(table)
        let wanted = mode == "last_row_nospace" ? squeezed(expected) : trimmed(expected)
        let isMatch: Bool =
            switch match {
            case "contains": actual.contains(wanted)
            case "starts_with": actual.hasPrefix(wanted)
            case "not_contains": !actual.contains(wanted)
            default: isEqual(actual, wanted)
            }
        return isMatch ? nil : "expected (\(match)): \(wanted)\ngot: \(actual.prefix(600))"
    }

    private func printed(_ table: Table) -> String {
        if mode == "full" {
            let printer = PrintedText(separator: "; ", null: "(null)", isRoundTrip: true)
            let header = table.schema.columns.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: "; ")
            let lines = (0..<table.rowCount).map { printer.line(table.row($0)) }
            return trimmed(([header, "------------------"] + lines).joined(separator: "\n"))
        }
        let printer = PrintedText(separator: ",", null: "<null>", isRoundTrip: false)
        let lines = (0..<table.rowCount).map { printer.line(table.row($0)) }
        switch mode {
        case "last_row": return trimmed(lines.last ?? "")
        case "last_row_nospace": return squeezed(lines.last ?? "")
        default: return trimmed(lines.joined(separator: expected.contains("\n") || lines.count < 2 ? "\n" : ","))
        }
    }

    private func squeezed(_ text: String) -> String {
        text.filter { $0 != " " && $0 != "\n" && $0 != "\r" && $0 != "\r\n" }
    }

    private func trimmed(_ text: String) -> String {
        var text = Substring(text.replacing("\r\n", with: "\n"))
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return String(text)
    }

    private func isEqual(_ actual: String, _ wanted: String) -> Bool {
        if actual == wanted { return true }
        var left = actual.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var right = wanted.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard left.count == right.count else { return false }
        let header = mode == "full" ? 2 : 0
        if !isOrdered, left.count > header {
            left[header...].sort()
            right[header...].sort()
        }
        return zip(left, right).allSatisfy { isLineEqual($0, $1) }
    }

    /// Whether two lines agree cell by cell, numbers within 1e-9.
    private func isLineEqual(_ left: String, _ right: String) -> Bool {
        if left == right { return true }
        let separator: Character = mode == "full" ? ";" : ","
        let first = left.split(separator: separator, omittingEmptySubsequences: false)
        let second = right.split(separator: separator, omittingEmptySubsequences: false)
        guard first.count == second.count else { return false }
        return zip(first, second).allSatisfy { one, other in
            let cell = trimmed(String(one))
            let wanted = trimmed(String(other))
            if cell == wanted { return true }
            guard let number = Double(cell), let expected = Double(wanted) else { return false }
            return abs(number - expected) <= 1e-9 * max(abs(number), abs(expected))
        }
    }
}
