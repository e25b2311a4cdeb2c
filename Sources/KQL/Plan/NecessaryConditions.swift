import KQLFunctions
import KQLValues

extension Plan {
    /// Of each input, in the order of `mapInputs`, conditions that its rows meet if they lead to a row of the result which
    /// meets some conditions. Conditions that cannot be told of the input's rows are left out.
    func necessaryConditions(for conditions: [BoundExpression]) -> [[BoundExpression]] {
        switch self {
        case .filter(let node): [conditions + node.predicate.conjuncts.filter(\.holdsOfOneRow)]
        case .project(let node): [conditions.compactMap { $0.computed(by: node) }]
        case .sort, .serialize: [conditions]
        case .union(let node):
            node.inputs.map { input in
                conditions.compactMap { $0.replacingColumns(input.value(of:)).ifSmall }
            }
        case .mvExpand(let node): [conditions.filter(node.passes)]
        case .join(let node):
            [
                conditions.compactMap { node.condition($0, on: .left) },
                conditions.compactMap { node.condition($0, on: .right) },
            ]
        default: []
        }
    }
}

extension BoundExpression {
    /// Conditions above this size are not carried to the inputs.
    private static let mostCalls = 200

    fileprivate var ifSmall: BoundExpression? { size <= BoundExpression.mostCalls ? self : nil }

    fileprivate var holdsOfOneRow: Bool { looksAtOneRow && !dependsOnNow && ifSmall != nil }

    /// The condition over a projection's input.
    fileprivate func computed(by node: Project) -> BoundExpression? {
        guard columnIndexes.allSatisfy({ node.columns[$0].expression.looksAtOneRow }) else { return nil }
        return replacingColumns { node.columns[$0.index].expression }.ifSmall
    }
}

extension MvExpand {
    /// Whether a condition on the result says the same of the input's rows.
    func passes(_ condition: BoundExpression) -> Bool {
        condition.stands(over: input.schema, without: Set(expansions.map(\.output) + [indexColumn].compactMap(\.self)))
    }
}

extension Parse {
    /// Whether a condition on the result says the same of the input's rows.
    func passes(_ condition: BoundExpression) -> Bool {
        let made = pattern.compactMap { if case .column(let output, _) = $0 { output } else { nil } }
        return condition.stands(over: input.schema, without: Set(made))
    }
}

extension BoundExpression {
    /// Whether all columns are among those that an operator passes on at their places.
    fileprivate func stands(over input: TableSchema, without made: Set<Int>) -> Bool {
        !dependsOnRow && columnIndexes.allSatisfy { $0 < input.columns.count && !made.contains($0) }
    }
}

extension Join {
    /// A condition on the result as one on a side's rows, of which those that do not meet it may be left out; nil where it
    /// looks at the other side too, or where the kind of join needs all of that side.
    func condition(_ condition: BoundExpression, on side: JoinOutput.Side) -> BoundExpression? {
        let kinds: [JoinKind] =
            switch side {
            case .left: [.inner, .leftOuter, .leftSemi, .leftAnti]
            case .right: [.inner, .rightOuter, .rightSemi, .rightAnti]
            }
        guard kinds.contains(kind), condition.columnIndexes.allSatisfy({ outputs[$0].side == side }) else { return nil }
        return condition.replacingColumns { reference in
            .column(
                ColumnReference(index: outputs[reference.index].index, name: reference.name, type: reference.type))
        }
    }
}
