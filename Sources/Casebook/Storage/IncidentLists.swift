internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// Reads the lists that belong to incidents, for a whole page at once.
struct IncidentLists {
    let database: Database

    /// Fills labels, alerts and entities in, with a fixed number of statements however many incidents there are.
    ///
    /// - Parameter detail: of summaries only the labels and the first few entities are read.
    func fill(_ incidents: inout [Incident], _ detail: IncidentDetail = .full) throws {
        guard !incidents.isEmpty else { return }
        let ids = JSON.array(incidents.map { .string($0.id.rawValue) }).description
        let positions = Dictionary(
            incidents.enumerated().map { ($1.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
        try fillLabels(&incidents, ids, positions)
        if detail == .full { try fillAlerts(&incidents, ids, positions) }
        try fillEntities(&incidents, ids, positions, detail)
        try fillBookmarks(&incidents, ids, positions)
        try fillMergers(&incidents)
    }

    func filled(_ incident: Incident) throws -> Incident {
        var page = [incident]
        try fill(&page)
        return page[0]
    }

    /// In the order in which people see them.
    func labels(of incident: IncidentID) throws -> [IncidentLabel] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM casebook_label WHERE incident = ? ORDER BY position")
        return try statement.all([incident.rawValue], IncidentLabel.init(row:))
    }

    /// The incidents of some ids, with their lists; unknown ids are left out.
    func incidents(_ ids: [IncidentID]) throws -> [Incident] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT i.* FROM json_each(?) wanted CROSS JOIN casebook_incident i ON i.id = wanted.value
                """)
        let text = JSON.array(ids.map { .string($0.rawValue) }).description
        var incidents = try statement.all([text], Incident.init(row:))
        try fill(&incidents)
        return incidents
    }

    private func fillLabels(_ incidents: inout [Incident], _ ids: String, _ positions: [String: Int]) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT l.* FROM json_each(?) wanted
                CROSS JOIN casebook_label l ON l.incident = wanted.value ORDER BY wanted.key, l.position
                """)
        for (incident, label) in try statement.all([ids], { ($0["incident"] as String, IncidentLabel(row: $0)) }) {
            if let position = positions[incident] { incidents[position].labels.append(label) }
        }
    }

    private func fillAlerts(_ incidents: inout [Incident], _ ids: String, _ positions: [String: Int]) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT a.incident, a.id FROM json_each(?) wanted
                CROSS JOIN casebook_alert a ON a.incident = wanted.value ORDER BY wanted.key, a.seq
                """)
        for row in try Row.fetchAll(statement, arguments: [ids]) {
            guard let position = positions[row[0]] else { continue }
            incidents[position].alertIDs.append(AlertID(row[1] as String))
        }
    }

    private func fillEntities(
        _ incidents: inout [Incident], _ ids: String, _ positions: [String: Int], _ detail: IncidentDetail
    ) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT ie.incident, e.id AS id, e.kind AS kind, e.identifiers AS identifiers FROM json_each(?) wanted
                CROSS JOIN casebook_incident_entity ie ON ie.incident = wanted.value
                CROSS JOIN casebook_entity e ON e.seq = ie.entity
                ORDER BY wanted.key, ie.alert, ie.position
                """)
        for row in try Row.fetchAll(statement, arguments: [ids]) {
            guard let position = positions[row[0]],
                detail == .full || incidents[position].entities.count < IncidentDetail.entitiesOfSummary,
                let entity = try EntityRows.known(row)
            else { continue }
            incidents[position].entities.append(entity)
        }
    }

    private func fillBookmarks(_ incidents: inout [Incident], _ ids: String, _ positions: [String: Int]) throws {
        let statement = try database.cachedStatement(
            sql: """
                SELECT r.incident, r.target FROM json_each(?) wanted
                CROSS JOIN casebook_relation r ON r.incident = wanted.value AND r.kind = 'bookmark'
                ORDER BY wanted.key, r.created, r.target
                """)
        for row in try Row.fetchAll(statement, arguments: [ids]) {
            guard let position = positions[row[0]] else { continue }
            incidents[position].bookmarkIDs.append(BookmarkID(row[1] as String))
        }
    }

    /// The numbers of the incidents that took others over.
    private func fillMergers(_ incidents: inout [Incident]) throws {
        for position in incidents.indices {
            guard let target = incidents[position].mergedInto else { continue }
            let statement = try database.cachedStatement(sql: "SELECT number FROM casebook_incident WHERE id = ?")
            incidents[position].mergedIntoNumber = try Int.fetchOne(statement, arguments: [target.rawValue])
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

extension Set<Tactic> {
    /// From reconnaissance to impact.
    var alongKillChain: [Tactic] {
        sorted { ($0.killChainStage, $0.rawValue) < ($1.killChainStage, $1.rawValue) }
    }
}
