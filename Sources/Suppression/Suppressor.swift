public import Casebook
internal import Chronology
public import StateStore

/// Dismisses alerts that a suppression rule covers, as the journal tells of them, and closes incidents that hold nothing
/// else, so that none waits for an analyst.
public struct Suppressor: Sendable {
    private let casebook: Casebook
    private let rules: SuppressionRules
    private let reader: JournalReader
    private static let actor = JournalActor.room("Suppression")

    public init(casebook: Casebook, rules: SuppressionRules, journal: Journal) {
        self.casebook = casebook
        self.rules = rules
        reader = journal.reader("suppression")
    }

    /// Follows the journal until the task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            try await apply(try await reader.nextBatch())
        }
    }

    /// Works through what is pending and returns; for tests and for shutting down.
    public func drain() async throws {
        try await reader.drain { try await apply($0) }
    }

    private func apply(_ entries: [JournalEntry]) async throws {
        guard let last = entries.last else { return }
        let recorded = entries.compactMap { entry -> AlertID? in
            if case .alertRecorded(let id, _)? = CasebookEvent(entry) { id } else { nil }
        }
        let known = try await recorded.isEmpty ? [] : rules.all()
        if !known.isEmpty {
            let now = rules.time.now()
            for id in recorded {
                guard let alert = try await casebook.alert(id), [.new, .dismissed].contains(alert.status),
                    let rule = known.first(where: { $0.matches(alert.content, at: now) })
                else { continue }
                if alert.status == .new { _ = try await casebook.setStatus(.dismissed, of: id, by: Self.actor) }
                if let incident = alert.incidentID { try await close(incident, becauseOf: rule) }
            }
        }
        try await reader.acknowledge(through: last.sequence)
    }

    /// Closes an open incident whose alerts are all dismissed. What was done before a crash is not done again: the incident
    /// is closed then.
    private func close(_ id: IncidentID, becauseOf rule: SuppressionRule) async throws {
        for _ in 0..<Self.attempts {
            if try await isSettled(id, becauseOf: rule) { return }
        }
    }

    /// How often it is tried while others change the incident; then it is theirs.
    private static let attempts = 5

    /// Whether nothing is left to do; false when somebody changed the incident meanwhile.
    private func isSettled(_ id: IncidentID, becauseOf rule: SuppressionRule) async throws -> Bool {
        guard let incident = try await casebook.incident(id), incident.isOpen else { return true }
        let alerts = try await casebook.alerts(of: id)
        guard !alerts.isEmpty, alerts.allSatisfy({ $0.status == .dismissed }) else { return true }
        var change = IncidentChange()
        change.status = .closed
        change.classification = rule.classification
        let further = rule.comment.isEmpty ? "" : " (\(rule.comment))"
        let what = alerts.count == 1 ? "Its alert was" : "All its \(alerts.count) alerts were"
        change.classificationComment =
            "\(what) dismissed; the suppression rule '\(rule.name)' covers it: \(rule.reason)\(further)"
        do {
            try await casebook.update(id, change, expecting: incident.version, by: Self.actor)
            return true
        } catch {
            guard error.code == .conflict else { throw error }
            return false
        }
    }
}
