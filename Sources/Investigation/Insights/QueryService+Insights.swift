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
}

extension QueryService {
    /// The most rows that an insight gives.
    public static let insightRows = 1000

    /// Asks insights about an entity, at the same time as far as limits allow; the answers in the order of the questions.
    ///
    /// A query that fails is told of in its answer, and the others are answered all the same.
    ///
    /// - Parameter extended: Each insight looks back further than the range, by its own period.
    public func answers(
        to insights: [EntityInsight], about identifiers: [String: String], over range: TimeRange, extended: Bool,
        for asker: QueryAsker
    ) async -> [InsightAnswer] {
        await withTaskGroup(of: (Int, InsightAnswer).self) { group in
            for (index, insight) in insights.enumerated() {
                let start = extended ? max(range.start - insight.period, .min) : range.start
                group.addTask {
                    (index, await answer(insight, identifiers, QueryTimeRange(start: start, end: range.end), asker))
                }
            }
            var found: [(Int, InsightAnswer)] = []
            for await answer in group { found.append(answer) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    private func answer(
        _ insight: EntityInsight, _ identifiers: [String: String], _ range: QueryTimeRange, _ asker: QueryAsker
    ) async -> InsightAnswer {
        var problems: [QueryProblem] = []
        func ask(_ query: String?) async -> Table? {
            guard let query else { return nil }
            var request = QueryRequest(insight.asked(query), range: range, asker: asker)
            request.parameters = insight.parameters(identifiers)
            request.maximumRows = Self.insightRows
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
