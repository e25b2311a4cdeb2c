public import Chronology
internal import KQLValues
public import Vocabulary

/// What logs tell about an entity within a time.
public struct EntityOccurrences: Sendable {
    /// The earliest first.
    public var items: [EntityOccurrence] = []
    /// What was wrong with the query of an activity.
    public var problems: [(activity: EntityActivity, problem: QueryProblem)] = []
    /// Activities of clients that cannot be asked.
    public var faults: [InsightFault] = []

    public init() {}
}

extension QueryService {
    /// The most rows that go into the timeline from one query.
    public static let activityRows = 1000

    /// Asks what logs tell about an entity, at the same time as far as limits allow.
    ///
    /// A query that fails is told of, and the others are answered all the same.
    ///
    /// - Parameters:
    ///   - width: How long the parts of the time are within which rows of the same words are one item.
    ///   - seconds: The longest that each query may run; nil: as long as the installation lets it.
    public func occurrences(
        of activities: [EntityActivity], about identifiers: [String: String], over range: TimeRange,
        width: TimeSpan = .days(1), seconds: Double? = nil, for asker: QueryAsker
    ) async -> EntityOccurrences {
        await withTaskGroup(of: (EntityActivity, QueryOutcome).self) { group in
            for activity in activities {
                group.addTask {
                    var request = QueryRequest(
                        activity.asked(activity.query), range: QueryTimeRange(start: range.start, end: range.end),
                        asker: asker)
                    request.parameters = activity.parameters(identifiers)
                    request.maximumRows = Self.activityRows
                    request.seconds = seconds
                    return (activity, await run(request))
                }
            }
            var found = EntityOccurrences()
            for await (activity, outcome) in group {
                switch outcome {
                case .answer(let answer):
                    guard let table = answer.tables.first else { continue }
                    found.items += OccurrenceReading(activity: activity, range: range, width: width).occurrences(table)
                case .refused(let problems):
                    found.problems += problems.map { (activity, $0) }
                }
            }
            found.items.sort { $0.time < $1.time }
            found.problems.sort { $0.activity.name < $1.activity.name }
            return found
        }
    }
}
