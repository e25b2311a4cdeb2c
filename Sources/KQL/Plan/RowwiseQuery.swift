public import KQLFunctions
public import KQLValues

/// A query that looks at each row of its tables by itself: what it gives for many rows is what it gives for each of them,
/// put together. Such a query can be decided while events come in.
public struct RowwiseQuery: Sendable {
    /// A stored table that the query reads, with the conditions that stand next to it.
    public struct Input: Sendable {
        public let table: String
        /// The columns that the query needs, in order.
        public let columns: [ColumnSchema]
        /// Conditions on the columns, all of which must hold.
        public let conditions: [BoundExpression]
        /// Further conditions on the columns that each row meets which leads to something: what the rest of the query asks
        /// of values that it computes of the row.
        public let consequences: [BoundExpression]
    }

    public let inputs: [Input]
    /// The query over placeholders for the inputs.
    private let body: Plan
    /// Whether the result may hang on the present instant, besides the rows.
    public let dependsOnNow: Bool
    public var schema: TableSchema { body.schema }

    /// Nil when some operator looks at several rows together, or at stored rows besides the one at hand.
    public init?(_ plan: Plan) {
        guard plan.isRowwise else { return nil }
        var inputs: [Input] = []
        body = RowwiseQuery.cut(plan, meeting: [], into: &inputs)
        guard !inputs.isEmpty else { return nil }
        self.inputs = inputs
        dependsOnNow = body.mayDependOnNow || inputs.contains { $0.conditions.contains(where: \.dependsOnNow) }
    }

    /// The query over rows of its inputs that meet their conditions; one plan per input, with exactly its columns.
    public func plan(over rows: [Plan]) -> Plan {
        body.replacingInputs(by: rows)
    }

    /// The rows of a stored table that meet an input's conditions, except those that hang on the present instant.
    public static func candidates(_ input: Input, in window: StoredWindow, catalogue: FunctionCatalogue) -> Plan {
        let time = ColumnSchema(window.column, .datetime)
        let further = [ColumnSchema("TimeGenerated", .datetime), time].filter { !input.columns.contains($0) }
        var scan = Scan(table: input.table, columns: input.columns + Set(further).sorted { $0.name < $1.name })
        if window.column == "TimeGenerated" { scan.timeRange = window.bounds }
        let index = scan.schema.index(of: window.column) ?? 0
        let within = window.bounds.predicates(
            on: .column(ColumnReference(index: index, name: window.column, type: .datetime)), catalogue: catalogue)
        let steady = input.conditions.filter { !$0.dependsOnNow }
        return (within + steady).reduce(.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
    }

    /// Stored rows by a datetime column: `TimeGenerated`, or when they were appended.
    public struct StoredWindow: Sendable, Hashable {
        public var column: String
        public var bounds: TimeBounds

        public init(column: String, bounds: TimeBounds) {
            self.column = column
            self.bounds = bounds
        }
    }

    /// Replaces each scan with the filters on it by a placeholder, whose number is the input's, negated and less one.
    ///
    /// - Parameter needed: what the rows of `plan` must meet to lead to something.
    private static func cut(_ plan: Plan, meeting needed: [BoundExpression], into inputs: inout [Input]) -> Plan {
        guard let (scan, conditions) = plan.filteredScan else {
            var passedOn = plan.necessaryConditions(for: needed)[...]
            return plan.mapInputs(includingBodies: false) { input in
                cut(input, meeting: passedOn.popFirst() ?? [], into: &inputs)
            }
        }
        inputs.append(
            Input(table: scan.table, columns: scan.columns, conditions: conditions, consequences: needed))
        return .placeholder(Placeholder(id: -inputs.count, schema: scan.schema))
    }
}

extension Plan {
    /// A stored table and the conditions of the filters on it, the innermost first; nil for other plans.
    var filteredScan: (scan: Scan, conditions: [BoundExpression])? {
        var conditions: [BoundExpression] = []
        var below = self
        while case .filter(let node) = below {
            conditions = node.predicate.conjuncts + conditions
            below = node.input
        }
        guard case .scan(let scan) = below else { return nil }
        return (scan, conditions)
    }

    fileprivate func replacingInputs(by rows: [Plan]) -> Plan {
        if case .placeholder(let node) = self, rows.indices.contains(-node.id - 1) { return rows[-node.id - 1] }
        return mapInputs(includingBodies: false) { $0.replacingInputs(by: rows) }
    }

    /// Whether the result for some rows together is what the rows give alone.
    fileprivate var isRowwise: Bool {
        switch self {
        case .scan: true
        case .values(let table): table.rowCount == 0
        case .filter(let node): node.predicate.looksAtOneRow && node.input.isRowwise
        case .project(let node): node.columns.allSatisfy(\.expression.looksAtOneRow) && node.input.isRowwise
        case .sort(let node): node.keys.allSatisfy(\.expression.looksAtOneRow) && node.input.isRowwise
        case .serialize(let node): node.input.isRowwise
        case .mvExpand(let node): node.looksAtOneRow && node.input.isRowwise
        case .mvApply(let node):
            node.expand.looksAtOneRow && node.body.isSelfContained && node.expand.input.isRowwise
        case .parse(let node): node.source.looksAtOneRow && node.input.isRowwise
        case .parseKeyValue(let node): node.source.looksAtOneRow && node.input.isRowwise
        case .materialized(let node): node.input.isRowwise
        case .union(let node): node.inputs.allSatisfy(\.plan.isRowwise)
        case .join(let node): node.isRowwise
        default: false
        }
    }

    /// Whether an expression names the present instant; where that is not told easily, it is taken to.
    fileprivate var mayDependOnNow: Bool {
        guard let expressions else { return true }
        return expressions.contains(where: \.dependsOnNow) || inputs.contains(where: \.mayDependOnNow)
    }

    /// Whether nothing stored or far away is read, so that the result is always the same.
    fileprivate var isSelfContained: Bool {
        switch self {
        case .values, .placeholder: return true
        case .scan, .parseKeyValue: return false
        default: break
        }
        guard let expressions else { return false }
        return expressions.allSatisfy(\.isRepeatable) && inputs.allSatisfy(\.isSelfContained)
    }

    /// The expressions of this operator itself; nil for operators that are not looked into.
    private var expressions: [BoundExpression]? {
        switch self {
        case .scan, .values, .placeholder, .distinct, .serialize, .materialized, .union: []
        case .filter(let node): [node.predicate]
        case .project(let node): node.columns.map(\.expression)
        case .aggregate(let node):
            node.keys.map(\.expression) + node.aggregates.flatMap(\.arguments)
                + node.aggregates.flatMap { $0.outputs.compactMap(\.source) }
        case .sort(let node): node.keys.map(\.expression)
        case .top(let node): node.keys.map(\.expression) + [node.count]
        case .take(let node): [node.count]
        case .mvExpand(let node): node.expressions
        case .parse(let node): [node.source]
        case .parseKeyValue(let node): [node.source]
        case .join(let node): node.keys.flatMap { [$0.left, $0.right] }
        default: nil
        }
    }
}

extension Join {
    fileprivate var isRowwise: Bool {
        guard keys.allSatisfy({ $0.left.looksAtOneRow && $0.right.looksAtOneRow }) else { return false }
        return switch kind {
        case .inner: left.isRowwise && right.isSelfContained || left.isSelfContained && right.isRowwise
        case .leftOuter, .leftSemi, .leftAnti: left.isRowwise && right.isSelfContained
        case .rightOuter, .rightSemi, .rightAnti: left.isSelfContained && right.isRowwise
        case .innerUnique, .fullOuter: false
        }
    }
}

extension MvExpand {
    fileprivate var expressions: [BoundExpression] { expansions.map(\.source) + [rowLimit].compactMap(\.self) }
    fileprivate var looksAtOneRow: Bool { expressions.allSatisfy(\.looksAtOneRow) }
}

extension BoundExpression {
    /// Whether the value hangs on the row's own columns and on what is always the same.
    var looksAtOneRow: Bool { !dependsOnRow && isRepeatable }

    /// Whether equal rows give equal values whenever it is asked, but for `now()`.
    fileprivate var isRepeatable: Bool {
        switch self {
        case .constant, .column: true
        case .convert(let inner, _): inner.isRepeatable
        case .shared(let shared): shared.expression.isRepeatable
        case .subquery(let query): query.plan.isSelfContained
        case .call(let call):
            if case .perRow = call.function.determinism { false } else { call.arguments.allSatisfy(\.isRepeatable) }
        }
    }

    /// Whether the value changes with the instant at which the query runs.
    public var dependsOnNow: Bool {
        switch self {
        case .constant, .column: false
        case .convert(let inner, _): inner.dependsOnNow
        case .shared(let shared): shared.expression.dependsOnNow
        case .subquery: true
        case .call(let call):
            if case .perQuery = call.function.determinism {
                true
            } else {
                call.arguments.contains(where: \.dependsOnNow)
            }
        }
    }
}
