internal import Chronology
internal import GRDB
internal import JSON
internal import Vocabulary

/// An incident's row: the incident, whose lists may be unread, and what only the casebook knows of it.
struct StoredIncident {
    var incident: Incident
    var mode: GroupingMode
    /// Fields that someone has set, which alerts no longer change.
    var ownFields: Set<FieldChange.Field>
    /// A person or a client program has worked on it.
    var isTouched: Bool

    /// The row of an incident, with its lists empty.
    static func fetch(_ id: IncidentID, in database: Database) throws -> StoredIncident? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_incident WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(StoredIncident.init(row:))
    }

    init(new incident: Incident, mode: GroupingMode) {
        self.incident = incident
        self.mode = mode
        ownFields = []
        isTouched = false
    }

    init(row: Row) throws {
        incident = try Incident(row: row)
        mode = GroupingMode(text: row["grouping"])
        let own: String = row["own_fields"]
        ownFields = Set(own.split(separator: " ").compactMap { FieldChange.Field(rawValue: String($0)) })
        isTouched = row["is_touched"]
    }

    func insert(in database: Database) throws {
        let columns = self.columns
        let names = columns.map(\.name).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        try database.cachedStatement(sql: "INSERT INTO casebook_incident (\(names)) VALUES (\(marks))")
            .execute(arguments: StatementArguments(columns.map(\.value)))
        try insertLabels(in: database)
    }

    func save(in database: Database) throws {
        let columns = self.columns.filter { $0.name != "id" && $0.name != "number" }
        let assignments = columns.map { "\($0.name) = ?" }.joined(separator: ", ")
        try database.cachedStatement(sql: "UPDATE casebook_incident SET \(assignments) WHERE id = ?")
            .execute(arguments: StatementArguments(columns.map(\.value) + [incident.id.rawValue]))
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

    private var columns: [(name: String, value: (any DatabaseValueConvertible)?)] {
        let owner = incident.owner
        return [
            ("id", incident.id.rawValue), ("number", incident.number), ("title", incident.title),
            ("description", incident.description), ("severity", incident.severity.rank),
            ("status", incident.status.rawValue), ("verdict", incident.classification?.verdict.rawValue),
            ("reason", incident.classification?.reason?.rawValue),
            ("classification_comment", incident.classificationComment),
            ("owner_object_id", owner?.objectID ?? ""), ("owner_principal_name", owner?.userPrincipalName ?? ""),
            ("owner_email", owner?.email ?? ""), ("owner_name", owner?.assignedTo ?? ""),
            ("owner_kind", owner?.kind.rawValue ?? ""), ("first_activity", incident.firstActivityTime?.ticks),
            ("last_activity", incident.lastActivityTime?.ticks), ("created", incident.createdTime.ticks),
            ("modified", incident.lastModifiedTime.ticks), ("first_modified", incident.firstModifiedTime?.ticks),
            ("closed", incident.closedTime?.ticks), ("reopened_count", incident.reopenedCount),
            ("last_reopened", incident.lastReopenedTime?.ticks), ("modified_by", incident.modifiedBy),
            ("provider_name", incident.providerName), ("provider_incident_id", incident.providerIncidentID),
            ("merged_into", incident.mergedInto?.rawValue), ("type", incident.typeName), ("grouping", mode.text),
            ("own_fields", ownFields.map(\.rawValue).sorted().joined(separator: " ")), ("is_touched", isTouched),
            ("score", incident.priority?.score ?? 0), ("priority", incident.priority?.json.description),
            ("version", incident.version),
        ]
    }
}

extension Incident {
    /// The columns of a row; the lists, which lie in other tables, are empty.
    init(row: Row) throws {
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
            commentCount: 0, taskCount: 0,
            priority: try priority.map { try IncidentPriority(json: JSON(parsing: $0), score: row["score"]) },
            version: row["version"]
        )
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
