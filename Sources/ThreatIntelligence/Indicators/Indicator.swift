public import Chronology
public import JSON

/// An indicator of compromise: what to look for, how long, and why.
public struct Indicator: Sendable, Hashable {
    /// A phase of a kill chain: `lockheed-martin-cyber-kill-chain`, `delivery`.
    public struct Phase: Sendable, Hashable {
        public var chain: String
        public var name: String

        public init(chain: String, name: String) {
            self.chain = chain
            self.name = name
        }
    }

    /// The STIX identifier, `indicator--…`; empty when the source gave none.
    public var id: String
    public var name: String = ""
    public var details: String = ""
    /// Who says so: the feed's name.
    public var source: String
    /// In the STIX pattern language.
    public var pattern: String
    /// What the pattern comes down to.
    public var terms: [IndicatorTerm]
    public var validFrom: Instant
    /// Nil: without end.
    public var validUntil: Instant?
    /// 0 to 100.
    public var confidence: Int?
    public var isRevoked = false
    public var labels: [String] = []
    /// STIX `indicator_types`: `malicious-activity`, `anomalous-activity`…
    public var threatTypes: [String] = []
    public var phases: [Phase] = []
    public var created: Instant?
    public var modified: Instant?

    public init(id: String, source: String, pattern: String, terms: [IndicatorTerm], validFrom: Instant) {
        self.id = id
        self.source = source
        self.pattern = pattern
        self.terms = terms
        self.validFrom = validFrom
    }

    /// Is it to be looked for in an event of that time?
    public func isActive(at time: Instant) -> Bool {
        !isRevoked && validFrom <= time && validUntil.map { time < $0 } ?? true
    }

    /// The indicator as a STIX 2.1 object.
    public var stix: JSON {
        var object: JSONObject = [
            "type": "indicator", "spec_version": "2.1", "id": .string(id), "name": .string(name),
            "description": .string(details), "pattern": .string(pattern), "pattern_type": "stix",
            "pattern_version": "2.1", "valid_from": .string(validFrom.description), "revoked": .bool(isRevoked),
            "labels": .array(labels.map { .string($0) }),
            "indicator_types": .array(threatTypes.map { .string($0) }),
            "kill_chain_phases": .array(
                phases.map { ["kill_chain_name": .string($0.chain), "phase_name": .string($0.name)] }),
        ]
        if let validUntil { object["valid_until"] = .string(validUntil.description) }
        if let confidence { object["confidence"] = .int(Int64(confidence)) }
        if let created { object["created"] = .string(created.description) }
        if let modified { object["modified"] = .string(modified.description) }
        return .object(object)
    }
}

/// Indicators as they were read, with what was wrong.
public struct IndicatorReading: Sendable {
    /// What could not be taken, or not wholly.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// `object 12`, `line 40`.
        public var place: String
        public var message: String
        /// False: the indicator was taken nevertheless.
        public var isError: Bool

        public var description: String { "\(place): \(message)" }
    }

    public var indicators: [Indicator] = []
    public var faults: [Fault] = []

    public init() {}

    mutating func refuse(_ place: String, _ message: String) {
        faults.append(Fault(place: place, message: message, isError: true))
    }
}
