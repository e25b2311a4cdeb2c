internal import KQLSyntax
internal import KQLValues
internal import Sigma

/// Spells one test of a field as a condition.
///
/// A condition under `not` must not be null where the test does not hold, for `not(null)` lets nothing through.
struct TestText {
    let field: FieldExpression
    /// Whether the condition stands under an odd number of negations.
    let isNegated: Bool

    /// The condition, and in words what it cannot say exactly.
    func condition(_ test: SigmaTest, other: (String) -> FieldExpression?) -> (text: String, loss: String?)? {
        switch test {
        case .text(let text, let isCased): (self.text(text, isCased: isCased), lossOfEmptiness(text))
        case .expression(let pattern, let flags): (matches(pattern, flags), nil)
        case .network(let network): (definite(contains(network)), nil)
        case .comparison(let comparison, let number):
            (definite("\(field.number) \(Self.sign(comparison)) \(KQLText.number(number))"), nil)
        case .datePart(let part, let comparison, let number):
            (definite("\(datePart(part)) \(comparison.map(Self.sign) ?? "==") \(number)"), nil)
        case .isNull: (absence, field.type == .string ? Self.emptiness : nil)
        case .exists(let isThere): (isThere ? field.isThere : absence, field.type == .string ? Self.emptiness : nil)
        case .field(let name, let anchor, let isCased):
            other(name).map { (comparison(with: $0, anchor, isCased: isCased), nil) }
        }
    }

    private static let emptiness = "a text column cannot tell a missing value from an empty one"

    private var absence: String {
        field.type == .string ? "isempty(\(field.raw))" : "isnull(\(field.raw))"
    }

    private func lossOfEmptiness(_ text: SigmaText) -> String? {
        text.parts.isEmpty && field.type == .string ? Self.emptiness : nil
    }

    private func text(_ text: SigmaText, isCased: Bool) -> String {
        if text.parts == [.anyCharacters] { return field.isThere }
        if let literal = text.literal {
            if let own = field.own(literal) { return definite("\(field.raw) == \(own)") }
            if literal.isEmpty, field.type != .string {
                return "(\(field.isThere) and isempty(\(field.text)))"
            }
            return "\(field.text) \(isCased ? "==" : "=~") \(KQLText.literal(literal))"
        }
        guard let (anchor, needle) = Self.simple(text) else {
            return matches(Self.pattern(text), isCased ? .dotMatchesNewline : [.dotMatchesNewline, .ignoresCase])
        }
        return "\(field.text) \(Self.word(anchor, isCased: isCased)) \(KQLText.literal(needle))"
    }

    /// A text with wildcards at its ends only.
    private static func simple(_ text: SigmaText) -> (SigmaAnchor, String)? {
        let opens = text.parts.first == .anyCharacters
        let closes = text.parts.last == .anyCharacters
        let inner = text.parts.dropFirst(opens ? 1 : 0).dropLast(closes ? 1 : 0)
        guard inner.count == 1, case .literal(let needle)? = inner.first else { return nil }
        return (opens && closes ? .anywhere : opens ? .suffix : .prefix, needle)
    }

    private static func word(_ anchor: SigmaAnchor, isCased: Bool) -> String {
        switch anchor {
        case .whole: isCased ? "==" : "=~"
        case .prefix: isCased ? "startswith_cs" : "startswith"
        case .suffix: isCased ? "endswith_cs" : "endswith"
        case .anywhere: isCased ? "contains_cs" : "contains"
        }
    }

    private static func pattern(_ text: SigmaText) -> String {
        let body = text.parts.map { part in
            switch part {
            case .literal(let literal): escaped(literal)
            case .anyCharacters: ".*"
            case .oneCharacter: "."
            }
        }
        return "^" + body.joined() + "$"
    }

    private static func escaped(_ literal: String) -> String {
        literal.unicodeScalars.map { scalar in
            let isPlain = scalar.value >= 128 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            return isPlain || scalar == "_" || scalar == " " ? String(scalar) : "\\\(scalar)"
        }.joined()
    }

    private func matches(_ pattern: String, _ flags: SigmaExpressionFlags) -> String {
        let marks = [(SigmaExpressionFlags.ignoresCase, "i"), (.multiline, "m"), (.dotMatchesNewline, "s")]
        let letters = marks.filter { flags.contains($0.0) }.map(\.1).joined()
        let whole = letters.isEmpty ? pattern : "(?\(letters))\(pattern)"
        return "\(field.text) matches regex \(KQLText.literal(whole))"
    }

    private func contains(_ network: SigmaNetwork) -> String {
        let function = network.isVersion6 ? "ipv6_is_in_range" : "ipv4_is_in_range"
        return "\(function)(\(field.text), \(KQLText.literal(network.text)))"
    }

    private func datePart(_ part: SigmaDatePart) -> String {
        let name = part == .week ? "week_of_year" : part.rawValue
        return "datetime_part(\"\(name)\", \(field.date))"
    }

    private func comparison(with other: FieldExpression, _ anchor: SigmaAnchor, isCased: Bool) -> String {
        "(\(other.isThere) and \(field.isThere) and "
            + "\(field.text) \(Self.word(anchor, isCased: isCased)) \(other.text))"
    }

    private func definite(_ condition: String) -> String { isNegated ? "coalesce(\(condition), false)" : condition }

    private static func sign(_ comparison: SigmaComparison) -> String {
        switch comparison {
        case .less: "<"
        case .lessOrEqual: "<="
        case .greater: ">"
        case .greaterOrEqual: ">="
        }
    }
}
