internal import Casebook
internal import Chronology
internal import Sigma
internal import Vocabulary

/// Reads the `tests` of a rule; what is not understood becomes a finding, which makes the test unusable.
struct RuleTestReader {
    /// Events of one test, repetitions counted.
    static let mostEvents = 100_000
    static let mostTests = 1_000

    private(set) var findings: [RuleFinding] = []

    mutating func tests(_ value: YAMLValue) -> [RuleTest] {
        guard let elements = value.sequence else {
            report(.invalidValue, "'tests' is a list of tests", value.position)
            return []
        }
        if elements.count > Self.mostTests {
            report(.tooMany, "a rule has at most \(Self.mostTests) tests", value.position)
        }
        return elements.prefix(Self.mostTests).enumerated().compactMap { test($1, number: $0 + 1) }
    }

    private mutating func test(_ element: YAMLValue, number: Int) -> RuleTest? {
        guard let fields = element.mapping else {
            report(.invalidValue, "a test is a map with 'name', 'events' or 'lines', and 'alerts'", element.position)
            return nil
        }
        let before = findings.count
        var test = RuleTest(name: fields["name"]?.text ?? "test \(number)", position: element.position)
        for (key, value) in fields.members {
            switch key {
            case "name": if value.text == nil { report(.invalidValue, "'name' is a sentence", value.position) }
            case "now": test.now = instant(value)
            case "events": test.events = events(value)
            case "lines": test.lines = lines(value)
            case "watchlists": test.watchlists = watchlists(value)
            case "alerts":
                test.alerts = count(value, "alerts", most: Self.mostEvents) ?? 0
                test.alertsPosition = value.position
            case "expect": test.expectation = expectation(value)
            default: unknown(key, value, of: "a test", "name, now, events, lines, watchlists, alerts, expect")
            }
        }
        if test.events.reduce(0, { $0 + $1.count }) > Self.mostEvents {
            report(.tooMany, "a test has at most \(Self.mostEvents) events", element.position)
        }
        if test.alerts == 0, !test.expectation.isEmpty {
            report(.invalidValue, "'expect' describes the first alert, but the test expects none", element.position)
        }
        return findings.count == before ? test : nil
    }

    // MARK: Input

    private mutating func events(_ value: YAMLValue) -> [TestEvent] {
        if let records = value.sequence { return records.compactMap { event($0, table: nil) } }
        guard let tables = value.mapping else {
            report(.invalidValue, "'events' is a map of tables to lists of rows, or a list of records", value.position)
            return []
        }
        return tables.members.flatMap { table, rows -> [TestEvent] in
            guard let rows = rows.sequence else {
                report(.invalidValue, "the events of \(table) are a list of rows", rows.position)
                return []
            }
            return rows.compactMap { event($0, table: table) }
        }
    }

    private mutating func event(_ value: YAMLValue, table: String?) -> TestEvent? {
        guard let fields = value.mapping else {
            report(.invalidValue, "an event is a map of columns to values", value.position)
            return nil
        }
        guard let times = fields["repeat"], let inner = fields["event"] else {
            return TestEvent(table: table, fields: fields, position: value.position)
        }
        guard let event = inner.mapping else {
            report(.invalidValue, "'event' is a map of columns to values", inner.position)
            return nil
        }
        var result = TestEvent(table: table, fields: event, position: inner.position)
        for (key, member) in fields.members where !["repeat", "every", "event"].contains(key) {
            unknown(key, member, of: "a repeated event", "repeat, every, event")
        }
        result.count = count(times, "repeat", most: Self.mostEvents) ?? 0
        if let every = fields["every"] {
            guard let span = every.text.flatMap({ DurationText.read($0) }) else {
                report(.invalidDuration, "'every' is a duration such as 10s or 5m", every.position)
                return nil
            }
            result.interval = span
        }
        return result
    }

    private mutating func lines(_ value: YAMLValue) -> [TestLines] {
        if let text = value.text { return [TestLines(source: nil, text: text, position: value.position)] }
        guard let elements = value.sequence else {
            report(.invalidValue, "'lines' is text, or a list of maps with 'source' and 'text'", value.position)
            return []
        }
        return elements.compactMap { element in
            guard let fields = element.mapping, let text = fields["text"]?.text else {
                report(.missingField, "lines need a 'text', and may name a 'source'", element.position)
                return nil
            }
            for (key, member) in fields.members where !["source", "text"].contains(key) {
                unknown(key, member, of: "lines", "source, text")
            }
            return TestLines(source: fields["source"]?.text, text: text, position: element.position)
        }
    }

    private mutating func watchlists(_ value: YAMLValue) -> [TestWatchlist] {
        guard let lists = value.mapping else {
            report(.invalidValue, "'watchlists' is a map of aliases to lists of items", value.position)
            return []
        }
        return lists.members.map { alias, items in
            if items.sequence == nil {
                report(.invalidValue, "the watchlist \(alias) is a list of items", items.position)
            }
            let maps = (items.sequence ?? []).compactMap { item -> YAMLMapping? in
                if item.mapping == nil {
                    report(.invalidValue, "an item of a watchlist is a map of columns to values", item.position)
                }
                return item.mapping
            }
            return TestWatchlist(alias: alias, items: maps)
        }
    }

    // MARK: Expectation

    private mutating func expectation(_ value: YAMLValue) -> AlertExpectation {
        var result = AlertExpectation()
        guard let fields = value.mapping else {
            report(.invalidValue, "'expect' is a map of what the first alert must have", value.position)
            return result
        }
        for (key, value) in fields.members {
            switch key {
            case "title": result.title = text(value, key)
            case "description": result.description = text(value, key)
            case "severity":
                result.severity = known(value, "a severity (Informational, Low, Medium, High)") {
                    Severity(lenient: $0)
                }
            case "tactics":
                result.tactics = elements(value).compactMap { known($0, "a tactic of ATT&CK") { Tactic(lenient: $0) } }
            case "techniques":
                result.techniques = elements(value).compactMap {
                    known($0, "a technique such as T1110.003", AttackReference.technique)
                }
            case "entities":
                result.entities = elements(value).compactMap {
                    known($0, "an entity, such as 'Account ann'", Self.entity)
                }
            case "details": result.details = details(value)
            case "evidence":
                result.evidence = elements(value).compactMap { row in
                    guard let mapping = row.mapping else {
                        report(.invalidValue, "evidence is a map of columns to values", row.position)
                        return nil
                    }
                    return AlertExpectation.Expected(value: mapping, position: row.position)
                }
            default:
                unknown(
                    key, value, of: "'expect'",
                    "title, description, severity, tactics, techniques, entities, details, evidence")
            }
        }
        return result
    }

    private mutating func details(_ value: YAMLValue) -> [(key: String, values: AlertExpectation.Expected<[String]>)] {
        guard let mapping = value.mapping else {
            report(.invalidValue, "'details' is a map of custom details to values", value.position)
            return []
        }
        return mapping.members.map { key, value in
            (key, AlertExpectation.Expected(value: value.texts, position: value.position))
        }
    }

    /// `Account ann`: the kind and a name.
    private static func entity(_ text: String) -> AlertExpectation.NamedEntity? {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let kind = EntityKind(lenient: parts[0]) else { return nil }
        return AlertExpectation.NamedEntity(kind: kind, name: parts[1].trimmingBlanks)
    }

    // MARK: Values

    private func elements(_ value: YAMLValue) -> [YAMLValue] { value.sequence ?? [value] }

    private mutating func known<Value>(
        _ value: YAMLValue, _ what: String, _ read: (String) -> Value?
    ) -> AlertExpectation.Expected<Value>? {
        guard let found = value.text.flatMap({ read($0) }) else {
            report(.invalidValue, "'\(value.text ?? "")' is not \(what)", value.position)
            return nil
        }
        return AlertExpectation.Expected(value: found, position: value.position)
    }

    private mutating func text(_ value: YAMLValue, _ key: String) -> AlertExpectation.Expected<String>? {
        known(value, "a text for '\(key)'") { $0[...].trimmingBlanks }
    }

    private mutating func instant(_ value: YAMLValue) -> Instant? {
        let instant = value.text.flatMap { Instant(iso8601: $0) }
        if instant == nil { report(.invalidValue, "'now' is a time such as 2026-03-01T12:00:00Z", value.position) }
        return instant
    }

    private mutating func count(_ value: YAMLValue, _ key: String, most: Int) -> Int? {
        guard let number = value.text.flatMap({ Int($0) }), (0...most).contains(number) else {
            report(.invalidValue, "'\(key)' is a number from 0 to \(most)", value.position)
            return nil
        }
        return number
    }

    private mutating func unknown(_ key: String, _ value: YAMLValue, of what: String, _ names: String) {
        report(.unknownField, "\(what) has no '\(key)'; it has \(names)", value.position)
    }

    private mutating func report(_ code: RuleFinding.Code, _ message: String, _ position: SigmaPosition) {
        findings.append(RuleFinding(.error, code, message, at: position))
    }
}
