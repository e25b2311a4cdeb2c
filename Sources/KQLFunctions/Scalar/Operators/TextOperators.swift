import KQLValues
import RE2

/// `=~`, `has`, `contains`, `startswith`… with their negated and case-sensitive forms.
let textOperators: [ScalarFunction] = scalars {
    textOperator("=~", negation: "!~", "Whether two texts are equal, ignoring case.", sql: .equal) {
        text, needle, folding in
        text.count == needle.count && holds(needle, in: text, at: 0, folding: folding)
    }
    casedOperator("has", "Whether a text holds the other as a whole term.", sql: .term) { text, needle, folding in
        hasTerm(needle, in: text, edges: [.start, .end], folding: folding)
    }
    casedOperator("hasprefix", "Whether a term of a text starts with the other.", sql: .termPrefix) {
        text, needle, folding in hasTerm(needle, in: text, edges: .start, folding: folding)
    }
    casedOperator("hassuffix", "Whether a term of a text ends with the other.", sql: .termSuffix) {
        text, needle, folding in hasTerm(needle, in: text, edges: .end, folding: folding)
    }
    casedOperator("contains", "Whether a text holds the other anywhere.", sql: .part) { text, needle, folding in
        firstIndex(of: needle, in: text, folding: folding) != nil
    }
    casedOperator("startswith", "Whether a text starts with the other.", sql: .prefix) { text, needle, folding in
        holds(needle, in: text, at: 0, folding: folding)
    }
    casedOperator("endswith", "Whether a text ends with the other.", sql: .suffix) { text, needle, folding in
        holds(needle, in: text, at: text.count - needle.count, folding: folding)
    }
    ScalarFunction(
        "matches regex", family: .stringOperator,
        summary: "Whether a part of a text matches a regular expression (RE2).",
        signatures: [.takes(.string("text"), .string("regex"), returns: .bool)],
        sql: .rules(duckDB: { SQLText.regex($0) }, clickHouse: { SQLText.clickHouseRegex($0) }),
        evaluate: eachWithRegex(pattern: 1, text: 0) { pattern, text, _, _ in pattern.matches(text) })
}

/// An operator and its negation, both ignoring case.
private func textOperator(
    _ name: String, negation: String, _ summary: String, sql: SQLText, _ test: @escaping TextTest
) -> [ScalarFunction] {
    [(name, false), (negation, true)].map { name, negated in
        textOperator(name, negated ? "Not: " + summary : summary, sql, ignoringCase: true, negated: negated, test)
    }
}

/// An operator in its four forms: `has`, `!has`, `has_cs`, `!has_cs`.
private func casedOperator(
    _ name: String, _ summary: String, sql: SQLText, _ test: @escaping TextTest
) -> [ScalarFunction] {
    [(name, true, false), ("!" + name, true, true), (name + "_cs", false, false), ("!" + name + "_cs", false, true)].map
    {
        let text = ($2 ? "Not: " : "") + summary + ($1 ? "" : " Upper and lower case differ.")
        return textOperator($0, text, sql, ignoringCase: $1, negated: $2, test)
    }
}

private func textOperator(
    _ name: String, _ summary: String, _ sql: SQLText, ignoringCase: Bool, negated: Bool, _ test: @escaping TextTest
) -> ScalarFunction {
    let oldNames = ["!contains": ["notcontains"], "contains_cs": ["containscs"], "!contains_cs": ["notcontainscs"]]
    return ScalarFunction(
        name, aliases: oldNames[name] ?? [], family: .stringOperator, summary: summary,
        signatures: [.takes(.any("text"), .any("search"), returns: .bool)],
        sql: .rules(
            duckDB: { sql.template(for: $0, ignoringCase: ignoringCase, negated: negated) },
            clickHouse: { sql.clickHouse(for: $0, ignoringCase: ignoringCase, negated: negated) }),
        evaluate: matching(ignoringCase: ignoringCase, negated: negated, test))
}
