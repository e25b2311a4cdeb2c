internal import GRDB
internal import StateStore

/// One alert on its way into the casebook.
struct AlertRecording {
    let transaction: CasebookTransaction
    private let alert: NewAlert
    private let grouping: AlertGrouping
    private let createIncident: Bool
    private let growing: Bool

    init(transaction: CasebookTransaction, _ finding: RecordableAlert) {
        self.transaction = transaction
        alert = finding.alert
        grouping = finding.grouping
        createIncident = finding.createsIncident
        growing = finding.grows
    }

    private var alerts: AlertRows { AlertRows(database: transaction.database) }
    private var matching: AlertMatching { AlertMatching(database: transaction.database) }

    func run() throws -> RecordedAlert {
        let id = alert.id ?? AlertID(transaction.identifiers.next())
        if let known = try transaction.row("SELECT seq, incident FROM casebook_alert WHERE id = ?", [id.rawValue]) {
            let incident: String? = known["incident"]
            if growing { try rewrite(id, seq: known["seq"], links: createIncident) { $0.grown(by: alert) } }
            return RecordedAlert(
                alertID: id, incidentID: incident.map(IncidentID.init(rawValue:)), isNew: false, wasGrouped: false)
        }
        let mode = createIncident ? alert.mode(for: grouping) : .separate
        let candidates = createIncident ? try candidates(mode: mode) : []
        let seq = try alerts.insert(alert, id: id, mode: mode, recorded: transaction.now)
        try insertEntities(seq: seq, links: createIncident)
        let incident = createIncident ? try assign(id, mode: mode, matching: candidates) : nil
        try transaction.note(
            .alertRecorded(
                id,
                CasebookEvent.AlertSummary(
                    displayName: alert.displayName, severity: alert.severity, ruleID: alert.ruleID,
                    incidentID: incident?.id)))
        if let incident { try transaction.note(incident.event, by: incident.isNew ? nil : .alertGrouping) }
        return RecordedAlert(
            alertID: id, incidentID: incident?.id, isNew: true, wasGrouped: incident.map { !$0.isNew } ?? false)
    }

    /// Lets a recorded alert say what this one says; nothing when it was not recorded.
    func restate() throws {
        guard let id = alert.id,
            let known = try transaction.row("SELECT seq FROM casebook_alert WHERE id = ?", [id.rawValue])
        else { return }
        try rewrite(id, seq: known["seq"], links: false) { $0.restated(by: alert) }
    }

    /// Changes what a recorded alert says, by what this one knows besides.
    private func rewrite(_ id: AlertID, seq: Int64, links: Bool, _ change: (NewAlert) -> NewAlert) throws {
        guard let recorded = try alerts.fetch(id) else { return }
        let grown = change(recorded.content)
        guard grown != recorded.content else { return }
        try alerts.replace(seq, by: grown)
        let known = recorded.content.entities.count
        for (position, entity) in grown.entities.enumerated().dropFirst(known) {
            try link(entity, of: grown, seq: seq, position: position)
        }
        if links, case .sharedEntities(let configuration) = grouping {
            try matching.insertLinks(of: grown, seq: seq, configuration)
        }
        try transaction.note(.alertGrown(id, recorded.incidentID))
        guard let incident = recorded.incidentID else { return }
        var stored = try transaction.storedIncident(incident)
        let assignment = IncidentAssignment(transaction: transaction)
        let before = stored.digest
        let changes = try assignment.take(AlertDigest(grown, id: id), into: &stored)
        guard stored.digest != before else { return }
        if changes.isEmpty { return try stored.save(in: transaction.database) }
        stored.incident.touch(at: transaction.now, by: .alertGrouping, isTriage: false)
        try stored.save(in: transaction.database)
        try transaction.note(.incidentUpdated(incident, changes), by: .alertGrouping)
    }

    /// The incidents that hold an alert which this one belongs to.
    private func candidates(mode: GroupingMode) throws -> [AlertPlacement.Candidate] {
        switch grouping {
        case .separate: []
        case .sharedEntities(let configuration): try matching.candidates(sharing: alert, configuration)
        case .rule(let configuration):
            try matching.candidates(ruleKey: mode, generated: alert.generatedTime, lookback: configuration.lookback)
        }
    }

    private func assign(
        _ id: AlertID, mode: GroupingMode, matching candidates: [AlertPlacement.Candidate]
    ) throws -> IncidentAssignment.Outcome {
        let series = IncidentSeries(transaction: transaction)
        if let placed = try series.place(id, alert, mode: mode, matching: candidates) { return placed }
        var reopens = false
        if case .rule(let configuration) = grouping { reopens = configuration.reopensClosedIncident }
        let placement = AlertPlacement(matching: candidates, reopensClosed: reopens)
        let assignment = IncidentAssignment(transaction: transaction)
        guard let target = placement.target else { return try assignment.open(for: id, alert, mode: mode) }
        return try assignment.join(id, alert, to: target, placement)
    }

    private func insertEntities(seq: Int64, links: Bool) throws {
        for (position, entity) in alert.entities.enumerated() {
            try link(entity, of: alert, seq: seq, position: position)
        }
        if links, case .sharedEntities(let configuration) = grouping {
            try matching.insertLinks(of: alert, seq: seq, configuration)
        }
    }

    /// Finds out which entity it is that an alert names, and notes it.
    private func link(_ entity: Entity, of alert: NewAlert, seq: Int64, position: Int) throws {
        let rows = EntityRows(database: transaction.database, identifiers: transaction.identifiers)
        let known = try rows.resolve(entity, from: alert.startTime, to: alert.endTime)
        try rows.link(known.row, to: seq, position: position)
        guard !known.merged.isEmpty, let id = try rows.id(of: known.row) else { return }
        for other in known.merged { try transaction.note(.entity(id, .merged(other))) }
    }
}
