internal import Casebook
internal import Chronology
internal import Collection
internal import JSON
internal import StateStore
internal import Vocabulary

/// Turns what becomes of sources into alerts and incidents: one incident per feed and kind of trouble, which is commented
/// on, and closed unless someone works on it, when the trouble is over.
struct HealthIncidents: Sendable {
    let casebook: Casebook
    private let actor = JournalActor.room("Health")

    init(casebook: Casebook) {
        self.casebook = casebook
    }

    /// Records a change; recording it again changes nothing.
    func record(_ change: SourceChange, at now: Instant) async throws {
        switch change.kind {
        case .silence(.fellSilent(let since, _)):
            try await open(change, Trouble.silence, since: since, at: now)
        case .silence(.spokeAgain(let since)):
            try await end(change, Trouble.silence, since: since)
        case .failures(.burst):
            try await open(change, Trouble.unreadable, since: now, at: now)
        case .failures(.over):
            try await end(change, Trouble.unreadable, since: nil)
        }
    }

    private enum Trouble: String {
        case silence = "tocsin-source-silent"
        case unreadable = "tocsin-source-unreadable"
    }

    private func open(_ change: SourceChange, _ trouble: Trouble, since: Instant, at now: Instant) async throws {
        let words = change.kind.words(of: change.key)
        var alert = NewAlert(
            displayName: words.title, severity: trouble == .silence ? .medium : .low, startTime: min(since, now),
            endTime: now, generatedTime: now)
        alert.id = alertID(change.key, trouble, since: since)
        alert.ruleID = trouble.rawValue
        alert.ruleName = trouble == .silence ? "A log source fell silent" : "A log source cannot be read"
        alert.alertType = trouble == .silence ? "SourceSilent" : "SourceUnreadable"
        alert.productComponentName = "Health"
        alert.description = words.description
        alert.compromisedEntity = change.key.sender
        alert.customDetails = ["Feed": [change.key.feed.description], "Source": [change.key.description]]
        if !change.key.isFeed {
            alert.entities = [Entity(kind: .host, identifiers: ["HostName": change.key.sender])]
        }
        if trouble == .silence {
            // Logging that stops is what an intruder does to it as well.
            alert.tactics = [.defenseEvasion]
            alert.techniques = ["T1562"]
        }
        let grouping = GroupingConfiguration(
            matchingMethod: .selected(.init(customDetails: ["Feed"])), lookback: .days(7))
        try await casebook.record(alert, grouping: .rule(grouping), by: actor)
    }

    private func end(_ change: SourceChange, _ trouble: Trouble, since: Instant?) async throws {
        guard let alert = try await openAlert(change.key, trouble, since: since) else { return }
        try await casebook.setStatus(.resolved, of: alert.id, by: actor)
        guard let id = alert.incidentID, let incident = try await casebook.incident(id), incident.status != .closed
        else { return }
        let words = change.kind.words(of: change.key)
        _ = try await casebook.addComment(
            "\(words.title). \(words.description)", to: id, id: CommentID("over-\(alert.id)"), by: actor)
        let others = try await casebook.alerts(of: id).contains { $0.status != .resolved && $0.status != .dismissed }
        guard !others, incident.status == .new, incident.owner == nil else { return }
        var closing = IncidentChange()
        closing.status = .closed
        closing.classification = .undetermined
        closing.classificationComment = words.title
        try await casebook.update(id, closing, by: actor)
    }

    /// The alert that tells of a trouble: that of its beginning, or, where that is not known, the last one open.
    private func openAlert(_ key: SourceKey, _ trouble: Trouble, since: Instant?) async throws -> Alert? {
        if let since { return try await casebook.alert(alertID(key, trouble, since: since)) }
        return try await casebook.alerts(limit: 1000).first {
            $0.content.ruleID == trouble.rawValue && $0.status != .resolved
                && $0.content.customDetails["Source"] == [key.description]
        }
    }

    private func alertID(_ key: SourceKey, _ trouble: Trouble, since: Instant) -> AlertID {
        AlertID("\(trouble.rawValue)/\(key)@\(since.formatted(fractionDigits: 0))")
    }
}
