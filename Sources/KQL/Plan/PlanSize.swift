extension Plan {
    /// The number of operators, those of subqueries included; counting ends above `limit`.
    ///
    /// A plan is a tree of values that may share parts, so a short query can stand for very many operators.
    func operatorCount(upTo limit: Int) -> Int {
        var count = 0
        var open = [self]
        var shared: Set<Int> = []
        var seen: Set<ObjectIdentifier> = []
        while let plan = open.popLast(), count <= limit {
            count += 1
            // What is materialized runs once, however often it is used.
            if case .materialized(let node) = plan, !shared.insert(node.id).inserted { continue }
            open += plan.inputs
            _ = plan.mapExpressions { expression in
                expression.collectSubqueries(into: &open, seen: &seen)
                return expression
            }
        }
        return count
    }
}

extension BoundExpression {
    fileprivate func collectSubqueries(into plans: inout [Plan], seen: inout Set<ObjectIdentifier>) {
        switch self {
        case .constant, .column: break
        case .subquery(let query): plans.append(query.plan)
        case .convert(let inner, _): inner.collectSubqueries(into: &plans, seen: &seen)
        case .call(let call):
            for argument in call.arguments { argument.collectSubqueries(into: &plans, seen: &seen) }
        case .shared(let shared):
            guard seen.insert(ObjectIdentifier(shared)).inserted else { return }
            shared.expression.collectSubqueries(into: &plans, seen: &seen)
        }
    }
}
