public import Chronology
public import Vocabulary

/// What can be asked about entities, by content and by clients, and the answers.
public struct EntityDesk: Sendable {
    public let queries: QueryService
    /// What content declares.
    public let insights: EntityInsights
    private let further: @Sendable () async throws -> EntityActivities

    /// - Parameter further: The activities that clients wrote.
    public init(
        queries: QueryService, insights: EntityInsights,
        further: @escaping @Sendable () async throws -> EntityActivities
    ) {
        self.queries = queries
        self.insights = insights
        self.further = further
    }

    /// What logs tell about an entity, out of all activities that fit it; faulty ones are told of.
    ///
    /// - Parameters:
    ///   - forms: Of which forms.
    ///   - width: How long the parts of the time are within which rows of the same words are one item.
    ///   - seconds: The longest that each query may run; nil: as long as the installation lets it.
    public func occurrences(
        of kind: EntityKind, _ identifiers: [String: String], over range: TimeRange,
        forms: Set<EntityActivity.Form> = Set(EntityActivity.Form.allCases), width: TimeSpan = .days(1),
        seconds: Double? = nil, for asker: QueryAsker
    ) async throws -> EntityOccurrences {
        guard !forms.isEmpty else { return EntityOccurrences() }
        let written = try await further()
        let fitting = (insights.activities + written.all).filter {
            forms.contains($0.form) && $0.fits(kind, identifiers)
        }
        var found = await queries.occurrences(
            of: fitting, about: identifiers, over: range, width: width, seconds: seconds, for: asker)
        if forms.contains(.activity) { found.faults = written.faults }
        return found
    }
}

/// Activities that clients wrote.
public struct EntityActivities: Sendable {
    public var all: [EntityActivity] = []
    public var faults: [InsightFault] = []

    public init() {}
}
