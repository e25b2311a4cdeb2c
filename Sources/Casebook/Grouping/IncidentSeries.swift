internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// Incidents of alerts that belong together but are more than one incident holds.
///
/// They are filled in the order of the alerts' own times: the earliest 150 make the first incident, the next 150 the
/// second. An alert that comes late goes where its time puts it, and the latest of a full incident moves on, so that the
/// same alerts make the same incidents in whatever order they come. What somebody works on, or has closed, stays as it is.
struct IncidentSeries {
    let transaction: CasebookTransaction

    private struct Member {
        let id: IncidentID
        let number: Int
        let series: String
        let start: Int64
        let alertCount: Int
    }

    private struct Place {
        let alert: AlertID
        let start: Int64
        /// Where it is now; nil for the alert that is new.
        var incident: IncidentID?
    }

    private var assignment: IncidentAssignment { IncidentAssignment(transaction: transaction) }
    private var alerts: AlertRows { AlertRows(database: transaction.database) }

    /// Places an alert that is recorded but in no incident yet.
    ///
    /// - Returns: Nil when one incident has room for all that belong together, or somebody works on one of them: then
    ///   `AlertPlacement` decides.
    func place(
        _ id: AlertID, _ alert: NewAlert, mode: GroupingMode, matching candidates: [AlertPlacement.Candidate]
    ) throws -> IncidentAssignment.Outcome? {
        let open = candidates.filter { $0.status != .closed }
        guard !open.isEmpty, !open.contains(where: \.isTouched) else { return nil }
        let names = Set(open.map(\.series))
        let all = try members(of: names)
        guard all.reduce(1, { $0 + $1.alertCount }) > CasebookLimits.alertsPerIncident else { return nil }
        let affected = names.count > 1 ? all : after(alert.startTime.ticks, all)
        guard let series = affected.min(by: { $0.number < $1.number })?.series else { return nil }
        let most = CasebookLimits.alertsPerIncident
        if names.count == 1, affected.count == 1, affected[0].alertCount < most {
            // It comes after all that the others hold: nothing moves.
            return try assignment.join(id, alert, to: affected[0].id, AlertPlacement(target: affected[0].id))
        }
        let needed = (affected.reduce(1) { $0 + $1.alertCount } + most - 1) / most
        var hosts = affected.map(\.id)
        try mergeSpare(hosts.dropFirst(needed), into: hosts[0])
        hosts = Array(hosts.prefix(needed))
        var places = try places(of: hosts) + [Place(alert: id, start: alert.startTime.ticks)]
        places.sort { ($0.start, $0.alert) < ($1.start, $1.alert) }
        let chunks = stride(from: 0, to: places.count, by: most).map {
            Array(places[$0..<min($0 + most, places.count)])
        }
        var outcome: IncidentAssignment.Outcome?
        var fresh: IncidentID?
        if chunks.count > hosts.count {
            let made = try openNext(alert, mode: mode, series: series)
            hosts.append(made)
            fresh = made
        }
        for (host, chunk) in zip(hosts, chunks) {
            let moved = try fill(host, with: chunk, except: id)
            let told = try settle(
                host, series: series, adding: chunk.contains { $0.alert == id } ? id : nil, moved, isNew: host == fresh)
            if let told { outcome = told }
        }
        return outcome
    }

    /// The open incidents of some series that nobody works on, the oldest first.
    private func members(of series: Set<String>) throws -> [Member] {
        try transaction.rows(
            """
            SELECT i.id, i.number, i.series, i.series_start, i.alert_count FROM json_each(?) wanted
            CROSS JOIN casebook_incident i ON i.series = wanted.value AND i.series <> ''
            WHERE i.is_open = 1 AND i.is_touched = 0 ORDER BY i.number
            """, [JSON.array(series.sorted().map(JSON.string)).description]
        ).map { row in
            Member(
                id: IncidentID(row[0] as String), number: row[1], series: row[2], start: row[3], alertCount: row[4])
        }
    }

    /// Those that an alert of this time can change: the one that it falls into, and all after it.
    private func after(_ time: Int64, _ members: [Member]) -> [Member] {
        guard let first = members.map(\.start).filter({ $0 < time }).max() else { return members }
        return members.filter { $0.start >= first }
    }

    private func places(of hosts: [IncidentID]) throws -> [Place] {
        let ids = JSON.array(hosts.map { .string($0.rawValue) }).description
        return try transaction.rows(
            """
            SELECT a.id, a.start, a.incident FROM json_each(?) wanted
            CROSS JOIN casebook_alert a ON a.incident = wanted.value
            """, [ids]
        ).map { Place(alert: AlertID($0[0] as String), start: $0[1], incident: IncidentID($0[2] as String)) }
    }

    /// Closes those that are not needed any more once all alerts have come together.
    private func mergeSpare(_ spare: ArraySlice<IncidentID>, into target: IncidentID) throws {
        guard !spare.isEmpty else { return }
        var stored = try transaction.storedIncident(target)
        for id in spare { try assignment.merge(id, into: &stored) }
    }

    /// An incident for the alerts that the others have no room for.
    private func openNext(_ alert: NewAlert, mode: GroupingMode, series: String) throws -> IncidentID {
        var stored = try assignment.blank(for: alert, mode: mode)
        stored.series = series
        try stored.insert(in: transaction.database)
        return stored.incident.id
    }

    /// Brings a chunk's alerts into its incident, and gives those that were in another one.
    private func fill(_ host: IncidentID, with chunk: [Place], except own: AlertID) throws -> [AlertID] {
        var moved: [AlertID] = []
        for place in chunk {
            guard place.incident != host else { continue }
            try alerts.setIncident(host, of: place.alert)
            guard place.alert != own else { continue }
            moved.append(place.alert)
            if let left = place.incident {
                try transaction.note(.alertRemoved(left, place.alert, []), by: .alertGrouping)
            }
        }
        return moved
    }

    /// Derives an incident anew and tells what became of it; the event about the new alert is left to the caller.
    private func settle(
        _ host: IncidentID, series: String, adding own: AlertID?, _ moved: [AlertID], isNew: Bool
    ) throws -> IncidentAssignment.Outcome? {
        var stored = try transaction.storedIncident(host)
        stored.series = series
        let changes = try assignment.refresh(&stored)
        if !isNew { stored.incident.touch(at: transaction.now, by: .alertGrouping, isTriage: false) }
        try stored.save(in: transaction.database)
        if isNew {
            let summary = CasebookEvent.IncidentSummary(
                number: stored.incident.number, title: stored.incident.title, severity: stored.incident.severity,
                alertIDs: try alerts.ids(of: host))
            let event = CasebookEvent.incidentCreated(host, summary)
            if own != nil { return IncidentAssignment.Outcome(id: host, isNew: true, event: event) }
            try transaction.note(event)
            return nil
        }
        for alert in moved { try transaction.note(.alertAdded(host, alert, []), by: .alertGrouping) }
        if let own { return IncidentAssignment.Outcome(id: host, isNew: false, event: .alertAdded(host, own, changes)) }
        if !changes.isEmpty { try transaction.note(.incidentUpdated(host, changes), by: .alertGrouping) }
        return nil
    }
}
