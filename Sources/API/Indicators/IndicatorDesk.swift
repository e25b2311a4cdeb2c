public import Chronology
public import JSON

/// Keeps indicators for the API; implemented over the room that matches them.
public protocol IndicatorDesk: Sendable {
    /// Takes a text in: STIX, a body of Sentinel's API, or CSV.
    ///
    /// - Parameter source: the feed's name where the text gives none.
    func take(_ text: String, source: String) async throws -> IndicatorReceipt

    /// One page, the last changed first.
    func page(word: String, limit: Int, offset: Int) async throws -> (indicators: [IndicatorRecord], total: Int)

    /// The indicators that fit Sentinel's filtering criteria.
    ///
    /// - Throws: `InvalidIndicator` for criteria that cannot be met.
    func query(_ criteria: JSON, limit: Int, offset: Int) async throws -> [IndicatorRecord]

    func metrics() async throws -> IndicatorMetrics

    /// Nil when there is none of that id.
    func indicator(_ id: String) async throws -> IndicatorRecord?

    /// - Returns: False when there is none.
    func remove(_ id: String) async throws -> Bool

    /// Each source with its number of indicators and of active ones.
    func sources() async throws -> [(source: String, total: Int, active: Int)]

    func allowed() async throws -> [(kind: String, value: String, reason: String)]

    /// Lets a value pass.
    ///
    /// - Throws: `InvalidIndicator` for what is no observable.
    func allow(_ value: String, reason: String) async throws

    /// - Returns: False when it was not on the list.
    func disallow(_ value: String) async throws -> Bool
}

/// How many indicators there are of what.
public struct IndicatorMetrics: Sendable {
    public var time: Instant
    public var threats: [(name: String, count: Int)]
    public var kinds: [(name: String, count: Int)]
    public var sources: [(name: String, count: Int)]

    public init(
        time: Instant, threats: [(name: String, count: Int)], kinds: [(name: String, count: Int)],
        sources: [(name: String, count: Int)]
    ) {
        self.time = time
        self.threats = threats
        self.kinds = kinds
        self.sources = sources
    }
}

/// What an import led to.
public struct IndicatorReceipt: Sendable {
    public var added: Int
    public var changed: Int
    public var unchanged: Int
    /// `place: what was wrong`.
    public var faults: [String]
    /// The identifiers of what was taken, in order.
    public var ids: [String]

    public init(added: Int, changed: Int, unchanged: Int, faults: [String], ids: [String]) {
        self.added = added
        self.changed = changed
        self.unchanged = unchanged
        self.faults = faults
        self.ids = ids
    }
}

/// An indicator as the API tells it.
public struct IndicatorRecord: Sendable {
    public var id: String
    public var source: String
    public var isActive: Bool
    /// Counts the changes.
    public var version: Int64
    public var lastUpdated: String
    /// Kinds, as STIX types, and values.
    public var observables: [(type: String, value: String)]
    /// The indicator as a STIX 2.1 object.
    public var stix: JSON

    public init(
        id: String, source: String, isActive: Bool, version: Int64, lastUpdated: String,
        observables: [(type: String, value: String)], stix: JSON
    ) {
        self.id = id
        self.source = source
        self.isActive = isActive
        self.version = version
        self.lastUpdated = lastUpdated
        self.observables = observables
        self.stix = stix
    }
}
