internal import Chronology
public import EventStore
public import KQL
internal import KQLFunctions
internal import KQLValues

/// The scheduled runs of rules that are matched in the stream: a net for events that the stream has not seen, because they
/// were there before the rule, were stored by another program, or their alert was lost when the process ended.
///
/// The runs go through the same matching as the stream, so that they find the same alerts by the same identifiers.
public struct StreamedRuns: Sendable {
    private let matcher: KQLBlockMatcher
    private let store: any EventStore
    private let limits: ExecutionLimits

    public init(
        _ matcher: KQLBlockMatcher, store: any EventStore,
        limits: ExecutionLimits = ExecutionLimits(rows: 500_000, bytes: 256 << 20, seconds: 120)
    ) {
        self.matcher = matcher
        self.store = store
        self.limits = limits
    }

    /// Keeps rules that are disabled from being matched in the stream.
    func mute(_ rules: Set<String>) { matcher.mute(rules) }

    /// What a rule finds in a window; nil when the rule is not matched in the stream.
    func findings(
        of rule: AnalyticsRule, _ run: RuleSchedule.Run, at now: Instant
    ) async throws(RuleQueryError) -> [StreamFinding]? {
        guard let streamed = matcher.rule(rule.id) else { return nil }
        do {
            var rows: [KQLStreamRule.Rows] = []
            for input in streamed.query.inputs { rows.append(try await self.rows(of: input, run)) }
            return try streamed.findings(of: rows, at: now)
        } catch {
            throw RuleQueryError(error)
        }
    }

    private func rows(of input: RowwiseQuery.Input, _ run: RuleSchedule.Run) async throws -> KQLStreamRule.Rows {
        let window = RowwiseQuery.StoredWindow(
            column: run.isByIngestionTime ? StoredColumn.ingestionTime.name : "TimeGenerated", bounds: run.timeBounds)
        let plan = RowwiseQuery.candidates(input, in: window, catalogue: .standard)
        var table = try await store.run(plan, options: run.options, limits: limits)
        var times: [Instant?] = Array(repeating: nil, count: table.rowCount)
        if case .datetime(let vector)? = table.column("TimeGenerated") { times = vector.instants }
        let further = table.schema.columns.count - input.columns.count
        table.schema.columns.removeLast(further)
        table.columns.removeLast(further)
        return KQLStreamRule.Rows(table: table, times: times)
    }
}
