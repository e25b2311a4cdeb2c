internal import Casebook
internal import JSON
internal import Sigma
internal import Vocabulary

/// Holds an alert against what a test expects of it.
struct AlertComparison {
    private let alert: NewAlert
    private(set) var differences: [TestDifference] = []

    init(_ alert: NewAlert, _ expectation: AlertExpectation) {
        self.alert = alert
        compare("title", expectation.title, alert.displayName)
        compare("description", expectation.description, alert.description[...].trimmingBlanks)
        if let expected = expectation.severity, expected.value != alert.severity {
            add("severity", expected.value.rawValue, alert.severity.rawValue, expected.position)
        }
        for expected in expectation.tactics where !alert.tactics.contains(expected.value) {
            add("tactics", expected.value.rawValue, list(alert.tactics.map(\.rawValue)), expected.position)
        }
        for expected in expectation.techniques where !alert.techniques.contains(expected.value) {
            add("techniques", expected.value, list(alert.techniques), expected.position)
        }
        for expected in expectation.entities { compare(expected) }
        for (key, values) in expectation.details {
            let found = alert.customDetails[key] ?? []
            if found != values.value { add("details \(key)", list(values.value), list(found), values.position) }
        }
        for expected in expectation.evidence { compare(expected) }
    }

    private mutating func compare(_ what: String, _ expected: AlertExpectation.Expected<String>?, _ got: String) {
        guard let expected, expected.value != got else { return }
        add(what, "'\(expected.value)'", "'\(got)'", expected.position)
    }

    /// An entity is known by its friendly name or by any of its identifiers.
    private mutating func compare(_ expected: AlertExpectation.Expected<AlertExpectation.NamedEntity>) {
        let wanted = expected.value.name.lowercased()
        let isThere = alert.entities.contains { entity in
            entity.kind == expected.value.kind
                && (entity.friendlyName.lowercased() == wanted
                    || entity.identifiers.values.contains { $0.lowercased() == wanted })
        }
        if isThere { return }
        let found = alert.entities.map { "\($0.kind.rawValue) \($0.friendlyName)" }
        add("entities", "\(expected.value.kind.rawValue) \(expected.value.name)", list(found), expected.position)
    }

    private mutating func compare(_ expected: AlertExpectation.Expected<YAMLMapping>) {
        let wanted = expected.value.members.map { ($0.key, TestValue.json($0.value, number: 1)) }
        let isThere = alert.evidence.contains { row in
            wanted.allSatisfy { key, value in row[key].map { Self.isSame($0, value) } ?? value.isNull }
        }
        if isThere { return }
        let first = alert.evidence.first.map { row in
            JSON.object(JSONObject(wanted.map { ($0.0, row[$0.0] ?? .null) }) { _, last in last }).description
        }
        add(
            "evidence", JSON.object(JSONObject(wanted) { _, last in last }).description,
            first.map { "\($0) in the first of \(alert.evidence.count) rows" } ?? "no evidence", expected.position)
    }

    /// Numbers in text count as numbers: logs often quote them.
    private static func isSame(_ left: JSON, _ right: JSON) -> Bool {
        if left == right { return true }
        guard left.arrayValue == nil, left.objectValue == nil else { return false }
        return (left.stringValue ?? left.description) == (right.stringValue ?? right.description)
    }

    private mutating func add(_ what: String, _ expected: String, _ got: String, _ position: SigmaPosition) {
        differences.append(TestDifference(what, expected: expected, got: got, at: position))
    }

    private func list(_ texts: [String]) -> String { texts.isEmpty ? "nothing" : texts.joined(separator: ", ") }
}
