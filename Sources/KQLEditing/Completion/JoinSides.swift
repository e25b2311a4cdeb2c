import KQLSyntax
import KQLValues

extension Caret {
    /// Whether the caret is in the conditions of a join.
    var isInJoinCondition: Bool { ["join", "lookup"].contains(currentOperator) && currentClause == "on" }

    /// `$left` or `$right` when the caret is behind its dot.
    var side: String? {
        guard lexemes.last?.text == "." else { return nil }
        return lexemes.dropLast().last.flatMap { $0.text.hasPrefix("$") ? $0.text : nil }
    }

    /// The columns in scope: in the conditions of a join those that both sides have.
    var rows: VisibleRows? {
        guard var rows = analysis.rows(at: start, side: side) else { return nil }
        if side == nil, isInJoinCondition, let right = analysis.rows(at: start, side: "$right"), !right.isOpen {
            rows.columns = rows.columns.filter { right.column($0.name) != nil }
        }
        return rows
    }
}

extension [Lexeme] {
    /// The bracket that a closing bracket closes.
    func opener(of close: Int) -> Int? {
        var depth = 0
        for index in stride(from: close, through: 0, by: -1) where self[index].role != .string {
            switch self[index].text {
            case ")", "]", "}": depth += 1
            case "(", "[", "{":
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }
}
