public import KQLFunctions
public import KQLValues

/// Computes expressions without columns before the query runs.
public struct ConstantFolding: Sendable {
    let context: EvaluationContext

    /// - Parameter context: Gives the instant of `now()`.
    public init(context: EvaluationContext) {
        self.context = context
    }

    /// The value; nil when it depends on rows or subqueries, or the function refuses (and does so again when it runs).
    public func value(of expression: BoundExpression) -> Value? {
        column(of: expression)?[0]
    }

    private func column(of expression: BoundExpression) -> Column? {
        switch expression {
        case .constant(let value): return Column(type: value.type, [value])
        case .column, .subquery, .shared: return nil
        case .convert(let inner, let type): return column(of: inner)?.converted(to: type)
        case .call(let call):
            guard call.isConstant else { return nil }
            let arguments = call.arguments.compactMap { column(of: $0) }
            guard arguments.count == call.arguments.count else { return nil }
            let scalarCall = ScalarCall(
                arguments: arguments, isConstant: arguments.map { _ in true }, rowCount: 1, resultType: call.type,
                context: context)
            // A refusal is reported by the runtime, with its message.
            guard let result = try? call.function.evaluate(scalarCall), result.count == 1 else { return nil }
            return result
        }
    }
}
