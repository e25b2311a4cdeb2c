import JSON
import KQLFunctions
import KQLValues
import RE2

/// Cheap tests that every row which meets a condition passes: some column, or what is computed of the row, equals one of a
/// few values or holds one of a few texts.
public struct RowCover: Sendable, Hashable {
    /// One way to pass.
    public enum Test: Sendable, Hashable {
        /// The value equals the text, to the letter.
        case equals(String)
        /// The value equals the text in any case of ASCII letters.
        case equalsFolded(String)
        case equalsNumber(Int64)
        /// The value holds the text in any case of ASCII letters; the text is folded and not empty.
        case holds(String)
    }

    public struct Alternative: Sendable, Hashable {
        /// What is tested.
        public let operand: RowOperand
        public let test: Test
    }

    /// A row passes when of each of these one alternative holds; neither it nor any of them is empty.
    public let groups: [[Alternative]]

    /// The cover of conditions that must all hold; nil when none of them has one.
    public init?(_ conditions: [BoundExpression]) {
        let groups = conditions.flatMap { RowCover.groups($0, depth: 0) }
            .filter { !$0.isEmpty }
            .sorted { RowCover.cost($0) < RowCover.cost($1) }
        guard !groups.isEmpty else { return nil }
        self.groups = Array(groups.prefix(RowCover.mostGroups))
    }

    private static let mostAlternatives = 2_000
    private static let mostGroups = 8

    /// The smaller, the fewer rows it lets through, roughly.
    private static func cost(_ alternatives: [Alternative]) -> Int {
        alternatives.reduce(0) { sum, alternative in
            let computing = alternative.operand.columnName == nil ? 10 : 0
            return switch alternative.test {
            case .equals(let text), .equalsFolded(let text): sum + computing + (text.utf8.count > 4 ? 2 : 4)
            case .equalsNumber: sum + computing + 3
            case .holds(let text): sum + computing + max(4, 40 - 2 * text.utf8.count)
            }
        }
    }

    /// What rows must pass to meet a condition, its conjunction taken apart.
    private static func groups(_ condition: BoundExpression, depth: Int) -> [[Alternative]] {
        guard depth < 40 else { return [] }
        switch condition {
        case .shared(let shared): return groups(shared.expression, depth: depth + 1)
        case .call(let call) where call.function.name == "and":
            return call.arguments.flatMap { groups($0, depth: depth + 1) }
        default: return alternatives(condition, depth: depth).map { [$0] } ?? []
        }
    }

    private static func alternatives(_ condition: BoundExpression, depth: Int) -> [Alternative]? {
        guard depth < 40 else { return nil }
        switch condition {
        case .shared(let shared): return alternatives(shared.expression, depth: depth + 1)
        case .call(let call):
            switch call.function.name {
            case "and":
                let covers = call.arguments.compactMap { alternatives($0, depth: depth + 1) }
                return covers.min { cost($0) < cost($1) }
            case "or":
                var all: [Alternative] = []
                for argument in call.arguments {
                    guard let own = alternatives(argument, depth: depth + 1) else { return nil }
                    all += own
                }
                return all.count <= mostAlternatives ? all : nil
            default: return comparison(call)
            }
        default: return nil
        }
    }

    private static func comparison(_ call: BoundCall) -> [Alternative]? {
        let arguments = call.arguments
        guard let first = arguments.first else { return nil }
        if call.function.name == "==" || call.function.name == "=~", arguments.count == 2 {
            let (left, right) = (arguments[0], arguments[1])
            if let operand = RowOperand(left), let value = right.constantValue {
                return equality(operand, [value], folded: call.function.name == "=~")
            }
            guard let operand = RowOperand(right), let value = left.constantValue else { return nil }
            return equality(operand, [value], folded: call.function.name == "=~")
        }
        guard let operand = RowOperand(first), let values = constants(arguments.dropFirst()) else { return nil }
        switch call.function.name {
        case "in": return equality(operand, values, folded: false)
        case "in~": return equality(operand, values, folded: true)
        case "has", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs",
            "hasprefix", "hasprefix_cs", "hassuffix", "hassuffix_cs", "has_any":
            return holding(operand, values)
        case "has_all":
            return holding(operand, values).flatMap { all in all.min { cost([$0]) < cost([$1]) }.map { [$0] } }
        case "matches regex": return matching(operand, values)
        default: return nil
        }
    }

    /// The values of constants, arrays taken apart.
    private static func constants(_ arguments: ArraySlice<BoundExpression>) -> [Value]? {
        var values: [Value] = []
        for argument in arguments {
            guard let value = argument.constantValue else { return nil }
            if case .dynamic(let json) = value {
                guard let elements = json.arrayValue else { return nil }
                for element in elements {
                    if let text = element.stringValue {
                        values.append(.string(text))
                    } else if let number = element.intValue {
                        values.append(.long(number))
                    } else {
                        return nil
                    }
                }
            } else {
                values.append(value)
            }
        }
        return values.isEmpty || values.count > mostAlternatives ? nil : values
    }

    private static func equality(_ operand: RowOperand, _ values: [Value], folded: Bool) -> [Alternative]? {
        var alternatives: [Alternative] = []
        for value in values {
            switch value {
            case .string(let text):
                // A column that is not there holds the empty text.
                guard !text.isEmpty, !folded || text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
                alternatives.append(
                    Alternative(operand: operand, test: folded ? .equalsFolded(text.lowercased()) : .equals(text)))
            case .long(let number): alternatives.append(Alternative(operand: operand, test: .equalsNumber(number)))
            case .int(let number):
                alternatives.append(Alternative(operand: operand, test: .equalsNumber(Int64(number))))
            default: return nil
            }
        }
        return alternatives
    }

    private static func holding(_ operand: RowOperand, _ values: [Value]) -> [Alternative]? {
        var alternatives: [Alternative] = []
        for value in values {
            guard case .string(let text) = value, text.utf8.count >= 2, text.utf8.allSatisfy({ $0 < 0x80 }) else {
                return nil
            }
            alternatives.append(Alternative(operand: operand, test: .holds(text.lowercased())))
        }
        return alternatives
    }

    /// The texts that a regular expression asks for, with the two letters besides ASCII that equal one of ASCII where case
    /// is ignored: the Kelvin sign and the long s.
    private static func matching(_ operand: RowOperand, _ patterns: [Value]) -> [Alternative]? {
        // A pattern that does not compile fails in the query itself.
        guard case .string(let pattern)? = patterns.first, let expression = try? RE2Pattern(pattern),
            let texts = expression.necessaryTexts(shortest: 3), texts.allSatisfy({ $0.utf8.allSatisfy { $0 < 0x80 } })
        else { return nil }
        let others = texts.contains { $0.contains("k") || $0.contains("s") } ? ["\u{212A}", "\u{17F}"] : []
        return (texts + others).map { Alternative(operand: operand, test: .holds($0)) }
    }
}
