internal import JSON

/// `equals`, `greater`, `not`…; `and`, `or` and `if` stand with the evaluator, since they are lazy.
enum LogicalFunctions {
    static let all: [WorkflowFunction] = [
        .init("equals", 2...2) { arguments, _ throws(ExpressionError) in
            .bool(Comparison.areEqual(arguments[0], arguments[1]))
        },
        .init("not", 1...1) { arguments, _ throws(ExpressionError) in .bool(!(try arguments.bool(0))) },
        .init("greater", 2...2) { arguments, _ throws(ExpressionError) in .bool(try Comparison.order(arguments) > 0) },
        .init("greaterOrEquals", 2...2) { arguments, _ throws(ExpressionError) in
            .bool(try Comparison.order(arguments) >= 0)
        },
        .init("less", 2...2) { arguments, _ throws(ExpressionError) in .bool(try Comparison.order(arguments) < 0) },
        .init("lessOrEquals", 2...2) { arguments, _ throws(ExpressionError) in
            .bool(try Comparison.order(arguments) <= 0)
        },
    ]
}

/// How the workflow language compares two values.
enum Comparison {
    /// Numbers by value, true as 1, null as the empty text, objects and arrays member by member.
    static func areEqual(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.bool(let flag), .int(let number)), (.int(let number), .bool(let flag)): (flag ? 1 : 0) == number
        case (.null, .string(let text)), (.string(let text), .null): text.isEmpty
        default: left == right
        }
    }

    /// Below, at or above zero as the first argument is smaller, equal or greater.
    static func order(_ arguments: Arguments) throws(ExpressionError) -> Int {
        let (left, right) = (arguments[0], arguments[1])
        switch (left, right) {
        case (.int(let left), .int(let right)): return left < right ? -1 : left > right ? 1 : 0
        case (.string(let left), .string(let right)): return ordinal(left, right)
        case (.null, .string(let right)): return ordinal("", right)
        case (.string(let left), .null): return ordinal(left, "")
        case (.bool(let left), .bool(let right)): return left == right ? 0 : left ? 1 : -1
        default:
            guard let first = left.doubleValue, let second = right.doubleValue else {
                throw ExpressionError(
                    .wrongArgument,
                    "'\(arguments.function)' compares two numbers or two strings, not \(left.typeName) and "
                        + "\(right.typeName)")
            }
            return first < second ? -1 : first > second ? 1 : 0
        }
    }

    private static func ordinal(_ left: String, _ right: String) -> Int {
        left == right ? 0 : left.utf16.lexicographicallyPrecedes(right.utf16) ? -1 : 1
    }
}
