internal import Chronology
internal import GRDB
internal import JSON
internal import Vocabulary

/// Reads the lists that belong to incidents, for a whole page at once.
struct IncidentLists {
    let database: Database

    /// Fills labels, alerts, entities and counts in, with a fixed number of queries however many incidents there are.
    func fill(_ incidents: inout [Incident]) throws {
        guard !incidents.isEmpty else { return }
        let ids = incidents.map(\.id.rawValue)
        let positions = Dictionary(
            incidents.enumerated().map { ($1.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        try fillLabels(&incidents, ids, positions)
        try fillAlerts(&incidents, ids, positions)
        try fillEntities(&incidents, ids, positions)
        try fillBookmarks(&incidents, ids, positions)
        try fillCounts(&incidents, ids, positions)
    }

    func filled(_ incident: Incident) throws -> Incident {
        var page = [incident]
        try fill(&page)
        return page[0]
    }

    /// In the order in which people see them.
    func labels(of incident: IncidentID) throws -> [IncidentLabel] {
        try rows("SELECT * FROM casebook_label WHERE incident IN (?) ORDER BY incident, position", [incident.rawValue])
            .map(IncidentLabel.init(row:))
    }

    /// Most calls are for one incident: only that statement is worth keeping.
    private func rows(_ sql: String, _ ids: [String]) throws -> [Row] {
        let statement = try ids.count == 1 ? database.cachedStatement(sql: sql) : database.makeStatement(sql: sql)
        return try Row.fetchAll(statement, arguments: StatementArguments(ids))
    }

    private func fillLabels(_ incidents: inout [Incident], _ ids: [String], _ positions: [String: Int]) throws {
        let sql = "SELECT * FROM casebook_label WHERE incident IN \(ids.sqlMarks) ORDER BY incident, position"
        for row in try rows(sql, ids) {
            guard let position = positions[row["incident"]] else { continue }
            incidents[position].labels.append(IncidentLabel(row: row))
        }
    }

    private func fillAlerts(_ incidents: inout [Incident], _ ids: [String], _ positions: [String: Int]) throws {
        let sql = """
            SELECT incident, id, rule_id, product, tactics, techniques FROM casebook_alert
            WHERE incident IN \(ids.sqlMarks) ORDER BY incident, seq
            """
        var tactics = [Set<Tactic>](repeating: [], count: incidents.count)
        var techniques = [Set<String>](repeating: [], count: incidents.count)
        for row in try rows(sql, ids) {
            guard let position = positions[row["incident"]] else { continue }
            incidents[position].alertIDs.append(AlertID(row["id"] as String))
            incidents[position].ruleIDs.appendNew(row["rule_id"])
            incidents[position].alertProductNames.appendNew(row["product"])
            tactics[position].formUnion(AlertRows.tactics(row["tactics"]))
            techniques[position].formUnion(AlertRows.words(row["techniques"]))
        }
        for position in incidents.indices {
            incidents[position].tactics = tactics[position].alongKillChain
            incidents[position].techniques = techniques[position].sorted()
        }
    }

    private func fillEntities(_ incidents: inout [Incident], _ ids: [String], _ positions: [String: Int]) throws {
        let sql = """
            SELECT a.incident AS incident, e.seq AS seq, e.id AS id, e.kind AS kind, e.identifiers AS identifiers
            FROM casebook_alert a
            JOIN casebook_alert_entity ae ON ae.alert = a.seq
            JOIN casebook_entity e ON e.seq = ae.entity
            WHERE a.incident IN \(ids.sqlMarks) GROUP BY a.incident, e.seq ORDER BY a.incident, MIN(a.seq), ae.position
            """
        for row in try rows(sql, ids) {
            guard let position = positions[row["incident"]], let entity = try EntityRows.known(row) else { continue }
            incidents[position].entities.append(entity)
        }
    }

    private func fillBookmarks(_ incidents: inout [Incident], _ ids: [String], _ positions: [String: Int]) throws {
        let sql = """
            SELECT incident, target FROM casebook_relation WHERE incident IN \(ids.sqlMarks) AND kind = 'bookmark'
            ORDER BY incident, created, target
            """
        for row in try rows(sql, ids) {
            guard let position = positions[row["incident"]] else { continue }
            incidents[position].bookmarkIDs.append(BookmarkID(row["target"] as String))
        }
    }

    private func fillCounts(_ incidents: inout [Incident], _ ids: [String], _ positions: [String: Int]) throws {
        let sql = """
            SELECT id, (SELECT m.number FROM casebook_incident m WHERE m.id = i.merged_into) AS merged_number,
                (SELECT COUNT(*) FROM casebook_comment c WHERE c.incident = i.id) AS comments,
                (SELECT COUNT(*) FROM casebook_task t WHERE t.incident = i.id) AS tasks
            FROM casebook_incident i WHERE id IN \(ids.sqlMarks)
            """
        for row in try rows(sql, ids) {
            guard let position = positions[row["id"]] else { continue }
            incidents[position].mergedIntoNumber = row["merged_number"]
            incidents[position].commentCount = row["comments"]
            incidents[position].taskCount = row["tasks"]
        }
    }
}

extension IncidentLabel {
    fileprivate init(row: Row) {
        self.init(name: row["name"], kind: Kind(rawValue: row["kind"]) ?? .user)
    }
}

extension Array {
    /// `(?, ?, ?)`, one mark per element.
    var sqlMarks: String { "(" + map { _ in "?" }.joined(separator: ", ") + ")" }
}

extension [String] {
    fileprivate mutating func appendNew(_ text: String) {
        if !text.isEmpty, !contains(text) { append(text) }
    }
}

extension Set<Tactic> {
    /// From reconnaissance to impact.
    var alongKillChain: [Tactic] {
        sorted { ($0.killChainStage, $0.rawValue) < ($1.killChainStage, $1.rawValue) }
    }
}
