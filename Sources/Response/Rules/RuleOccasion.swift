internal import Casebook
internal import StateStore

/// Something that automation rules may be applied to.
struct RuleOccasion: Sendable {
    enum Subject: Sendable {
        case incidentCreated(IncidentID)
        case incidentUpdated(IncidentID, IncidentUpdate)
        case alertCreated(AlertID)
    }

    let subject: Subject
    let sequence: Int64
    let actor: JournalActor

    /// Nil for entries that concern no rule.
    init?(_ entry: JournalEntry) {
        guard let event = CasebookEvent(entry) else { return nil }
        sequence = entry.sequence
        actor = entry.actor
        var update = IncidentUpdate(source: entry.actor.kind.rawValue, sourceName: entry.actor.name)
        switch event {
        case .incidentCreated(let id, _): subject = .incidentCreated(id)
        case .alertRecorded(let id, _): subject = .alertCreated(id)
        case .incidentUpdated(let id, let changes):
            update.changes = changes
            subject = .incidentUpdated(id, update)
        case .alertAdded(let id, let alert, let changes):
            update.changes = changes
            update.addedAlerts = [alert]
            subject = .incidentUpdated(id, update)
        case .incidentMerged(let id, _, let alerts):
            update.addedAlerts = alerts
            subject = .incidentUpdated(id, update)
        case .commentAdded(let id, let comment):
            update.addedComments = [comment]
            subject = .incidentUpdated(id, update)
        default: return nil
        }
    }

    /// What entries are worked off one after another for.
    var subjectID: String {
        switch subject {
        case .incidentCreated(let id), .incidentUpdated(let id, _): id.rawValue
        case .alertCreated(let id): "alert:\(id)"
        }
    }

    var occasion: AutomationRule.Occasion {
        if case .incidentUpdated = subject { .updated } else { .created }
    }

    var kind: AutomationRule.Subject {
        if case .alertCreated = subject { .alerts } else { .incidents }
    }

    /// Whether a rule may take effect, as far as that can be told without a look at the subject.
    func concerns(_ rule: AutomationRule) -> Bool {
        guard rule.subject == kind, rule.occasion == occasion else { return false }
        guard case .incidentUpdated(_, let update) = subject else { return true }
        return update.isNotable && !rule.conditions.contains { update.satisfies($0) == false }
    }
}
