import KQLFunctions
import KQLValues

/// Moves each condition of a filter as near to the tables as it may go.
func pushingFilters(_ plan: Plan) -> Plan {
    guard case .filter(let node) = plan else { return plan.mapInputs(pushingFilters) }
    var conditions = node.predicate.conjuncts
    var input = node.input
    // Filters that stand on each other are moved together; the lower one's conditions come first.
    while case .filter(let inner) = input, !inner.predicate.dependsOnRow, !node.predicate.dependsOnRow {
        conditions = inner.predicate.conjuncts + conditions
        input = inner.input
    }
    if node.predicate.dependsOnRow {
        return .filter(Filter(input: pushingFilters(input), predicate: node.predicate))
    }
    var kept: [BoundExpression] = []
    for condition in conditions where !condition.alwaysHolds {
        if let pushed = pushed(condition, into: input) {
            input = pushed
        } else {
            kept.append(condition)
        }
    }
    return kept.reduce(pushingFilters(input)) { .filter(Filter(input: $0, predicate: $1)) }
}

extension BoundExpression {
    fileprivate var alwaysHolds: Bool { if case .constant(.bool(true)) = self { true } else { false } }
}

/// The operator with a condition below it, or nil when that would change the result.
private func pushed(_ condition: BoundExpression, into plan: Plan) -> Plan? {
    switch plan {
    case .project(let node):
        guard let below = translated(condition, through: node) else { return nil }
        return .project(Project(input: .filter(Filter(input: node.input, predicate: below)), columns: node.columns))
    case .sort(let node):
        return .sort(Sort(input: .filter(Filter(input: node.input, predicate: condition)), keys: node.keys))
    case .union(let node):
        return .union(
            Union(
                inputs: node.inputs.map { input in
                    let below = condition.replacingColumns(input.value(of:))
                    return UnionInput(
                        plan: .filter(Filter(input: input.plan, predicate: below)), columns: input.columns)
                }, schema: node.schema))
    case .join(let node): return pushed(condition, into: node)
    case .mvExpand(var node):
        guard node.passes(condition) else { return nil }
        node.input = .filter(Filter(input: node.input, predicate: condition))
        return .mvExpand(node)
    case .parse(var node):
        guard node.passes(condition) else { return nil }
        node.input = .filter(Filter(input: node.input, predicate: condition))
        return .parse(node)
    default: return nil
    }
}

/// The condition in terms of a projection's input, when the columns it needs are only passed on or constant.
private func translated(_ condition: BoundExpression, through node: Project) -> BoundExpression? {
    guard !node.columns.contains(where: { $0.expression.dependsOnRow }) else { return nil }
    for index in condition.columnIndexes {
        switch node.columns[index].expression {
        case .column, .constant: continue
        default: return nil
        }
    }
    return condition.replacingColumns { node.columns[$0.index].expression }
}

private func pushed(_ condition: BoundExpression, into node: Join) -> Plan? {
    var changed = node
    if let below = node.condition(condition, on: .left) {
        changed.left = .filter(Filter(input: node.left, predicate: below))
    } else if let below = node.condition(condition, on: .right) {
        changed.right = .filter(Filter(input: node.right, predicate: below))
    } else {
        return nil
    }
    return .join(changed)
}
