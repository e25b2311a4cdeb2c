internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// An incident's row: the incident, whose lists may be unread, and what only the casebook knows of it.
struct StoredIncident {
    var incident: Incident
    var mode: GroupingMode
    /// Fields that someone has set, which alerts no longer change.
    var ownFields: Set<FieldChange.Field>
    /// A person or a client program has worked on it.
    var isTouched: Bool
    /// What it owes to its alerts; nil without.
    var digest: IncidentDigest?
    /// The same for incidents whose alerts belong together but are too many for one; empty when nothing can join.
    var series = ""

    /// The row of an incident, with its lists empty.
    static func fetch(_ id: IncidentID, in database: Database) throws -> StoredIncident? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_incident WHERE id = ?")
        return try statement.first([id.rawValue], StoredIncident.init(row:))
    }

    init(new incident: Incident, mode: GroupingMode) {
        self.incident = incident
        self.mode = mode
        ownFields = []
        isTouched = false
    }

    init(row: Row) throws {
        digest = try IncidentDigest(text: row["digest"])
        incident = try Incident(row: row, digest: digest)
        mode = GroupingMode(text: row["grouping"])
        let own: String = row["own_fields"]
        ownFields = Set(own.split(separator: " ").compactMap { FieldChange.Field(rawValue: String($0)) })
        isTouched = row["is_touched"]
        series = row["series"]
    }

    /// Takes over what the alerts give, but for the fields that someone has set.
    mutating func derive(from digest: IncidentDigest?) {
        self.digest = digest
        incident.derive(lists: digest)
        guard let digest else { return }
        if !ownFields.contains(.title) { incident.title = digest.title(mode: mode) }
        if !ownFields.contains(.severity) { incident.severity = digest.severity }
        if !ownFields.contains(.firstActivityTime) { incident.firstActivityTime = digest.firstActivity }
        if !ownFields.contains(.lastActivityTime) { incident.lastActivityTime = digest.lastActivity }
    }

    /// Derives what incidents owe to their alerts anew, for those that were stored before it was kept.
    static func deriveAll(in database: Database) throws {
        let alerts = AlertRows(database: database)
        for row in try Row.fetchAll(database, sql: "SELECT id, grouping FROM casebook_incident") {
            let id: String = row["id"]
            let digest = IncidentDigest(
                try alerts.digests(of: IncidentID(id)), mode: GroupingMode(text: row["grouping"]))
            let tactics = (digest?.tactics ?? []).map(\.rawValue).joined(separator: " ")
            try database.cachedStatement(sql: "UPDATE casebook_incident SET digest = ?, tactics = ? WHERE id = ?")
                .execute(arguments: [digest?.text ?? "", tactics, id])
        }
    }

    func insert(in database: Database) throws {
        try database.cachedStatement(sql: StoredIncident.insertion)
            .execute(arguments: StatementArguments(values))
        try insertLabels(in: database)
    }

    func save(in database: Database) throws {
        try database.cachedStatement(sql: StoredIncident.update)
            .execute(arguments: StatementArguments(values.dropFirst(2) + [incident.id.rawValue]))
    }

    func saveLabels(in database: Database) throws {
        try database.cachedStatement(sql: "DELETE FROM casebook_label WHERE incident = ?")
            .execute(arguments: [incident.id.rawValue])
        try insertLabels(in: database)
    }

    private func insertLabels(in database: Database) throws {
        for (position, label) in incident.labels.enumerated() {
            try database.cachedStatement(
                sql: "INSERT INTO casebook_label (incident, position, name, kind) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [incident.id.rawValue, position, label.name, label.kind.rawValue])
        }
    }

    /// The values in the order of `columnNames`.
    private var values: [(any DatabaseValueConvertible)?] {
        let owner = incident.owner
        return [
            incident.id.rawValue, incident.number, incident.title, incident.description, incident.severity.rank,
            incident.status.rawValue, incident.classification?.verdict.rawValue,
            incident.classification?.reason?.rawValue, incident.classificationComment, owner?.objectID ?? "",
            owner?.userPrincipalName ?? "", owner?.email ?? "", owner?.assignedTo ?? "", owner?.kind.rawValue ?? "",
            incident.firstActivityTime?.ticks, incident.lastActivityTime?.ticks, incident.createdTime.ticks,
            incident.lastModifiedTime.ticks, incident.firstModifiedTime?.ticks, incident.closedTime?.ticks,
            incident.reopenedCount, incident.lastReopenedTime?.ticks,
            incident.modifiedBy, incident.providerName, incident.providerIncidentID, incident.mergedInto?.rawValue,
            incident.typeName, mode.text, ownFields.map(\.rawValue).sorted().joined(separator: " "), isTouched,
            incident.priority?.score ?? 0, incident.priority?.json.description, incident.version,
            digest?.text ?? "", incident.tactics.map(\.rawValue).joined(separator: " "), series,
            digest?.firstActivity.ticks ?? 0,
        ]
    }

    private static let columnNames = [
        "id", "number", "title", "description", "severity", "status", "verdict", "reason", "classification_comment",
        "owner_object_id", "owner_principal_name", "owner_email", "owner_name", "owner_kind", "first_activity",
        "last_activity", "created", "modified", "first_modified", "closed", "reopened_count", "last_reopened",
        "modified_by", "provider_name", "provider_incident_id", "merged_into", "type", "grouping", "own_fields",
        "is_touched", "score", "priority", "version", "digest", "tactics", "series", "series_start",
    ]

    private static let insertion =
        "INSERT INTO casebook_incident (\(columnNames.joined(separator: ", "))) VALUES \(columnNames.sqlMarks)"

    /// Identifier and number never change.
    private static let update = {
        let assignments = columnNames.dropFirst(2).map { "\($0) = ?" }.joined(separator: ", ")
        return "UPDATE casebook_incident SET \(assignments) WHERE id = ?"
    }()
}

extension Incident {
    /// The columns of a row; labels, alerts and entities, which lie in other tables, are empty.
    init(row: Row) throws {
        try self.init(row: row, digest: IncidentDigest(text: row["digest"]))
    }

    fileprivate init(row: Row, digest: IncidentDigest?) throws {
        let verdict = (row["verdict"] as String?).flatMap(Classification.Verdict.init(rawValue:))
        let reason = (row["reason"] as String?).flatMap(Classification.Reason.init(rawValue:))
        let ownerKind: String = row["owner_kind"]
        let priority: String? = row["priority"]
        self.init(
            id: IncidentID(row["id"]),
            number: row["number"],
            title: row["title"],
            description: row["description"],
            severity: Severity(rank: row["severity"]),
            status: IncidentStatus(rawValue: row["status"]) ?? .new,
            classification: try verdict.map { try Classification(verdict: $0, reason: reason) },
            classificationComment: row["classification_comment"],
            owner: IncidentOwner.Kind(rawValue: ownerKind).map { kind in
                IncidentOwner(
                    objectID: row["owner_object_id"], userPrincipalName: row["owner_principal_name"],
                    email: row["owner_email"], assignedTo: row["owner_name"], kind: kind)
            },
            labels: [],
            firstActivityTime: Instant(stored: row["first_activity"]),
            lastActivityTime: Instant(stored: row["last_activity"]),
            createdTime: Instant(ticks: row["created"]),
            lastModifiedTime: Instant(ticks: row["modified"]),
            firstModifiedTime: Instant(stored: row["first_modified"]),
            closedTime: Instant(stored: row["closed"]),
            reopenedCount: row["reopened_count"],
            lastReopenedTime: Instant(stored: row["last_reopened"]),
            modifiedBy: row["modified_by"],
            providerName: row["provider_name"],
            providerIncidentID: row["provider_incident_id"],
            typeName: row["type"],
            mergedInto: (row["merged_into"] as String?).map(IncidentID.init(rawValue:)),
            alertIDs: [], ruleIDs: [], alertProductNames: [], tactics: [], techniques: [], entities: [],
            alertCount: row["alert_count"], commentCount: row["comment_count"], taskCount: row["task_count"],
            priority: try priority.map { try IncidentPriority(json: JSON(parsing: $0), score: row["score"]) },
            version: row["version"]
        )
        derive(lists: digest)
    }

    /// What the alerts give that nobody can set.
    fileprivate mutating func derive(lists digest: IncidentDigest?) {
        ruleIDs = digest?.ruleIDs ?? []
        alertProductNames = digest?.products ?? []
        tactics = digest?.tactics ?? []
        techniques = digest?.techniques ?? []
    }
}

extension IncidentPriority {
    var json: JSON {
        .array(
            reasons.map { ["factor": .string($0.factor), "points": .double($0.points), "text": .string($0.text)] })
    }

    init(json: JSON, score: Int) {
        let reasons = (json.arrayValue ?? []).map { reason in
            Reason(
                factor: reason["factor"]?.stringValue ?? "", points: reason["points"]?.doubleValue ?? 0,
                text: reason["text"]?.stringValue ?? "")
        }
        self.init(score: score, reasons: reasons)
    }
}

extension Severity {
    /// From a rank in the database, where a constraint keeps it in 0…3.
    init(rank: Int) {
        self = Severity.allCases.first { $0.rank == rank } ?? .informational
    }
}

extension Instant {
    init?(stored ticks: Int64?) {
        guard let ticks else { return nil }
        self.init(ticks: ticks)
    }
}
