import KQLSyntax
import KQLValues

extension Binder {
    /// `fork`: one result per branch; the shared input runs once.
    func bind(_ node: ForkOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var shared = input
        shared.plan = .materialized(Materialized(id: newID(), input: input.plan))
        var branches: [Relation] = []
        for branch in node.branches {
            var relation = try bind(branch.subquery, over: shared, in: scope)
            if let name = branch.name { relation.name = name.text }
            branches.append(relation)
        }
        return try joined(branches, at: node.span)
    }

    /// `facet`: one result per column with its values and counts, then the subquery's.
    func bind(_ node: FacetOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var shared = input
        shared.plan = .materialized(Materialized(id: newID(), input: input.plan))
        let context = rows(of: shared, in: scope)
        var branches: [Relation] = []
        for column in node.columns {
            var namer = ColumnNamer()
            let name = impliedName(column, in: context) ?? namer.next()
            let key = NamedExpression(name, try bind(column, in: context))
            let count = try aggregation("count", [], named: "count_\(name)", at: node.span)
            branches.append(
                Relation(plan: .aggregate(Aggregate(input: shared.plan, keys: [key], aggregates: [count])), name: name))
        }
        if let subquery = node.subquery { branches.append(try bind(subquery, over: shared, in: scope)) }
        return try joined(branches, at: node.span)
    }

    private func joined(_ branches: [Relation], at span: Span) throws(Diagnostic) -> Relation {
        guard var first = branches.first else {
            throw Diagnostic(.wrongArguments, "there is no branch", at: span)
        }
        first.siblings = Array(branches.dropFirst())
        return first
    }
}
