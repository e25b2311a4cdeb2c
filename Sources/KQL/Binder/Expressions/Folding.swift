import KQLFunctions
import KQLValues

extension Binder {
    /// The expression, or its value when that is known already.
    func folded(_ expression: BoundExpression) -> BoundExpression {
        switch expression {
        case .constant, .column, .subquery, .shared: return expression
        case .convert(let inner, let type):
            guard let value = inner.constantValue else { return expression }
            return .constant(Column(type: value.type, [value]).converted(to: type)[0])
        case .call(let call):
            guard call.isConstant, call.arguments.allSatisfy({ $0.constantValue != nil }) else { return expression }
            let columns = call.arguments.compactMap { argument in
                argument.constantValue.map { Column(type: $0.type, [$0]) }
            }
            let scalarCall = ScalarCall(
                arguments: columns, isConstant: columns.map { _ in true }, rowCount: 1, resultType: call.type,
                context: context)
            // A function that refuses its constants does so again, with its message, when the query runs.
            let folded = try? ResultGrowth.evaluate(scalarCall, by: call.function, limit: ResultGrowth.valueBytes)
            guard let result = folded, result.count == 1 else { return expression }
            return .constant(result[0])
        }
    }
}
