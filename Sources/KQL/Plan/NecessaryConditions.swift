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
        case .mvExpand(let node): [conditions.filter { $0.columnIndexes.allSatisfy(node.passes) }]
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
    /// Whether a column of the result is the input's.
    fileprivate func passes(_ column: Int) -> Bool {
        column < input.schema.columns.count && column != indexColumn && !expansions.contains { $0.output == column }
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
