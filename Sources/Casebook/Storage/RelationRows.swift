internal import Chronology
internal import GRDB

/// The relations' SQL: those that are named, and the alerts that joined without a name.
struct RelationRows {
    let database: Database

    /// The one of a name; an alert's own id names it while nothing else does.
    func fetch(_ name: RelationName, of incident: IncidentID) throws -> IncidentRelation? {
        if let named = try row("incident = ? AND name = ?", [incident.rawValue, name.rawValue]) { return named }
        let statement = try database.cachedStatement(
            sql: """
                SELECT 1 FROM casebook_alert a WHERE a.id = ?1 AND a.incident = ?2 AND NOT EXISTS (
                    SELECT 1 FROM casebook_relation WHERE target = ?1 AND kind = 'alert' AND incident = ?2)
                """)
        let isThere = try Row.fetchOne(statement, arguments: [name.rawValue, incident.rawValue]) != nil
        return isThere ? IncidentRelation(unnamed: AlertID(name.rawValue), of: incident) : nil
    }

    /// The named relation of an incident to something.
    func fetch(to related: IncidentRelation.Related, of incident: IncidentID) throws -> IncidentRelation? {
        try row(
            "target = ? AND kind = ? AND incident = ?", [related.targetID, related.kind, incident.rawValue])
    }

    /// The relation of the incident that a bookmark belongs to.
    func fetch(ofBookmark id: BookmarkID) throws -> IncidentRelation? {
        try row("target = ? AND kind = 'bookmark'", [id.rawValue])
    }

    /// Alerts in the order in which they were recorded, then bookmarks, then incidents.
    func fetchAll(of incident: IncidentID) throws -> [IncidentRelation] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM casebook_relation WHERE incident = ? ORDER BY kind, created, name")
        let named = try Row.fetchAll(statement, arguments: [incident.rawValue]).compactMap(IncidentRelation.init(row:))
        let byAlert = Dictionary(
            named.compactMap { relation -> (AlertID, IncidentRelation)? in
                if case .alert(let id) = relation.related { (id, relation) } else { nil }
            }, uniquingKeysWith: { first, _ in first })
        let alerts = try database.cachedStatement(
            sql: "SELECT id FROM casebook_alert WHERE incident = ? ORDER BY seq")
        let held = try String.fetchAll(alerts, arguments: [incident.rawValue]).map { id in
            byAlert[AlertID(id)] ?? IncidentRelation(unnamed: AlertID(id), of: incident)
        }
        return held + named.filter { if case .alert = $0.related { false } else { true } }
    }

    func count(kind: String, of incident: IncidentID) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "SELECT COUNT(*) FROM casebook_relation WHERE incident = ? AND kind = ?")
        return try Int.fetchOne(statement, arguments: [incident.rawValue, kind]) ?? 0
    }

    func insert(_ related: IncidentRelation.Related, named name: RelationName, of incident: IncidentID, at now: Instant)
        throws
    {
        try database.cachedStatement(
            sql: """
                INSERT INTO casebook_relation (incident, name, kind, target, link, created) VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            incident.rawValue, name.rawValue, related.kind, related.targetID, related.link?.rawValue ?? "", now.ticks,
        ])
    }

    func delete(to related: IncidentRelation.Related, of incident: IncidentID) throws {
        try database.cachedStatement(
            sql: "DELETE FROM casebook_relation WHERE target = ? AND kind = ? AND incident = ?"
        ).execute(arguments: [related.targetID, related.kind, incident.rawValue])
    }

    private func row(_ condition: String, _ arguments: StatementArguments) throws -> IncidentRelation? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_relation WHERE \(condition)")
        return try Row.fetchOne(statement, arguments: arguments).flatMap(IncidentRelation.init(row:))
    }
}

extension IncidentRelation {
    fileprivate init(unnamed alert: AlertID, of incident: IncidentID) {
        self.init(
            incidentID: incident, name: RelationName(alert.rawValue), related: .alert(alert), createdTime: nil,
            version: 1)
    }

    fileprivate init?(row: Row) {
        let target: String = row["target"]
        let kind: String = row["kind"]
        let related: Related
        switch kind {
        case "alert": related = .alert(AlertID(target))
        case "bookmark": related = .bookmark(BookmarkID(target))
        default:
            guard let link = IncidentLink(rawValue: row["link"]) else { return nil }
            related = .incident(IncidentID(target), link)
        }
        let created = Instant(ticks: row["created"])
        self.init(
            incidentID: IncidentID(row["incident"] as String), name: RelationName(row["name"] as String),
            related: related, createdTime: created, version: created.ticks)
    }
}

extension IncidentRelation.Related {
    var kind: String {
        switch self {
        case .alert: "alert"
        case .bookmark: "bookmark"
        case .incident: "incident"
        }
    }

    var targetID: String {
        switch self {
        case .alert(let id): id.rawValue
        case .bookmark(let id): id.rawValue
        case .incident(let id, _): id.rawValue
        }
    }

    var link: IncidentLink? {
        if case .incident(_, let link) = self { link } else { nil }
    }
}
