/// Where an alert goes, decided from the incidents that it matches; pure, so that it can be tested as a table.
struct AlertPlacement: Sendable, Hashable {
    /// An incident whose alerts the new one matches.
    struct Candidate: Sendable, Hashable {
        let id: IncidentID
        let number: Int
        let status: IncidentStatus
        let alertCount: Int
        /// A person has worked on it.
        let isTouched: Bool
        /// What tells that incidents hold alerts which belong together.
        var series = ""
    }

    /// The incident to join; nil opens a new one.
    var target: IncidentID?
    /// The target is closed and must be reopened.
    var reopens = false
    /// Incidents that the alert shows to be one with the target; their alerts come over.
    var absorbed: [IncidentID] = []

    /// Joins an open incident, as it is.
    init(target: IncidentID) { self.target = target }

    /// Joins the oldest open match that has room, those first that a person works on. Other open matches that nobody
    /// has touched are absorbed, so that the same alerts make the same incidents in whatever order they come.
    init(matching candidates: [Candidate], reopensClosed: Bool) {
        let open = candidates.filter { $0.status != .closed && $0.alertCount < CasebookLimits.alertsPerIncident }
            .sorted { left, right in
                left.isTouched == right.isTouched ? left.number < right.number : left.isTouched
            }
        if let target = open.first {
            self.target = target.id
            var room = CasebookLimits.alertsPerIncident - target.alertCount - 1
            for other in open.dropFirst() where !other.isTouched && other.alertCount <= room {
                absorbed.append(other.id)
                room -= other.alertCount
            }
            return
        }
        guard reopensClosed else { return }
        let closed = candidates.filter {
            $0.status == .closed && $0.alertCount < CasebookLimits.alertsPerIncident
        }
        if let latest = closed.max(by: { $0.number < $1.number }) {
            target = latest.id
            reopens = true
        }
    }
}
