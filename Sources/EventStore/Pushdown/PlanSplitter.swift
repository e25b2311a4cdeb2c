import KQL
import KQLFunctions
import KQLValues

/// Finds the largest parts of a plan that the store can do.
final class PlanSplitter {
    private let translation: PlanTranslation
    private let rowLimit: Int
    private(set) var declines: [Decline] = []

    init(translation: PlanTranslation, rowLimit: Int) {
        self.translation = translation
        self.rowLimit = rowLimit
    }

    func split(_ plan: Plan) -> Plan {
        guard plan.readsStore else { return plan }
        if case .scan = plan { return plan }
        do {
            let relation = try translation.relation(plan)
            if relation.isHostedOnTop, case .project(var node) = plan {
                // Nothing above makes fewer rows: computing these columns in the store would only add copies.
                node.input = split(node.input)
                return .project(node)
            }
            return pushed(relation, plan.schema)
        } catch {
            if !declines.contains(error) { declines.append(error) }
            return splitPartly(plan)
        }
    }

    private func pushed(_ relation: Relation, _ schema: TableSchema) -> Plan {
        var select = relation.select
        if select.limit == nil, rowLimit < .max { select.limit = rowLimit + 1 }
        let statement = SQLRenderer.statement(
            select, translation.dialect, shared: translation.shared.mapValues(\.select))
        return .pushed(
            PushedQuery(
                sql: statement.sql, parameters: statement.parameters, schema: schema,
                description: relation.steps.joined(separator: " | ")))
    }

    /// Leaves this operator to the runtime and pushes what it can of its inputs.
    private func splitPartly(_ plan: Plan) -> Plan {
        switch plan {
        case .filter(let node): splitFilter(node)
        case .makeSeries(let node): splitSeries(node)
        default: plan.mapInputs(includingBodies: false, split)
        }
    }

    /// Pushes the grouping by bins and leaves the making of arrays.
    private func splitSeries(_ node: MakeSeries) -> Plan {
        let parts = node.overGroups(ConstantFolding(context: translation.context))
        if let parts, let relation = try? translation.aggregate(parts.groups) {
            return .makeSeries(parts.series(pushed(relation, parts.groups.schema)))
        }
        var node = node
        node.input = split(node.input)
        return .makeSeries(node)
    }

    /// Pushes the conditions that have a SQL form and keeps the others above.
    private func splitFilter(_ node: Filter) -> Plan {
        var node = node
        let conjuncts = node.predicate.conjuncts
        guard conjuncts.count > 1 || translation.host == nil, let input = try? translation.relation(node.input) else {
            node.input = split(node.input)
            return .filter(node)
        }
        let translator = translation.translator(over: input)
        if translation.host == nil, let sieved = sieved(node, conjuncts, input, translator) { return sieved }
        // A condition that throws is one that stays; its reason was noted by the attempt to push all of them.
        let isPushable = conjuncts.map { (try? translator.condition($0, of: "where")) != nil }
        let (kept, sent) = (conjuncts.indices.filter { !isPushable[$0] }, conjuncts.indices.filter { isPushable[$0] })
        guard !sent.isEmpty, case .call(let call) = node.predicate else {
            node.input = split(node.input)
            return .filter(node)
        }
        let inner = Filter(input: node.input, predicate: conjunction(sent.map { conjuncts[$0] }, call.function))
        let outer = Filter(
            input: split(.filter(inner)), predicate: conjunction(kept.map { conjuncts[$0] }, call.function))
        return .filter(outer)
    }

    /// Without a host: sends the conditions with a SQL form, and a cheap test for each other one that lets no true row
    /// fall; the others are decided above. Nil when there is neither.
    private func sieved(
        _ node: Filter, _ conjuncts: [BoundExpression], _ input: Relation, _ translator: ExpressionTranslator
    ) -> Plan? {
        var conditions: [SQLExpression] = []
        var kept: [BoundExpression] = []
        for conjunct in conjuncts {
            if let condition = try? translator.condition(conjunct, of: "where") {
                conditions.append(condition)
            } else {
                kept.append(conjunct)
                if let sieve = translator.sieve(over: conjunct) { conditions.append(sieve) }
            }
        }
        guard !conditions.isEmpty, case .call(let and) = node.predicate else { return nil }
        var relation = input.wrapped("where")
        relation.select.conditions += conditions.map(input.base.rebased)
        let rows = pushed(relation, node.input.schema)
        if kept.isEmpty { return rows }
        // A single condition is itself the call; there is nothing to be joined then.
        return .filter(Filter(input: rows, predicate: conjunction(kept, and.function)))
    }

    /// One predicate of several; there is at least one.
    private func conjunction(_ parts: [BoundExpression], _ and: ScalarFunction) -> BoundExpression {
        parts.dropFirst().reduce(parts[0]) { .call(BoundCall(function: and, arguments: [$0, $1], type: .bool)) }
    }
}
