internal import Chronology
internal import GRDB
internal import StateStore
internal import Vocabulary

/// Puts alerts into incidents and keeps what the incidents owe to their alerts.
struct IncidentAssignment {
    let transaction: CasebookTransaction

    /// What was done, with the event that tells it.
    struct Outcome {
        let id: IncidentID
        let isNew: Bool
        let event: CasebookEvent
    }

    private var alerts: AlertRows { AlertRows(database: transaction.database) }

    /// Opens an incident for one alert.
    func open(for id: AlertID, _ alert: NewAlert, mode: GroupingMode) throws -> Outcome {
        var stored = try blank(for: alert, mode: mode)
        let incidentID = stored.incident.id
        stored.derive(from: IncidentDigest(of: AlertDigest(alert, id: id)))
        try stored.insert(in: transaction.database)
        try alerts.setIncident(incidentID, of: id)
        let summary = CasebookEvent.IncidentSummary(
            number: stored.incident.number, title: stored.incident.title, severity: stored.incident.severity,
            alertIDs: [id])
        return Outcome(id: incidentID, isNew: true, event: .incidentCreated(incidentID, summary))
    }

    /// An incident that no alert is in yet, as this alert makes it.
    func blank(for alert: NewAlert, mode: GroupingMode) throws -> StoredIncident {
        var incident = Incident(
            blank: IncidentID(transaction.identifiers.next()), number: try transaction.nextIncidentNumber(),
            title: alert.displayName, severity: alert.severity, created: transaction.now, by: transaction.actor)
        incident.description = String(alert.description.prefix(CasebookLimits.descriptionCharacters))
        incident.providerName = alert.providerName
        var stored = StoredIncident(new: incident, mode: mode)
        if mode != .separate { stored.series = incident.id.rawValue }
        return stored
    }

    /// Adds an alert to an incident; incidents that the alert ties to it are merged into it first.
    func join(
        _ id: AlertID, _ alert: NewAlert, to target: IncidentID, _ placement: AlertPlacement
    ) throws -> Outcome {
        var stored = try transaction.storedIncident(target)
        var changes: [FieldChange] = []
        for absorbed in placement.absorbed { try merge(absorbed, into: &stored) }
        if placement.reopens { changes += try reopen(&stored) }
        try alerts.setIncident(target, of: id)
        changes += try placement.absorbed.isEmpty ? take(AlertDigest(alert, id: id), into: &stored) : refresh(&stored)
        stored.incident.touch(at: transaction.now, by: .alertGrouping, isTriage: false)
        try stored.save(in: transaction.database)
        return Outcome(id: target, isNew: false, event: .alertAdded(target, id, changes))
    }

    /// Derives title, severity, tactics and times from the alerts anew, but for the fields that someone has set.
    func refresh(_ stored: inout StoredIncident) throws -> [FieldChange] {
        let before = stored.incident
        let lead = stored.digest?.lead.id
        stored.derive(from: IncidentDigest(try alerts.digests(of: stored.incident.id), mode: stored.mode))
        try describe(&stored, unless: lead)
        return stored.incident.changes(since: before)
    }

    /// Derives the same from what is known and one alert that is new or has grown.
    func take(_ alert: AlertDigest, into stored: inout StoredIncident) throws -> [FieldChange] {
        guard var digest = stored.digest else { return try refresh(&stored) }
        let before = stored.incident
        let lead = digest.lead.id
        digest.take(alert, mode: stored.mode)
        stored.derive(from: digest)
        try describe(&stored, unless: lead)
        return stored.incident.changes(since: before)
    }

    /// Takes over the description of the alert that leads now, unless it led before or somebody wrote another one.
    private func describe(_ stored: inout StoredIncident, unless before: AlertID?) throws {
        guard let lead = stored.digest?.lead.id, lead != before, !stored.ownFields.contains(.description),
            let alert = try alerts.fetch(lead)
        else { return }
        stored.incident.description = String(alert.content.description.prefix(CasebookLimits.descriptionCharacters))
    }

    private func reopen(_ stored: inout StoredIncident) throws -> [FieldChange] {
        let before = stored.incident
        _ = try stored.incident.move(to: .active, at: transaction.now)
        return stored.incident.changes(since: before)
    }

    /// Hands all that an incident has over and closes it.
    func merge(_ id: IncidentID, into target: inout StoredIncident, by actor: JournalActor = .alertGrouping) throws {
        try IncidentMerging(transaction: transaction).merge(id, into: &target, isForced: false, by: actor)
    }
}

extension CasebookTransaction {
    func nextIncidentNumber() throws -> Int {
        try execute("UPDATE casebook_counter SET value = value + 1 WHERE name = 'incident'", [])
        let row = try row("SELECT value FROM casebook_counter WHERE name = 'incident'", [])
        guard let row else { throw CasebookError(.storage, "the counter of incident numbers is missing") }
        return row["value"]
    }

    /// The incident's row.
    ///
    /// - Throws: `CasebookError` with code `notFound`.
    func storedIncident(_ id: IncidentID) throws -> StoredIncident {
        guard let stored = try StoredIncident.fetch(id, in: database) else {
            throw CasebookError(.notFound, "there is no incident \(id)")
        }
        return stored
    }
}
