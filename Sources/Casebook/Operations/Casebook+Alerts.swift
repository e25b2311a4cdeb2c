internal import GRDB
public import StateStore

extension Casebook {
    /// Puts an alert into an incident by hand, out of the one where it was.
    ///
    /// - Throws: `CasebookError` with code `notFound`, or `limitReached` at 150 alerts.
    @discardableResult
    public func add(
        alert: AlertID,
        to incident: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Incident {
        try await change(by: actor) { transaction in
            try transaction.hold(alert, in: incident)
            return try IncidentLists(database: transaction.database)
                .filled(try transaction.storedIncident(incident).incident)
        }
    }

    /// Takes an alert out of an incident.
    ///
    /// - Throws: `CasebookError` with code `notFound` when the alert is not in it.
    @discardableResult
    public func remove(
        alert: AlertID,
        from incident: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Incident {
        try await change(by: actor) { transaction in
            try transaction.release(alert, from: incident)
            return try IncidentLists(database: transaction.database)
                .filled(try transaction.storedIncident(incident).incident)
        }
    }

    /// Sets the state of an alert.
    ///
    /// - Throws: `CasebookError` with code `notFound`.
    @discardableResult
    public func setStatus(
        _ status: AlertStatus,
        of id: AlertID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Alert {
        try await change(by: actor) { transaction in
            guard var alert = try AlertRows(database: transaction.database).fetch(id) else {
                throw CasebookError(.notFound, "there is no alert \(id)")
            }
            guard alert.status != status else { return alert }
            let change = FieldChange(.status, old: alert.status.rawValue, new: status.rawValue)
            alert.status = status
            try transaction.execute(
                "UPDATE casebook_alert SET status = ? WHERE id = ?", [status.rawValue, id.rawValue])
            try transaction.note(.alertStatusChanged(id, change))
            return alert
        }
    }
}

extension CasebookTransaction {
    /// Puts an alert into an incident, out of the one where it was.
    func hold(_ alert: AlertID, in incident: IncidentID) throws {
        let known = try incidentOfAlert(alert)
        let target = try storedIncident(incident)
        if known == incident { return }
        try target.incident.requireUnmerged()
        guard target.incident.alertCount < CasebookLimits.alertsPerIncident else {
            throw CasebookError(
                .limitReached, field: "alerts",
                "incident \(target.incident.number) has its \(CasebookLimits.alertsPerIncident) alerts already")
        }
        if let known { try move(alert, to: nil, affecting: known) { .alertRemoved(known, alert, $0) } }
        try move(alert, to: incident, affecting: incident) { .alertAdded(incident, alert, $0) }
    }

    /// Takes an alert out of an incident.
    func release(_ alert: AlertID, from incident: IncidentID) throws {
        guard try incidentOfAlert(alert) == incident else {
            throw CasebookError(.notFound, "alert \(alert) is not in incident \(incident)")
        }
        try move(alert, to: nil, affecting: incident) { .alertRemoved(incident, alert, $0) }
    }

    /// - Throws: `CasebookError` with code `notFound` for an unknown alert.
    fileprivate func incidentOfAlert(_ id: AlertID) throws -> IncidentID? {
        guard let row = try row("SELECT incident FROM casebook_alert WHERE id = ?", [id.rawValue]) else {
            throw CasebookError(.notFound, "there is no alert \(id)")
        }
        return (row["incident"] as String?).map(IncidentID.init(rawValue:))
    }

    /// Moves an alert and derives the affected incident anew.
    fileprivate func move(
        _ alert: AlertID,
        to incident: IncidentID?,
        affecting id: IncidentID,
        event: ([FieldChange]) -> CasebookEvent
    ) throws {
        let assignment = IncidentAssignment(transaction: self)
        var stored = try storedIncident(id)
        try AlertRows(database: database).setIncident(incident, of: alert)
        let changes = try assignment.refresh(&stored)
        stored.incident.touch(at: now, by: actor, isTriage: true)
        stored.isTouched = stored.isTouched || actor.isOutside
        try stored.save(in: database)
        try note(event(changes))
    }
}
