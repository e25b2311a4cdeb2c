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
            guard let base = impliedName(node.base, in: context), case .literal(let index) = node.index else {
                return nil
            }
            switch index.value {
            case .string(let key): return "\(base)_\(key)"
            case .long(let number): return "\(base)_\(number)"
            default: return nil
            }
        case .call(let node): return impliedName(node, in: context)
        default: return nil
        }
    }

    private func impliedName(_ node: CallExpression, in context: ExpressionContext) -> String? {
        if case .function? = context.scope.lookup(node.name.text) { return nil }
        guard let first = node.arguments.first?.value else { return nil }
        if node.name.text == "column_ifexists" || node.name.text == "columnifexists" {
            return try? columnName(of: node, in: context)  // What is wrong with it is told where it is bound.
        }
        switch environment.catalogue.scalar(node.name.text)?.naming {
        case .firstArgument: return impliedName(first, in: context)
        case .prefixed(let prefix): return impliedName(first, in: context).map { "\(prefix)_\($0)" }
        case .anonymous, nil: return nil
        }
    }
}

/// Gives out column names that do not repeat.
struct ColumnNamer {
    private var taken: Set<String> = []
    private var unnamed = 0

    init(taken: [String] = []) {
        self.taken = Set(taken)
    }

    /// The name itself, or with the smallest number that makes it new.
    mutating func unique(_ name: String) -> String {
        var candidate = name
        var number = 1
        while !taken.insert(candidate).inserted {
            candidate = "\(name)\(number)"
            number += 1
        }
        return candidate
    }

    /// `Column1`, `Column2`…
    mutating func next() -> String {
        unnamed += 1
        return unique("Column\(unnamed)")
    }

    mutating func reserve(_ name: String) {
        taken.insert(name)
    }
}
