import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// The name that an unnamed expression gives to its column; nil: a numbered one.
    func impliedName(_ expression: Expression, in context: ExpressionContext) -> String? {
        switch expression.unwrapped {
        case .name(let name): return name.text
        case .member(let node):
            if case .name(let base) = node.base, base.text.hasPrefix("$") { return node.name.text }
            return impliedName(node.base, in: context).map { "\($0)_\(node.name.text)" }
        case .element(let node):
            guard let key = node.index.keyText else { return nil }
            return impliedName(node.base, in: context).map { "\($0)_\(key)" } ?? key
        case .call(let node): return impliedName(node, in: context)
        default: return nil
        }
    }

    private func impliedName(_ node: CallExpression, in context: ExpressionContext) -> String? {
        if case .function? = context.scope.lookup(node.name.text) { return nil }
        if context.aggregates != nil, let aggregate = environment.catalogue.aggregate(node.name.text) {
            return aggregateName(aggregate, node, in: context)
        }
        if context.graph != nil, let name = graphCallName(node, in: context) { return name }
        // A name written inside the call names the column: `toint(n = count())`.
        if let name = node.arguments.first?.name { return name.text }
        guard let first = node.arguments.first?.value else { return nil }
        if node.name.text == "column_ifexists" || node.name.text == "columnifexists" {
            return try? columnName(of: node, in: context)  // What is wrong with it is told where it is bound.
        }
        if node.name.text == "bin_auto" { return impliedName(first, in: context) }
        switch environment.catalogue.scalar(node.name.text)?.naming {
        case .firstArgument: return impliedName(first, in: context)
        case .onlyArgument: return node.arguments.count == 1 ? impliedName(first, in: context) : nil
        case .fixed(let name): return name
        case .prefixed(let prefix): return "\(prefix)_\(impliedName(first, in: context) ?? "")"
        case .anonymous, nil: return nil
        }
    }
}

extension Binder {
    /// The name of an unnamed call in a graph pattern: `map(p, w)` is `p_w`, `node_degree_in(a)` is `node_degree_in_a`.
    private func graphCallName(_ node: CallExpression, in context: ExpressionContext) -> String? {
        guard let first = node.arguments.first?.value else {
            return node.name.text == "node_id" ? "node_id" : nil
        }
        switch node.name.text {
        case "map", "all", "any":
            let value = node.arguments.dropFirst().first.map { impliedName($0.value, in: context) ?? "Column" }
            return [impliedName(first, in: context), value].compactMap(\.self).joined(separator: "_")
        case "inner_nodes", "node_degree_in", "node_degree_out", "node_id":
            return "\(node.name.text)_\(impliedName(first, in: context) ?? "")"
        default: return nil
        }
    }

    /// The name of an unnamed aggregate's column: its prefix, the name of its argument, and for percentiles the number.
    func aggregateName(
        _ function: AggregateFunction, _ node: CallExpression, in context: ExpressionContext
    ) -> String {
        var context = context
        context.aggregates = nil
        let isPair = function.name.hasPrefix("covariance")
        let suffixes = node.arguments.prefix(isPair ? 2 : 1).map { impliedName($0.value, in: context) ?? "" }
        let prefix = function.namePrefix.isEmpty ? [] : [function.namePrefix]
        var name = (prefix + (suffixes.isEmpty ? [""] : suffixes)).joined(separator: "_")
        if function.name == "percentile" || function.name == "percentilew", let last = node.arguments.last,
            let number = last.value.keyText
        {
            name += "_" + number
        }
        return name
    }
}

extension Expression {
    /// A constant key or number as part of a column's name: `-1` gives `_1`, `99.5` gives `99_5`.
    fileprivate var keyText: String? {
        switch unwrapped {
        case .literal(let literal):
            switch literal.value {
            case .string(let key): key
            case .long(let number): "\(number)".replacing("-", with: "_")
            case .int(let number): "\(number)".replacing("-", with: "_")
            case .real: literal.text.replacing(".", with: "_")
            default: nil
            }
        case .unary(let node): node.operand.keyText.map { "_\($0)" }
        default: nil
        }
    }
}

/// Gives out column names that do not repeat.
struct ColumnNamer {
    private var taken: Set<String> = []
    /// Written later on; avoided by numbered names only.
    private let avoided: Set<String>
    /// Names that `Column1`, `Column2`… pass over.
    private let existing: Set<String>
    private var unnamed = 0

    init(taken: [String] = [], avoiding avoided: [String] = [], existing: [String] = []) {
        self.taken = Set(taken)
        self.avoided = Set(avoided)
        self.existing = Set(existing)
    }

    /// The name itself, or with the smallest number that makes it new.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 1
        while taken.contains(candidate) || number > 1 && avoided.contains(candidate) {
            candidate = "\(name)\(number)"
            number += 1
        }
        taken.insert(candidate)
        return candidate
    }

    /// `Column1`, `Column2`…
    mutating func next() -> String {
        repeat { unnamed += 1 } while existing.contains("Column\(unnamed)")
        return unique("Column\(unnamed)")
    }

    mutating func reserve(_ name: String) {
        taken.insert(name)
    }
}
