public import Sigma
public import Vocabulary

/// A rule that switches one of the built-in engines on or off and says what it looks at.
public struct EngineRule: Sendable, Identifiable {
    public enum Engine: String, Sendable, Hashable, CaseIterable {
        /// Multi-stage correlation.
        case fusion = "Fusion"
        /// Matching of indicators.
        case threatIntelligence = "ThreatIntelligence"
        /// Built-in behaviour rules.
        case behaviorAnalytics = "MLBehaviorAnalytics"
    }

    /// A kind of signals that fusion takes.
    public struct Source: Sendable, Hashable {
        public var name: String
        public var isEnabled: Bool
        public var subtypes: [Subtype]

        public init(name: String, isEnabled: Bool = true, subtypes: [Subtype] = []) {
            self.name = name
            self.isEnabled = isEnabled
            self.subtypes = subtypes
        }
    }

    public struct Subtype: Sendable, Hashable {
        public var name: String
        public var isEnabled: Bool
        /// Severities that are left out.
        public var excludedSeverities: Set<Severity>

        public init(name: String, isEnabled: Bool = true, excludedSeverities: Set<Severity> = []) {
            self.name = name
            self.isEnabled = isEnabled
            self.excludedSeverities = excludedSeverities
        }
    }

    /// A GUID in lower case.
    public var id: String
    public var name: String
    public var description: String = ""
    public var engine: Engine
    public var severity: Severity = .high
    public var tactics: [Tactic] = []
    public var techniques: [String] = []
    public var isEnabled = true
    /// Fusion's sources; empty: all.
    public var sources: [Source] = []
    /// Patterns of scenarios that fusion leaves out.
    public var exclusionPatterns: [String] = []
    public var version: String = ""
    /// The template that the rule was made of; empty: none.
    public var templateID: String = ""
    public var position: SigmaPosition

    public init(id: String, name: String, engine: Engine, position: SigmaPosition = SigmaPosition(file: "")) {
        self.id = id
        self.name = name
        self.engine = engine
        self.position = position
    }
}

extension [EngineRule] {
    /// Whether an engine runs: unless there are rules of its kind, and none is enabled.
    public func isOn(_ engine: EngineRule.Engine) -> Bool {
        let rules = filter { $0.engine == engine }
        return rules.isEmpty || rules.contains(where: \.isEnabled)
    }
}
