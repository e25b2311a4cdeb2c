internal import GRDB
public import StateStore

/// What became of alerts that were to be gathered in one incident.
public struct GatheredAlerts: Sendable, Hashable {
    public var incident: Incident
    /// Alerts that came over, alone or with their whole incident.
    public var moved: [AlertID] = []
    /// Incidents that lost all of their alerts and were closed as merged.
    public var merged: [IncidentID] = []
    /// Incidents that somebody works on, or that are closed, by the alerts which were left in them.
    public var left: [AlertID: IncidentID] = [:]
}

extension Casebook {
    /// Brings alerts together in one incident, in one transaction.
    ///
    /// An incident all of whose alerts come over is merged: closed, and pointing to the target. Of others the alerts are
    /// taken out. Incidents that a person works on or has closed keep theirs. Doing it again changes nothing.
    ///
    /// - Throws: `CasebookError` with code `notFound` for an unknown target; unknown alerts are passed over.
    @discardableResult
    public func gather(
        _ alerts: [AlertID], into target: IncidentID, by actor: JournalActor
    ) async throws(CasebookError) -> GatheredAlerts {
        try await change(by: actor) { transaction in
            try AlertGathering(transaction: transaction, target: target).run(alerts)
        }
    }
}

/// One gathering in its transaction.
private struct AlertGathering {
    let transaction: CasebookTransaction
    let target: IncidentID

    private var rows: AlertRows { AlertRows(database: transaction.database) }

    func run(_ alerts: [AlertID]) throws -> GatheredAlerts {
        let assignment = IncidentAssignment(transaction: transaction)
        var stored = try transaction.storedIncident(target)
        var result = GatheredAlerts(incident: stored.incident)
        var room = CasebookLimits.alertsPerIncident - stored.incident.alertCount
        for (source, given) in try bySource(alerts) {
            let own = Array(given.prefix(max(0, room)))
            guard let source else {
                for alert in own { try take(alert, &result) }
                room -= own.count
                continue
            }
            let origin = try transaction.storedIncident(source)
            guard !origin.isTouched, origin.incident.isOpen else {
                for alert in given { result.left[alert] = source }
                continue
            }
            let all = try rows.ids(of: source)
            if Set(all).isSubset(of: own) {
                try assignment.merge(source, into: &stored, by: transaction.actor)
                result.moved += own
                result.merged.append(source)
            } else {
                for alert in own { try take(alert, out: source, &result) }
            }
            room -= own.count
        }
        guard !result.moved.isEmpty else {
            result.incident = try IncidentLists(database: transaction.database).filled(stored.incident)
            return result
        }
        let changes = try assignment.refresh(&stored)
        stored.incident.touch(at: transaction.now, by: transaction.actor, isTriage: false)
        try stored.save(in: transaction.database)
        if !changes.isEmpty { try transaction.note(.incidentUpdated(target, changes)) }
        result.incident = try IncidentLists(database: transaction.database).filled(stored.incident)
        return result
    }

    /// The alerts that are not in the target yet, by the incident that holds them, in a stable order.
    private func bySource(_ alerts: [AlertID]) throws -> [(IncidentID?, [AlertID])] {
        var order: [IncidentID?] = []
        var groups: [IncidentID?: [AlertID]] = [:]
        for alert in alerts {
            guard let row = try transaction.row("SELECT incident FROM casebook_alert WHERE id = ?", [alert.rawValue])
            else { continue }
            let source = (row["incident"] as String?).map(IncidentID.init(rawValue:))
            guard source != target, groups[source]?.contains(alert) != true else { continue }
            if groups[source] == nil { order.append(source) }
            groups[source, default: []].append(alert)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }

    private func take(_ alert: AlertID, out source: IncidentID? = nil, _ result: inout GatheredAlerts) throws {
        if let source {
            let assignment = IncidentAssignment(transaction: transaction)
            var stored = try transaction.storedIncident(source)
            try rows.setIncident(target, of: alert)
            let changes = try assignment.refresh(&stored)
            stored.incident.touch(at: transaction.now, by: transaction.actor, isTriage: false)
            try stored.save(in: transaction.database)
            try transaction.note(.alertRemoved(source, alert, changes))
        } else {
            try rows.setIncident(target, of: alert)
        }
        result.moved.append(alert)
        try transaction.note(.alertAdded(target, alert, []))
    }
}
