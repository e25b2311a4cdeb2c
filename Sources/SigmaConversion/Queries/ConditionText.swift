internal import KQLSyntax
internal import KQLValues
internal import Sigma

/// Spells a rule's condition as the conditions of `where`.
struct ConditionText {
    let scope: FieldScope
    /// Where keywords are looked for; empty: in every column.
    let keywordColumns: [String]
    /// Fields of the rule that the table does not have.
    private(set) var missing: Set<String> = []
    /// What the query cannot say exactly, with the field.
    private(set) var losses: Set<String> = []

    init(scope: FieldScope, keywordColumns: [String]) {
        self.scope = scope
        self.keywordColumns = keywordColumns
    }

    /// The conditions that must all hold, one for each `where`.
    mutating func conditions(_ predicate: SigmaPredicate) -> [String] {
        if case .all(let parts) = predicate { return parts.flatMap { conditions($0) } }
        return [text(predicate, isNegated: false, depth: 0)]
    }

    private mutating func text(_ predicate: SigmaPredicate, isNegated: Bool, depth: Int) -> String {
        switch predicate {
        case .test(let field, let test): return self.test(field, test, isNegated: isNegated)
        case .all(let parts):
            return joined(parts.map { group($0, isNegated: isNegated, depth: depth + 1) }, "and", empty: "true", depth)
        case .any(let parts):
            return joined(alternatives(parts, isNegated: isNegated, depth: depth), "or", empty: "false", depth)
        case .not(let inner): return "not(\(text(inner, isNegated: !isNegated, depth: depth + 1)))"
        case .atLeast(let count, let parts):
            let counted = parts.map { "iff(\(text($0, isNegated: isNegated, depth: depth + 1)), 1, 0)" }
            return "(\(counted.joined(separator: " + "))) >= \(count)"
        }
    }

    /// In parentheses where it joins several.
    private mutating func group(_ predicate: SigmaPredicate, isNegated: Bool, depth: Int) -> String {
        let text = text(predicate, isNegated: isNegated, depth: depth)
        switch predicate {
        case .all(let parts), .any(let parts): return parts.count > 1 ? "(\(text))" : text
        case .atLeast: return "(\(text))"
        case .test, .not: return text
        }
    }

    /// The parts of a disjunction, plain values of one field gathered as a list.
    private mutating func alternatives(_ parts: [SigmaPredicate], isNegated: Bool, depth: Int) -> [String] {
        var texts: [String] = []
        var lists: [FieldExpression: (place: Int, values: [String])] = [:]
        for part in parts {
            guard case .test(let field?, .text(let value, isCased: false)) = part, let literal = value.literal,
                !literal.isEmpty, let expression = scope.expression(field), expression.own(literal) == nil
            else {
                texts.append(group(part, isNegated: isNegated, depth: depth + 1))
                continue
            }
            if lists[expression] == nil {
                lists[expression] = (texts.count, [])
                texts.append("")
            }
            lists[expression]?.values.append(KQLText.literal(literal))
        }
        for (expression, list) in lists {
            texts[list.place] =
                list.values.count == 1
                ? "\(expression.text) =~ \(list.values[0])"
                : "\(expression.text) in~ (\(list.values.joined(separator: ", ")))"
        }
        return texts
    }

    private func joined(_ parts: [String], _ word: String, empty: String, _ depth: Int) -> String {
        guard parts.reduce(0, { $0 + $1.count }) > 100, depth < 3 else {
            return parts.isEmpty ? empty : parts.joined(separator: " \(word) ")
        }
        return parts.joined(separator: "\n" + String(repeating: "    ", count: depth + 1) + word + " ")
    }

    private mutating func test(_ field: String?, _ test: SigmaTest, isNegated: Bool) -> String {
        guard let field else { return keyword(test, isNegated: isNegated) }
        guard let expression = scope.expression(field) else {
            missing.insert(field)
            return "false"
        }
        var unknown: [String] = []
        let scope = scope
        let condition = TestText(field: expression, isNegated: isNegated).condition(test) { name in
            let found = scope.expression(name)
            if found == nil { unknown.append(name) }
            return found
        }
        missing.formUnion(unknown)
        if let loss = condition?.loss { losses.insert("'\(field)': \(loss)") }
        return condition?.text ?? "false"
    }

    private mutating func keyword(_ test: SigmaTest, isNegated: Bool) -> String {
        var test = test
        if case .text(let text, let isCased) = test { test = .text(text.anchored(.anywhere), isCased: isCased) }
        guard !keywordColumns.isEmpty else {
            let everyColumn = FieldExpression(raw: "*", type: .string)
            if case .text(let text, _) = test, text.parts.count > 3 { losses.insert("keywords with wildcards inside") }
            return TestText(field: everyColumn, isNegated: false).condition(test) { _ in nil }?.text ?? "false"
        }
        let columns = keywordColumns.compactMap { scope.expression($0) }
        let conditions = columns.compactMap { column in
            TestText(field: column, isNegated: isNegated).condition(test) { _ in nil }?.text
        }
        return conditions.count == 1 ? conditions[0] : "(\(conditions.joined(separator: " or ")))"
    }
}
