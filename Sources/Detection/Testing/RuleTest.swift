internal import Casebook
public import Chronology
public import Sigma
internal import Vocabulary

/// A test that a rule file carries: events, and the alerts that the rule must raise on them.
public struct RuleTest: Sendable {
    /// What the test shows, in a sentence.
    public var name: String
    public var position: SigmaPosition
    /// The end of the rule's window; nil: just after the last event.
    public var now: Instant?
    var events: [TestEvent] = []
    var lines: [TestLines] = []
    var watchlists: [TestWatchlist] = []
    /// How many alerts are expected, and where the test says so.
    public var alerts = 1
    var alertsPosition: SigmaPosition
    var expectation = AlertExpectation()

    init(name: String, position: SigmaPosition) {
        self.name = name
        self.position = position
        alertsPosition = position
    }
}

/// An event of a test, once or in repetition.
struct TestEvent: Sendable {
    /// Nil: a record that belongs to no table, as Sigma rules take it.
    var table: String?
    var fields: YAMLMapping
    var count = 1
    /// The time between repetitions.
    var interval = TimeSpan.zero
    var position: SigmaPosition
}

/// Raw text of a test that goes through a log source.
struct TestLines: Sendable {
    /// Nil: to be recognised.
    var source: String?
    var text: String
    var position: SigmaPosition
}

/// The items of a watchlist that a test gives.
struct TestWatchlist: Sendable {
    var alias: String
    var items: [YAMLMapping]
}

/// What the first alert of a test must look like; what is nil or empty is not looked at.
struct AlertExpectation: Sendable {
    /// A value with the place in the file where it is expected.
    struct Expected<Value: Sendable>: Sendable {
        var value: Value
        var position: SigmaPosition
    }

    struct NamedEntity: Sendable {
        var kind: EntityKind
        var name: String
    }

    var title: Expected<String>?
    var description: Expected<String>?
    var severity: Expected<Severity>?
    var tactics: [Expected<Tactic>] = []
    var techniques: [Expected<String>] = []
    var entities: [Expected<NamedEntity>] = []
    var details: [(key: String, values: Expected<[String]>)] = []
    /// Each must be part of some row of evidence.
    var evidence: [Expected<YAMLMapping>] = []

    var isEmpty: Bool {
        title == nil && description == nil && severity == nil && tactics.isEmpty && techniques.isEmpty
            && entities.isEmpty && details.isEmpty && evidence.isEmpty
    }
}
