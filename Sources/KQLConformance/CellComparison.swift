import Chronology
import JSON
import KQLFunctions
import KQLValues

/// Compares a computed value with what a corpus expects, by value and not by text.
struct CellComparison {
    /// The largest relative difference of numbers.
    let tolerance: Double
    /// Whether expected cells are text of a documentation page.
    let isDocumentation: Bool
    /// Whether the elements of arrays may come in any order.
    let hasLooseArrays: Bool

    func matches(_ actual: Value, _ expected: JSON) -> Bool {
        switch expected {
        case .null:
            if case .string(let text) = actual { return text.isEmpty }
            return actual.isNull
        case .string(let text): return matches(actual, text: text)
        case .bool(let flag):
            return switch actual {
            case .bool(let value): value == flag
            case .dynamic(let json): json == expected
            default: false
            }
        case .int, .double:
            guard let number = expected.doubleValue else { return false }
            return actual.number.map { isNear($0, number) } ?? false
        case .array, .object:
            guard case .dynamic(let json) = actual else { return false }
            return isNear(json, expected)
        }
    }

    private func matches(_ actual: Value, text: String) -> Bool {
        switch actual {
        case .string(let value): return value == text || isDocumentation && isSameText(value, text)
        case .dynamic(let json): return matches(json, text: text)
        case .null: return text.isEmpty || isDocumentation && ["null", "(null)"].contains(text.lowercased())
        case .bool(let value):
            switch text.lowercased() {
            case "true", "1": return value
            case "false", "0": return !value
            default: return false
            }
        case .int, .long, .real, .decimal:
            guard let number = actual.number else { return false }
            return matches(number, text: text)
        case .datetime, .timespan, .guid:
            return Column.string(StringColumn([text])).converted(to: actual.type)[0] == actual
        }
    }

    private func matches(_ number: Double, text: String) -> Bool {
        let plain = isDocumentation ? text.replacing(",", with: "") : text
        switch plain {
        case "NaN": return number.isNaN
        case "Infinity", "inf", "∞": return number == .infinity
        case "-Infinity", "-inf", "-∞": return number == -.infinity
        default: break
        }
        guard let expected = Double(plain) else { return false }
        if isNear(number, expected) { return true }
        guard isDocumentation, let point = plain.firstIndex(of: "."), !plain.contains("e"), !plain.contains("E") else {
            return false
        }
        let decimals = plain.distance(from: point, to: plain.endIndex) - 1
        var unit = 1.0
        for _ in 0..<decimals { unit /= 10 }
        return abs(number - expected) <= unit
    }

    private func matches(_ json: JSON, text: String) -> Bool {
        if case .string(let value) = json, value == text { return true }
        if case .null = json { return text.isEmpty || text == "null" }
        // Text that is no JSON is compared as text below.
        if let parsed = try? JSON(parsing: text), isNear(json, parsed) { return true }
        guard isDocumentation else {
            return isSameInstant(json.stringValue ?? "", text)
        }
        if let number = json.doubleValue { return matches(number, text: text) }
        if let parsed = try? JSON(parsing: text.replacing("'", with: "\"")), isNear(json, parsed) { return true }
        return isSameText(json.stringValue ?? json.description, text)
    }

    /// Whether two texts agree without blanks, line ends and quotation marks.
    private func isSameText(_ left: String, _ right: String) -> Bool {
        let strip = { (text: String) in text.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" && $0 != "\\" } }
        return strip(left) == strip(right)
    }

    private func isSameInstant(_ left: String, _ right: String) -> Bool {
        guard let first = Instant(iso8601: left), let second = Instant(iso8601: right) else { return false }
        return first == second
    }

    private func isNear(_ left: Double, _ right: Double) -> Bool {
        if left == right || left.isNaN && right.isNaN { return true }
        return abs(left - right) <= tolerance * max(abs(left), abs(right))
    }

    private func isNear(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.array(let left), .array(let right)) where hasLooseArrays:
            var free = right
            return left.count == right.count
                && left.allSatisfy { element in
                    guard let index = free.firstIndex(where: { isNear(element, $0) }) else { return false }
                    free.remove(at: index)
                    return true
                }
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isNear($0, $1) }
        case (.object(let left), .object(let right)):
            return left.count == right.count
                && left.allSatisfy { member in right[member.key].map { isNear(member.value, $0) } ?? false }
        case (.string(let left), .string(let right)): return left == right || isSameInstant(left, right)
        case (.string(let text), _), (_, .string(let text)):
            let number = left.doubleValue ?? right.doubleValue
            return number.map { matches($0, text: text) } ?? false
        default:
            guard let first = left.doubleValue, let second = right.doubleValue else { return left == right }
            return isNear(first, second)
        }
    }
}

extension Value {
    /// A number, or nil.
    fileprivate var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .long(let value): Double(value)
        case .real(let value): value
        case .decimal(let value): Double("\(value)")
        case .dynamic(let json): json.doubleValue
        default: nil
        }
    }
}
