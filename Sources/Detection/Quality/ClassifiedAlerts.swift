public import Casebook

/// The alerts of a rule whose incidents were classified, the newest incidents first.
public struct ClassifiedAlerts: Sendable {
    /// An alert with what became of its incident.
    public struct Judged: Sendable {
        public var alert: NewAlert
        public var incident: IncidentID
        public var incidentNumber: Int
        public var verdict: Classification.Verdict

        public init(alert: NewAlert, incident: IncidentID, incidentNumber: Int, verdict: Classification.Verdict) {
            self.alert = alert
            self.incident = incident
            self.incidentNumber = incidentNumber
            self.verdict = verdict
        }
    }

    /// Incidents looked at per rule.
    static let mostIncidents = 300

    public var alerts: [Judged]
    /// Alerts that an analyst had no use for: benign and false positives.
    public var noise: [Judged] { alerts.filter { $0.verdict == .benignPositive || $0.verdict == .falsePositive } }
    public var truePositives: [Judged] { alerts.filter { $0.verdict == .truePositive } }

    public init(_ alerts: [Judged]) {
        self.alerts = alerts
    }

    /// Reads the alerts of a rule's last classified incidents.
    public init(ofRule id: String, in casebook: Casebook) async throws(CasebookError) {
        let query = IncidentQuery(
            .and([.rule(id), .classification([.truePositive, .benignPositive, .falsePositive])]),
            order: .by(.number, descending: true), limit: Self.mostIncidents)
        var alerts: [Judged] = []
        for incident in try await casebook.incidents(query).incidents {
            guard let verdict = incident.classification?.verdict else { continue }
            for alert in try await casebook.alerts(of: incident.id) where alert.content.ruleID == id {
                alerts.append(
                    Judged(
                        alert: alert.content, incident: incident.id, incidentNumber: incident.number,
                        verdict: verdict))
            }
        }
        self.alerts = alerts
    }

    /// The entities that noise names most often, with how often true positives name them.
    public func noisyEntities(limit: Int = 20) -> [NoisyEntity] {
        var found: [String: NoisyEntity] = [:]
        for judged in noise + truePositives {
            let isNoise = judged.verdict != .truePositive
            for entity in Set(judged.alert.entities) {
                let key = entity.identityKey
                if found[key] == nil, isNoise { found[key] = NoisyEntity(entity: entity) }
                if isNoise { found[key]?.noise += 1 } else { found[key]?.truePositives += 1 }
            }
        }
        let ranked = found.values.sorted { left, right in
            (right.noise, left.truePositives, left.entity.identityKey)
                < (left.noise, right.truePositives, right.entity.identityKey)
        }
        return Array(ranked.prefix(limit))
    }
}

/// An entity that a rule's noise names.
public struct NoisyEntity: Sendable, Hashable {
    public var entity: Entity
    /// Alerts that name it, by what became of them.
    public var noise = 0
    public var truePositives = 0
}
