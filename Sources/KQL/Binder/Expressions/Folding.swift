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
            if let decided = decided(call) { return decided }
            if options.keepsNow, case .perQuery = call.function.determinism { return expression }
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

    /// What is left of `and` and `or` when one side is known: parameters that filter nothing leave nothing behind.
    private func decided(_ call: BoundCall) -> BoundExpression? {
        guard call.arguments.count == 2, ["and", "or"].contains(call.function.name) else { return nil }
        let (left, right) = (call.arguments[0], call.arguments[1])
        guard left.type == .bool, right.type == .bool else { return nil }
        let deciding = call.function.name == "or"
        for (known, other) in [(left, right), (right, left)] {
            guard case .constant(.bool(let value)) = known else { continue }
            return value == deciding ? known : other
        }
        return nil
    }
}
