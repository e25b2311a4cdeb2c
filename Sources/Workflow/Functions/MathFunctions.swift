internal import JSON

/// Arithmetic; whole numbers stay whole.
enum MathFunctions {
    private static let maximumRange = 100_000

    static let all: [WorkflowFunction] = [
        .init("add", 2...2) { arguments, _ throws(ExpressionError) in
            try compute(arguments, { $0.addingReportingOverflow($1) }, { $0 + $1 })
        },
        .init("sub", 2...2) { arguments, _ throws(ExpressionError) in
            try compute(arguments, { $0.subtractingReportingOverflow($1) }, { $0 - $1 })
        },
        .init("mul", 2...2) { arguments, _ throws(ExpressionError) in
            try compute(arguments, { $0.multipliedReportingOverflow(by: $1) }, { $0 * $1 })
        },
        .init("div", 2...2) { arguments, _ throws(ExpressionError) in
            guard try arguments.number(1).double != 0 else { throw arguments.wrong(1, "a divisor other than zero") }
            return try compute(arguments, { $0.dividedReportingOverflow(by: $1) }, { $0 / $1 })
        },
        .init("mod", 2...2) { arguments, _ throws(ExpressionError) in
            guard try arguments.number(1).double != 0 else { throw arguments.wrong(1, "a divisor other than zero") }
            return try compute(
                arguments, { $0.remainderReportingOverflow(dividingBy: $1) },
                { $0.truncatingRemainder(dividingBy: $1) })
        },
        .init("max", 1...250) { arguments, _ throws(ExpressionError) in try extreme(arguments) { $0 > $1 } },
        .init("min", 1...250) { arguments, _ throws(ExpressionError) in try extreme(arguments) { $0 < $1 } },
        .init("rand", 2...2, rand),
        .init("range", 2...2, range),
    ]

    private static func compute(
        _ arguments: Arguments,
        _ whole: (Int64, Int64) -> (partialValue: Int64, overflow: Bool),
        _ floating: (Double, Double) -> Double
    ) throws(ExpressionError) -> JSON {
        let (left, right) = (try arguments.number(0), try arguments.number(1))
        if case .whole(let first) = left, case .whole(let second) = right {
            let result = whole(first, second)
            guard !result.overflow else {
                throw ExpressionError(.wrongArgument, "the result of '\(arguments.function)' exceeds 64 bits")
            }
            return .int(result.partialValue)
        }
        return .double(floating(left.double, right.double))
    }

    private static func extreme(
        _ arguments: Arguments, _ isBetter: (Double, Double) -> Bool
    ) throws(ExpressionError) -> JSON {
        var candidates = arguments
        if arguments.count == 1, case .array(let elements) = arguments[0] {
            candidates = Arguments(function: arguments.function, values: elements)
        }
        guard candidates.count > 0 else { throw arguments.wrong(0, "at least one number") }
        var best = try candidates.number(0)
        for index in 1..<max(candidates.count, 1) {
            let candidate = try candidates.number(index)
            if isBetter(candidate.double, best.double) { best = candidate }
        }
        return best.json
    }

    /// A whole number from the first argument up to, but without, the second.
    private static func rand(_ arguments: Arguments, _ sources: inout EvaluationSources) throws(ExpressionError) -> JSON
    {
        let (low, high) = (try arguments.int(0), try arguments.int(1))
        guard low < high else { throw arguments.wrong(1, "a number above the first") }
        return .int(Int64(Int.random(in: low..<high, using: &sources.random)))
    }

    private static func range(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let (start, count) = (try arguments.int(0), try arguments.int(1))
        guard (0...maximumRange).contains(count), !start.addingReportingOverflow(count).overflow else {
            throw arguments.wrong(1, "a count from 0 to \(maximumRange)")
        }
        return .array((start..<(start + count)).map { .int(Int64($0)) })
    }
}
