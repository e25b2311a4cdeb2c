import Chronology
import JSON
import KQLFunctions
public import KQLValues
import Testing

/// Calls of functions without the binder: the first signature with enough parameters gives the result type.
func call(
    _ name: String, _ arguments: Value..., returns type: KQLType? = nil, now: Instant = .unixEpoch
) throws -> Value {
    let function = try #require(FunctionCatalogue.standard.scalar(name), "no function \(name)")
    let call = ScalarCall(
        arguments: arguments.map { Column(type: $0.type, [$0]) }, isConstant: arguments.map { _ in true }, rowCount: 1,
        resultType: type ?? resultType(function, arguments), context: EvaluationContext(now: now, seed: 1))
    return try function.evaluate(call)[0]
}

/// Calls a function on rows: each argument is a column, each of its rows one value.
func callRows(_ name: String, _ columns: [Column], returns type: KQLType) throws -> [Value] {
    let function = try #require(FunctionCatalogue.standard.scalar(name), "no function \(name)")
    let count = columns.first?.count ?? 0
    let call = ScalarCall(
        arguments: columns, isConstant: columns.map { _ in false }, rowCount: count, resultType: type,
        context: EvaluationContext(now: .unixEpoch, seed: 1))
    let result = try function.evaluate(call)
    return (0..<result.count).map { result[$0] }
}

private func resultType(_ function: ScalarFunction, _ arguments: [Value]) -> KQLType {
    for signature in function.signatures where accepts(signature, arguments) {
        switch signature.result {
        case .type(let type): return type
        case .argument(let index): return arguments[index].type
        case .common:
            let common = zip(signature.parameters, arguments).first { parameter, _ in parameter.type == .common }
            return common?.1.type ?? .dynamic
        case .arithmetic: return arguments[0].type == .int ? .long : arguments[0].type
        case .namedByArgument(_, let type): return type
        }
    }
    return .dynamic
}

private func accepts(_ signature: Signature, _ arguments: [Value]) -> Bool {
    let required = signature.parameters.filter { $0.arity == .required }.count
    let repeats = signature.parameters.last?.arity == .repeated
    guard arguments.count >= required, repeats || arguments.count <= signature.parameters.count else { return false }
    return arguments.enumerated().allSatisfy { index, argument in
        let parameter = signature.parameters[min(index, signature.parameters.count - 1)]
        return switch parameter.type {
        case .exactly(let type):
            type == argument.type || (argument.type == .int && type == .long)
                || ([.int, .long].contains(argument.type) && type == .real)
        case .oneOf(let types): types.contains(argument.type)
        case .number: argument.type.isNumeric
        case .any, .common: true
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .long(value) }
    public init(floatLiteral value: Double) { self = .real(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    /// A dynamic value of its JSON text.
    static func json(_ text: String) throws -> Value { Value(dynamic: try JSON(parsing: text)) }

    static func time(_ text: String) throws -> Value { .datetime(try #require(Instant(kqlText: text))) }
    static func span(_ text: String) throws -> Value { .timespan(try #require(TimeSpan(kqlText: text))) }
}
