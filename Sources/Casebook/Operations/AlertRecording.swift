internal import GRDB
internal import StateStore

/// One alert on its way into the casebook.
struct AlertRecording {
    let transaction: CasebookTransaction
    let alert: NewAlert
    let grouping: AlertGrouping

    private var alerts: AlertRows { AlertRows(database: transaction.database) }
    private var matching: AlertMatching { AlertMatching(database: transaction.database) }

    func run(createIncident: Bool) throws -> RecordedAlert {
        let id = alert.id ?? AlertID(transaction.identifiers.next())
        if let known = try transaction.row("SELECT incident FROM casebook_alert WHERE id = ?", [id.rawValue]) {
            let incident: String? = known["incident"]
            return RecordedAlert(
                alertID: id, incidentID: incident.map(IncidentID.init(rawValue:)), isNew: false, wasGrouped: false)
        }
        let mode = createIncident ? alert.mode(for: grouping) : .separate
        let placement = createIncident ? try place(mode: mode) : nil
        let seq = try alerts.insert(alert, id: id, mode: mode, recorded: transaction.now)
        try insertEntities(seq: seq, links: createIncident)
        let assignment = IncidentAssignment(transaction: transaction)
        let incident = try placement.map { placement in
            if let target = placement.target {
                try assignment.join(id, to: target, placement)
            } else {
                try assignment.open(for: id, alert, mode: mode)
            }
        }
        try transaction.note(
            .alertRecorded(
                id,
                CasebookEvent.AlertSummary(
                    displayName: alert.displayName, severity: alert.severity, ruleID: alert.ruleID,
                    incidentID: incident?.id)))
        if let incident { try transaction.note(incident.event, by: incident.isNew ? nil : .alertGrouping) }
        return RecordedAlert(
            alertID: id, incidentID: incident?.id, isNew: true, wasGrouped: placement?.target != nil)
    }

    private func place(mode: GroupingMode) throws -> AlertPlacement {
        switch grouping {
        case .separate:
            AlertPlacement(matching: [], reopensClosed: false)
        case .sharedEntities(let configuration):
            AlertPlacement(
                matching: try matching.candidates(sharing: alert, configuration), reopensClosed: false)
        case .rule(let configuration):
            AlertPlacement(
                matching: try matching.candidates(
                    ruleKey: mode, generated: alert.generatedTime, lookback: configuration.lookback),
                reopensClosed: configuration.reopensClosedIncident)
        }
    }

    private func insertEntities(seq: Int64, links: Bool) throws {
        let rows = EntityRows(database: transaction.database, identifiers: transaction.identifiers)
        for (position, entity) in alert.entities.enumerated() {
            let known = try rows.resolve(entity, from: alert.startTime, to: alert.endTime)
            try rows.link(known, to: seq, position: position)
        }
        if links, case .sharedEntities(let configuration) = grouping {
            try matching.insertLinks(of: alert, seq: seq, configuration)
        }
    }
}
