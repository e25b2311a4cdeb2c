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
        let number = try transaction.nextIncidentNumber()
        let incidentID = IncidentID(transaction.identifiers.next())
        var incident = Incident(
            blank: incidentID, number: number, title: alert.displayName, severity: alert.severity,
            created: transaction.now, by: transaction.actor)
        incident.description = String(alert.description.prefix(CasebookLimits.descriptionCharacters))
        incident.providerName = alert.providerName
        var stored = StoredIncident(new: incident, mode: mode)
        try stored.insert(in: transaction.database)
        try alerts.setIncident(incidentID, of: id)
        _ = try refresh(&stored)
        try stored.save(in: transaction.database)
        let summary = CasebookEvent.IncidentSummary(
            number: number, title: stored.incident.title, severity: stored.incident.severity, alertIDs: [id])
        return Outcome(id: incidentID, isNew: true, event: .incidentCreated(incidentID, summary))
    }

    /// Adds an alert to an incident; incidents that the alert ties to it are merged into it first.
    func join(_ id: AlertID, to target: IncidentID, _ placement: AlertPlacement) throws -> Outcome {
        var stored = try transaction.storedIncident(target)
        try refreshLists(&stored)
        var changes: [FieldChange] = []
        for absorbed in placement.absorbed { try merge(absorbed, into: &stored) }
        if placement.reopens { changes += try reopen(&stored) }
        try alerts.setIncident(target, of: id)
        changes += try refresh(&stored)
        stored.incident.touch(at: transaction.now, by: .alertGrouping, isTriage: false)
        try stored.save(in: transaction.database)
        return Outcome(id: target, isNew: false, event: .alertAdded(target, id, changes))
    }

    /// Derives title, severity, tactics and times from the alerts anew, but for the fields that someone has set.
    func refresh(_ stored: inout StoredIncident) throws -> [FieldChange] {
        let before = stored.incident
        guard let digest = IncidentDigest(try alerts.digests(of: stored.incident.id), mode: stored.mode) else {
            return []
        }
        func derive<Value>(
            _ field: FieldChange.Field,
            _ path: WritableKeyPath<Incident, Value>,
            _ value: Value
        ) {
            if !stored.ownFields.contains(field) { stored.incident[keyPath: path] = value }
        }
        derive(.title, \.title, digest.title)
        derive(.severity, \.severity, digest.severity)
        derive(.firstActivityTime, \.firstActivityTime, digest.firstActivity)
        derive(.lastActivityTime, \.lastActivityTime, digest.lastActivity)
        stored.incident.tactics = digest.tactics
        stored.incident.techniques = digest.techniques
        return stored.incident.changes(since: before)
    }

    /// Reads tactics and techniques as they are now, so that a later `refresh` tells what changed.
    func refreshLists(_ stored: inout StoredIncident) throws {
        let digest = IncidentDigest(try alerts.digests(of: stored.incident.id), mode: stored.mode)
        stored.incident.tactics = digest?.tactics ?? []
        stored.incident.techniques = digest?.techniques ?? []
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
