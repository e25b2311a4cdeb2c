public import Chronology
public import KQLValues
public import Vocabulary

/// What came of asking one insight.
public struct InsightAnswer: Sendable {
    public let insight: EntityInsight
    public let start: Instant
    public let end: Instant
    /// Nil when the insight has no query for a table, or it could not be answered.
    public let table: Table?
    public let chart: Table?
    /// What was wrong with either query.
    public let problems: [QueryProblem]

    public init(
        insight: EntityInsight, start: Instant, end: Instant, table: Table?, chart: Table?, problems: [QueryProblem]
    ) {
        self.insight = insight
        self.start = start
        self.end = end
        self.table = table
        self.chart = chart
        self.problems = problems
    }
}

extension QueryService {
    /// The most rows that an insight gives.
    public static let insightRows = 1000

    /// Asks insights about an entity, at the same time as far as limits allow; the answers in the order of the questions.
    ///
    /// A query that fails is told of in its answer, and the others are answered all the same.
    ///
    /// - Parameters:
    ///   - extended: Each insight looks back further than the range, by its own period.
    ///   - seconds: The longest that each query may run; nil: as long as the installation lets it.
    public func answers(
        to insights: [EntityInsight], about identifiers: [String: String], over range: TimeRange, extended: Bool,
        seconds: Double? = nil, for asker: QueryAsker
    ) async -> [InsightAnswer] {
        await withTaskGroup(of: (Int, InsightAnswer).self) { group in
            for (index, insight) in insights.enumerated() {
                let start = extended ? max(range.start - insight.period, .min) : range.start
                group.addTask {
                    let range = QueryTimeRange(start: start, end: range.end)
                    return (index, await answer(insight, identifiers, range, seconds, asker))
                }
            }
            var found: [(Int, InsightAnswer)] = []
            for await answer in group { found.append(answer) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func answer(
        _ insight: EntityInsight, _ identifiers: [String: String], _ range: QueryTimeRange, _ seconds: Double?,
        _ asker: QueryAsker
    ) async -> InsightAnswer {
        var problems: [QueryProblem] = []
        func ask(_ query: String?) async -> Table? {
            guard let query else { return nil }
            var request = QueryRequest(insight.asked(query), range: range, asker: asker)
            request.parameters = insight.parameters(identifiers)
            request.maximumRows = Self.insightRows
            request.seconds = seconds
            switch await run(request) {
            case .answer(let answer): return answer.tables.first
            case .refused(let reasons):
                problems += reasons
                return nil
            }
        }
        let table = await ask(insight.tableQuery)
        let chart = await ask(insight.chartQuery)
        return InsightAnswer(
            insight: insight, start: range.start ?? Instant.unixEpoch, end: range.end ?? now(), table: table,
            chart: chart, problems: problems)
    }
}
