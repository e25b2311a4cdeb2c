internal import Casebook
internal import Chronology
internal import StateStore

/// A journal entry, as far as the tables show it.
struct ExportedChange {
    let time: Instant
    var alertID: AlertID?
    var incidentID: IncidentID?
    /// The incident grew or was scored by itself: such changes that come together are told by one row.
    var isGrowth = false
    /// The alert is new, in contrast to one that changed.
    var isArrival = false

    /// Nil for entries that no table shows.
    init?(_ entry: JournalEntry) {
        time = entry.time
        switch CasebookEvent(entry) {
        case .alertRecorded(let id, _):
            alertID = id
            isArrival = true
        case .alertStatusChanged(let id, _), .alertGrown(let id, _): alertID = id
        case .alertAdded(let id, _, _), .incidentScored(let id, _, _):
            incidentID = id
            isGrowth = true
        case .incidentDeleted, nil: return nil
        case let event?:
            guard let id = event.incidentID else { return nil }
            incidentID = id
        }
    }

    /// The changes of incidents that get a row: all but growth that another row of the same incident follows.
    static func told(of changes: [ExportedChange]) -> [ExportedChange] {
        var later: Set<IncidentID> = []
        var told: [ExportedChange] = []
        for change in changes.reversed() {
            guard let id = change.incidentID else { continue }
            let isLast = later.insert(id).inserted
            if isLast || !change.isGrowth { told.append(change) }
        }
        return told.reversed()
    }
}
