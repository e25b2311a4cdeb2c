import Chronology
import Foundation
import JSON
import KQLValues

/// `+ - * / %` and the signs.
let arithmeticOperators: [ScalarFunction] = scalars {
    ScalarFunction(
        "+", family: .arithmetic, summary: "The sum of two numbers, or of a datetime or timespan and a timespan.",
        signatures: numbers + [
            .takes(.timespan("left"), .timespan("right"), returns: .timespan),
            .takes(.datetime("left"), .timespan("right"), returns: .datetime),
            .takes(.timespan("left"), .datetime("right"), returns: .datetime),
        ] + mixedNumbers,
        sql: .rules(duckDB: { sqlSum($0, "+") }, clickHouse: { realSum($0, "+") }),
        evaluate: arithmetic(Adding.self))
    ScalarFunction(
        "-", family: .arithmetic,
        summary: "The difference of two numbers, datetimes or timespans; of one, its negative.",
        signatures: numbers + [
            .takes(.timespan("left"), .timespan("right"), returns: .timespan),
            .takes(.datetime("left"), .datetime("right"), returns: .timespan),
            .takes(.datetime("left"), .timespan("right"), returns: .datetime),
        ] + mixedNumbers + signs,
        sql: .rules(
            duckDB: { $0.types.count == 1 ? sqlNegative($0) : sqlSum($0, "-") },
            clickHouse: { $0.types.count == 1 ? sqlNegative($0) : realSum($0, "-") })
    ) { call throws(EvaluationError) in
        call.arguments.count == 1 ? negative(call) : try arithmetic(Subtracting.self)(call)
    }
    ScalarFunction(
        "*", family: .arithmetic, summary: "The product of two numbers, or of a timespan and a number.",
        signatures: numbers + [
            .takes(.timespan("left"), .number("right"), returns: .timespan),
            .takes(.number("left"), .timespan("right"), returns: .timespan),
        ] + mixedNumbers,
        sql: .shared { $0.types.allSatisfy { $0 == .real } ? "$1 * $2" : nil },
        evaluate: arithmetic(Multiplying.self))
    ScalarFunction(
        "/", family: .arithmetic, summary: "The quotient; of whole numbers its whole part, null when divided by 0.",
        signatures: numbers + [
            .takes(.timespan("left"), .timespan("right"), returns: .real),
            .takes(.timespan("left"), .number("right"), returns: .timespan),
            .takes(.datetime("left"), .timespan("right"), returns: .real),
        ] + mixedNumbers,
        evaluate: arithmetic(Dividing.self))
    ScalarFunction(
        "%", family: .arithmetic, summary: "The remainder, never negative; null when divided by 0.",
        signatures: numbers + [
            .takes(.timespan("left"), .timespan("right"), returns: .timespan),
            .takes(.datetime("left"), .timespan("right"), returns: .timespan),
        ] + mixedNumbers,
        sql: .shared(sqlRemainder),
        evaluate: arithmetic(Remaindering.self))
}

/// Numbers are computed in the wider of their types, at least long; a dynamic operand is taken for the other's type.
private let numbers: [Signature] = [
    .takes(.dynamic("left"), .dynamic("right"), returns: .dynamic),
    .takes(.long("left"), .long("right"), returns: .long),
    .takes(.real("left"), .real("right"), returns: .real),
]

private let mixedNumbers: [Signature] = [.takes(.common("left"), .common("right"), gives: .arithmetic)]

private let signs: [Signature] = [
    .takes(.init("value", .oneOf([.int]), mustBeConstant: true), gives: .argument(0)),
    .takes(.long("value"), returns: .long),
    .takes(.init("value", .oneOf([.real, .decimal, .timespan])), gives: .argument(0)),
    .takes(.dynamic("value"), returns: .dynamic),
]

/// Reals; differences of datetimes; a datetime and a constant of whole microseconds. Whole numbers would end the query
/// in SQL where they overflow.
private func sqlSum(_ arguments: SQLArguments, _ sign: String) -> String? {
    switch (arguments.types[0], arguments.types[1]) {
    case (.real, .real): return "$1 \(sign) $2"
    case (.datetime, .datetime) where sign == "-": return "(epoch_us($1) - epoch_us($2)) * 10"
    case (.datetime, .timespan):
        guard case .timespan(let span)? = arguments.constants[1], span.ticks % 10 == 0 else { return nil }
        return "make_timestamp(epoch_us($1) \(sign) (\(span.ticks / 10)))"
    default: return nil
    }
}

private func realSum(_ arguments: SQLArguments, _ sign: String) -> String? {
    arguments.types == [.real, .real] ? "$1 \(sign) $2" : nil
}

private let sqlRemainder: SQLForms.Rule = { arguments in
    guard arguments.types.allSatisfy({ $0 == .long }), case .long(let divisor)? = arguments.constants[1], divisor > 0,
        divisor < 1 << 32
    else { return nil }
    let size = "CAST(\(divisor) AS BIGINT)"
    return "(($1 % \(size)) + \(size)) % \(size)"
}

private func sqlNegative(_ arguments: SQLArguments) -> String? {
    arguments.types[0] == .real ? "-$1" : nil
}

/// An operation on two numbers, known statically so that the loops over it specialise. Nil makes a null.
protocol Calculating: Sendable {
    static func of(_ left: Int64, _ right: Int64) -> Int64?
    static func of(_ left: Double, _ right: Double) -> Double?
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal?
}

enum Adding: Calculating {
    static func of(_ left: Int64, _ right: Int64) -> Int64? { left &+ right }
    static func of(_ left: Double, _ right: Double) -> Double? { left + right }
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal? { left + right }
}

enum Subtracting: Calculating {
    static func of(_ left: Int64, _ right: Int64) -> Int64? { left &- right }
    static func of(_ left: Double, _ right: Double) -> Double? { left - right }
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal? { left - right }
}

enum Multiplying: Calculating {
    static func of(_ left: Int64, _ right: Int64) -> Int64? { left &* right }
    static func of(_ left: Double, _ right: Double) -> Double? { left * right }
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal? { left * right }
}

enum Dividing: Calculating {
    static func of(_ left: Int64, _ right: Int64) -> Int64? {
        right == 0 ? nil : left.dividedReportingOverflow(by: right).partialValue
    }
    static func of(_ left: Double, _ right: Double) -> Double? { left / right }
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal? { right == 0 ? nil : left / right }
}

enum Remaindering: Calculating {
    static func of(_ left: Int64, _ right: Int64) -> Int64? {
        guard right != 0 else { return nil }
        let remainder = left.remainderReportingOverflow(dividingBy: right).partialValue
        return remainder < 0 ? remainder &+ (right < 0 ? 0 &- right : right) : remainder
    }
    static func of(_ left: Double, _ right: Double) -> Double? {
        let remainder = left.truncatingRemainder(dividingBy: right)
        return remainder < 0 ? remainder + abs(right) : remainder
    }
    static func of(_ left: Decimal, _ right: Decimal) -> Decimal? {
        guard right != 0 else { return nil }
        var quotient = left / right
        var whole = Decimal()
        NSDecimalRound(&whole, &quotient, 0, .down)
        return left - whole * right
    }
}

/// Computes with the unboxed values of both columns, in the type that the operands' types ask for.
private func arithmetic<C: Calculating>(_: C.Type) -> Evaluation {
    { call in
        let left = call.arguments[0].type
        let right = call.arguments[1].type
        let times: Set<KQLType> = [.datetime, .timespan]
        if call.resultType == .datetime {
            // Outside the calendar there is no datetime.
            return loop(call, { $0.longs }, 0) { left, right in
                C.of(left, right).flatMap { (0...Instant.max.ticks).contains($0) ? $0 : nil }
            } wrap: {
                .datetime($0)
            }
        }
        if times.contains(left), times.contains(right) {
            if call.resultType == .real {
                return loop(call, { $0.reals }, Double.filler) {
                    C.of($0, $1)
                } wrap: {
                    .real($0)
                }
            }
            return loop(call, { $0.longs }, 0) {
                C.of($0, $1)
            } wrap: {
                Int64.column($0, call.resultType)
            }
        }
        if times.contains(left) || times.contains(right) {
            // A timespan times or over a number: computed in reals unless both are whole.
            if left == .real || right == .real || left == .decimal || right == .decimal {
                return loop(call, { $0.reals }, 0) {
                    C.of($0, $1).flatMap { Int64(exactly: $0.rounded()) }
                } wrap: {
                    Int64.column($0, call.resultType)
                }
            }
            return loop(call, { $0.longs }, 0) {
                C.of($0, $1)
            } wrap: {
                Int64.column($0, call.resultType)
            }
        }
        switch call.resultType {
        case .dynamic: return dynamicArithmetic(call, C.self)
        case .real:
            return loop(call, { $0.reals }, 0) {
                C.of($0, $1)
            } wrap: {
                .real($0)
            }
        case .decimal:
            return loop(call, { $0.decimals }, 0) {
                C.of($0, $1)
            } wrap: {
                .decimal($0)
            }
        default:
            return loop(call, { $0.longs }, 0) {
                C.of($0, $1)
            } wrap: {
                Int64.column($0, call.resultType)
            }
        }
    }
}

private func loop<Element: Sendable, Result: Sendable>(
    _ call: ScalarCall, _ values: (Column) -> Vector<Element>, _ filler: Result,
    _ operation: (Element, Element) -> Result?, wrap: (Vector<Result>) -> Column
) -> Column {
    let left = values(call.arguments[0])
    let right = values(call.arguments[1])
    let leftMask = call.isConstant[0] ? 0 : -1
    let rightMask = call.isConstant[1] ? 0 : -1
    var result = Vector<Result>([])
    result.values.reserveCapacity(call.rowCount)
    for row in 0..<call.rowCount {
        if left.isNull(row & leftMask) || right.isNull(row & rightMask) {
            result.append(nil, filler: filler)
        } else {
            result.append(operation(left.values[row & leftMask], right.values[row & rightMask]), filler: filler)
        }
    }
    return wrap(result)
}

private func negative(_ call: ScalarCall) -> Column {
    switch call.arguments[0] {
    case .int(let vector): .int(vector.map { 0 &- $0 })
    case .long(let vector): Int64.column(vector.map { 0 &- $0 }, call.resultType)
    case .timespan(let vector): .timespan(vector.map { 0 &- $0 })
    case .real(let vector): .real(vector.map { -$0 })
    case .decimal(let vector): .decimal(vector.map { -$0 })
    case .dynamic(let values):
        .dynamic(
            values.map { value in
                if case .int(let number) = value { return .int(0 &- number) }
                return value.kqlReal.map { .double(-$0) } ?? .null
            })
    default: call.arguments[0]
    }
}

/// Two dynamic operands: whole numbers stay whole, others are computed as reals.
private func dynamicArithmetic<C: Calculating>(_ call: ScalarCall, _: C.Type) -> Column {
    let left = call.arguments[0].dynamics
    let right = call.arguments[1].dynamics
    let values = (0..<call.rowCount).map { row -> JSON in
        let left = left[call.row(row, of: 0)]
        let right = right[call.row(row, of: 1)]
        if case .int(let left) = left, case .int(let right) = right {
            return C.of(left, right).map { .int($0) } ?? .null
        }
        guard let left = left.kqlReal, let right = right.kqlReal, let result = C.of(left, right) else { return .null }
        return .double(result)
    }
    return .dynamic(values)
}
