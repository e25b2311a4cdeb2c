internal import Casebook
internal import Chronology
internal import Vocabulary

/// The incidents of a stretch of time, to tell which of them an alert would have hit.
struct KnownIncidents {
    private static let most = 5_000
    private static let entitiesPerAlert = 50
    /// How far apart the activity of an alert and an incident may be.
    private static let tolerance = TimeSpan.hours(1)

    private let incidents: [Incident]
    private var byKey: [String: [Int]] = [:]

    init(_ casebook: Casebook, over range: TimeRange) async throws(CasebookError) {
        var incidents: [Incident] = []
        while incidents.count < Self.most {
            let page = try await casebook.incidents(
                IncidentQuery(
                    .time(.lastActivityTime, TimeRange(start: range.start - Self.tolerance, end: .max)),
                    order: .by(.number, descending: true), limit: CasebookLimits.pageSize, offset: incidents.count))
            incidents += page.incidents
            if page.incidents.isEmpty || incidents.count >= page.total { break }
        }
        self.incidents = incidents.filter { ($0.firstActivityTime ?? $0.createdTime) < range.end + Self.tolerance }
        for (position, incident) in self.incidents.enumerated() {
            for key in Set(incident.entities.flatMap { $0.entity.keys.all }) {
                byKey[key, default: []].append(position)
            }
        }
    }

    /// Fills in which known incidents the alerts would have hit.
    func compare(_ alerts: [NewAlert], into report: inout BacktestReport) {
        var hits: [Int: Int] = [:]
        for (index, alert) in alerts.enumerated() {
            let found = hit(by: alert)
            if found.isEmpty { report.newAlerts += 1 }
            for position in found { hits[position, default: 0] += 1 }
            if report.samples.indices.contains(index) {
                report.samples[index].incidents = found.map { incidents[$0].number }.sorted()
            }
        }
        report.incidents = hits.map { position, count in
            let incident = incidents[position]
            return BacktestReport.HitIncident(
                id: incident.id, number: incident.number, title: incident.title,
                verdict: incident.classification?.verdict, alerts: count)
        }.sorted { ($1.alerts, $0.number) < ($0.alerts, $1.number) }
    }

    private func hit(by alert: NewAlert) -> Set<Int> {
        var found: Set<Int> = []
        for entity in alert.entities.prefix(Self.entitiesPerAlert) {
            for key in entity.keys.all {
                for position in byKey[key] ?? [] where !found.contains(position) {
                    let incident = incidents[position]
                    let first = (incident.firstActivityTime ?? incident.createdTime) - Self.tolerance
                    let last = (incident.lastActivityTime ?? incident.createdTime) + Self.tolerance
                    guard alert.startTime <= last, first <= alert.endTime,
                        incident.entities.contains(where: { $0.entity.matches(entity) })
                    else { continue }
                    found.insert(position)
                }
            }
        }
        return found
    }
}
