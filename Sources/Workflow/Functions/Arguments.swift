internal import JSON

/// The evaluated arguments of a call, read with the types a function expects.
struct Arguments {
    let function: String
    let values: [JSON]

    var count: Int { values.count }

    subscript(index: Int) -> JSON { values[index] }

    static func check(count wanted: ClosedRange<Int>, given: Int, function: String) throws(ExpressionError) {
        guard !wanted.contains(given) else { return }
        let range =
            wanted.lowerBound == wanted.upperBound
            ? "\(wanted.lowerBound)" : "\(wanted.lowerBound) to \(wanted.upperBound)"
        throw ExpressionError(.wrongArgumentCount, "'\(function)' takes \(range) arguments, not \(given)")
    }

    func check(count wanted: ClosedRange<Int>) throws(ExpressionError) {
        try Arguments.check(count: wanted, given: count, function: function)
    }

    func wrong(_ index: Int, _ wanted: String) -> ExpressionError {
        ExpressionError(
            .wrongArgument,
            "'\(function)' expects \(wanted) as argument \(index + 1), not \(values[index].preview) "
                + "of type \(values[index].typeName)")
    }

    /// A string; binary content counts as its text.
    func text(_ index: Int) throws(ExpressionError) -> String {
        if case .string(let text) = values[index] { return text }
        if let content = values[index].binaryContent { return content.text }
        throw wrong(index, "a string")
    }

    func optionalText(_ index: Int) throws(ExpressionError) -> String? {
        index < count && !values[index].isNull ? try text(index) : nil
    }

    func int(_ index: Int) throws(ExpressionError) -> Int {
        guard let value = values[index].intValue else { throw wrong(index, "a whole number") }
        return Int(value)
    }

    func optionalInt(_ index: Int) throws(ExpressionError) -> Int? {
        index < count && !values[index].isNull ? try int(index) : nil
    }

    func bool(_ index: Int) throws(ExpressionError) -> Bool {
        switch values[index] {
        case .bool(let value): return value
        case .int(let value): return value != 0
        case .string(let text) where text.lowercased() == "true": return true
        case .string(let text) where text.lowercased() == "false": return false
        default: throw wrong(index, "true or false")
        }
    }

    func number(_ index: Int) throws(ExpressionError) -> Number {
        switch values[index] {
        case .int(let value): return .whole(value)
        case .double(let value): return .floating(value)
        default: throw wrong(index, "a number")
        }
    }

    func array(_ index: Int) throws(ExpressionError) -> [JSON] {
        guard case .array(let elements) = values[index] else { throw wrong(index, "an array") }
        return elements
    }

    func object(_ index: Int) throws(ExpressionError) -> JSONObject {
        guard case .object(let members) = values[index] else { throw wrong(index, "an object") }
        return members
    }
}

/// A number as the workflow language computes with it: whole numbers stay whole.
enum Number {
    case whole(Int64)
    case floating(Double)

    var double: Double {
        switch self {
        case .whole(let value): Double(value)
        case .floating(let value): value
        }
    }

    var json: JSON {
        switch self {
        case .whole(let value): .int(value)
        case .floating(let value): .double(value)
        }
    }
}
