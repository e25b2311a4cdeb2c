internal import Casebook
internal import Chronology
internal import StateStore
internal import Vocabulary

/// Decides who hears of a journal entry.
enum NotificationPolicy {
    static func items(for entry: JournalEntry, contacts: [Contact], dueAt time: Instant) -> [OutboxItem] {
        guard let occasion = CasebookEvent(entry).flatMap(occasion) else { return [] }
        return contacts.filter { $0.wants(occasion.kind, severity: occasion.severity) }.flatMap { contact in
            contact.addresses.map { address in
                OutboxItem(
                    id: "\(entry.sequence)/\(contact.name)/\(address)", incidentID: occasion.incident.rawValue,
                    contact: contact.name, address: address, occasion: occasion.kind,
                    maximumPerHour: contact.maximumPerHour, createdTime: entry.time, subject: "", text: "", html: "",
                    delivery: Delivery(dueAt: time))
            }
        }
    }

    private struct Occasion {
        var incident: IncidentID
        var kind: Contact.Occasion
        var severity: Severity
    }

    private static func occasion(_ event: CasebookEvent) -> Occasion? {
        switch event {
        case .incidentCreated(let id, let summary):
            Occasion(incident: id, kind: .created, severity: summary.severity)
        case .incidentUpdated(let id, let changes), .alertAdded(let id, _, let changes):
            raised(in: changes).map { Occasion(incident: id, kind: .severityRaised, severity: $0) }
        default: nil
        }
    }

    /// The new severity when it went up.
    private static func raised(in changes: [FieldChange]) -> Severity? {
        guard let change = changes.first(where: { $0.field == .severity }),
            let old = Severity(rawValue: change.old), let new = Severity(rawValue: change.new), new > old
        else { return nil }
        return new
    }
}
