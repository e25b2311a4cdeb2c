import KQLFunctions
import KQLValues

/// A tabular function for `evaluate`.
struct Plugin: Sendable {
    let name: String
    /// One sentence: what it gives.
    let summary: String
    let parameters: [Parameter]
    /// The columns of the result; nil when data decides on them.
    let schema: @Sendable (PluginShape) -> TableSchema?
    let run: @Sendable (PluginInput) throws(ExecutionError) -> Table

    init(
        _ name: String, _ summary: String, _ parameters: [Parameter],
        schema: @escaping @Sendable (PluginShape) -> TableSchema? = { _ in nil },
        run: @escaping @Sendable (PluginInput) throws(ExecutionError) -> Table
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.schema = schema
        self.run = run
    }

    /// All plugins that run, in order of name.
    static let all: [Plugin] = [
        activeUsersCount, activityCountsMetrics, activityEngagement, activityMetrics, autocluster, bagUnpack, basket,
        dcountIntersect, diffpatterns, diffpatternsText, estimateRowsCount, funnelSequence, funnelSequenceCompletion,
        geoLineLookup, geoPolygonLookup, httpRequest, httpRequestPost, ipv4Lookup, ipv6Lookup, narrow,
        newActivityMetrics, pivot, preview,
        rollingPercentile, rowsNear, schemaMerge, sequenceDetect, sessionCount, slidingWindowCounts,
    ]

    static func named(_ name: String) -> Plugin? { all.first { $0.name == name } }
}

extension Parameter {
    /// A column or an expression over the rows.
    static func value(_ name: String, _ arity: Arity = .required) -> Parameter { Parameter(name, .any, arity) }

    /// A value that is known before the rows are read.
    static func constant(_ name: String, _ type: KQLType? = nil, _ arity: Arity = .required) -> Parameter {
        Parameter(name, type.map { .exactly($0) } ?? .any, arity, mustBeConstant: true)
    }
}
