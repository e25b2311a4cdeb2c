/// The rules that rewrite plans. Each keeps the result and the schema as they are.
public enum RewriteRule: String, Sendable, CaseIterable {
    /// Moves filters towards the tables: below projections, sorts, unions and joins.
    case predicatePushdown = "predicate-pushdown"
    /// Takes the range of `TimeGenerated` out of filters into scans.
    case timeRangeExtraction = "time-range-extraction"
    /// Reads only the columns that are used.
    case projectionPruning = "projection-pruning"
}

/// Applies rewriting rules to a plan, in their order of declaration.
public struct Rewriter: Sendable {
    public let rules: [RewriteRule]

    public init(rules: [RewriteRule] = RewriteRule.allCases) {
        self.rules = rules
    }

    /// The rewritten plan, with the same schema and the same result. Subqueries are rewritten too.
    public func rewrite(_ plan: Plan) -> Plan {
        if rules.isEmpty { return plan }
        var result = rewritingSubqueries(plan)
        for rule in RewriteRule.allCases where rules.contains(rule) {
            switch rule {
            case .predicatePushdown: result = pushingFilters(result)
            case .timeRangeExtraction: result = extractingTimeRanges(result)
            case .projectionPruning: result = pruningColumns(result)
            }
        }
        return result
    }

    private func rewritingSubqueries(_ plan: Plan) -> Plan {
        plan.mapInputs(rewritingSubqueries).mapExpressions { $0.mapSubqueries(rewrite) }
    }
}
