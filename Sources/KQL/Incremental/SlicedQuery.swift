import Chronology
public import KQLFunctions
public import KQLValues

/// A query in which summaries over time can be put together of the summaries of slices of that time, so that a query that
/// runs again and again over a long time reads only the slices that are new.
public struct SlicedQuery: Sendable {
    /// Each once, though the query may use it in several places.
    public let summaries: [SlicedSummary]
    /// The query over placeholders for the summaries.
    private let body: Plan

    /// Nil when there is no such summary.
    ///
    /// - Parameters:
    ///   - plan: compiled with `keepsNow`, so that what hangs on the instant can be told from what is constant.
    ///   - context: gives that instant.
    public init?(_ plan: Plan, context: EvaluationContext) {
        var cutter = Cutter(folding: ConstantFolding(context: context))
        body = cutter.cut(plan)
        guard !cutter.summaries.isEmpty else { return nil }
        summaries = cutter.summaries
    }

    /// The query over the parts of its summaries, in their order; each with all rows of all parts of its time.
    public func plan(over parts: [Table]) -> Plan {
        SlicedQuery.filling(body, zip(summaries, parts).map { $0.merged($1) })
    }

    private static let firstPlaceholder = Int.min

    private static func filling(_ plan: Plan, _ summaries: [Plan]) -> Plan {
        if case .placeholder(let node) = plan {
            let (index, overflows) = node.id.subtractingReportingOverflow(firstPlaceholder)
            if !overflows, summaries.indices.contains(index) { return summaries[index] }
        }
        return plan.mapInputs(includingBodies: false) { filling($0, summaries) }
            .mapExpressions { $0.mapSubqueries { filling($0, summaries) } }
    }

    private struct Cutter {
        let folding: ConstantFolding
        var summaries: [SlicedSummary] = []
        private var known: [Key: Int] = [:]

        private struct Key: Hashable {
            var signature: String
            var start: Instant
            var end: Instant
        }

        init(folding: ConstantFolding) {
            self.folding = folding
        }

        /// The plan with placeholders for its uppermost summaries.
        mutating func cut(_ plan: Plan) -> Plan {
            if let summary = SlicedSummary(plan, folding: folding) {
                let id = SlicedQuery.firstPlaceholder + number(of: summary)
                return .placeholder(Placeholder(id: id, schema: plan.schema))
            }
            if case .join(let node) = plan, let join = cutKeys(of: node) { return .join(join) }
            return plan.mapInputs(includingBodies: false) { cut($0) }.mapExpressions { cutSubqueries(of: $0) }
        }

        /// A join that only asks whether the other side has a key: of that side the different keys are enough.
        private mutating func cutKeys(of join: Join) -> Join? {
            var join = join
            switch join.kind {
            case .leftSemi, .leftAnti:
                guard let keys = different(join.keys.map(\.right), of: join.right) else { return nil }
                join.right = keys
                join.keys = join.keys.enumerated().map { index, key in
                    JoinKey(left: key.left, right: .column(keys.schema.reference(index)))
                }
                join.left = cut(join.left)
            case .rightSemi, .rightAnti:
                guard let keys = different(join.keys.map(\.left), of: join.left) else { return nil }
                join.left = keys
                join.keys = join.keys.enumerated().map { index, key in
                    JoinKey(left: .column(keys.schema.reference(index)), right: key.right)
                }
                join.right = cut(join.right)
            case .innerUnique, .inner, .leftOuter, .rightOuter, .fullOuter: return nil
            }
            return join
        }

        /// Subqueries of an expression; of those that only tell what is `in` them the different values are enough.
        private mutating func cutSubqueries(of expression: BoundExpression) -> BoundExpression {
            var mapping = ExpressionMapping()
            return mapping.map(expression) { leaf in
                guard case .subquery(let query) = leaf else { return leaf }
                var values: Plan?
                if query.form == .firstColumn, query.plan.schema.columns.count == 1 {
                    values = different([.column(query.plan.schema.reference(0))], of: query.plan)
                }
                return .subquery(
                    ScalarSubquery(id: query.id, plan: values ?? cut(query.plan), form: query.form, type: query.type))
            }
        }

        /// The different values of some expressions over rows; nil when slices do not tell.
        private mutating func different(_ expressions: [BoundExpression], of rows: Plan) -> Plan? {
            let columns = expressions.enumerated().map { NamedExpression("value\($0)", $1) }
            let distinct = Plan.distinct(Distinct(input: .project(Project(input: rows, columns: columns))))
            guard let summary = SlicedSummary(distinct, folding: folding) else { return nil }
            let id = SlicedQuery.firstPlaceholder + number(of: summary)
            return .placeholder(Placeholder(id: id, schema: distinct.schema))
        }

        private mutating func number(of summary: SlicedSummary) -> Int {
            let key = Key(
                signature: summary.signature, start: summary.start, end: summary.end)
            if let known = known[key] { return known }
            known[key] = summaries.count
            summaries.append(summary)
            return summaries.count - 1
        }
    }
}
