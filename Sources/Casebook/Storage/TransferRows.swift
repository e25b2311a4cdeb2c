internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore

/// The merges' and splits' SQL.
struct TransferRows {
    let database: Database

    func fetch(_ id: TransferID) throws -> IncidentTransfer? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_transfer WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id.rawValue]).map(IncidentTransfer.init(row:))
    }

    /// What the source was like before.
    func before(_ id: TransferID) throws -> SourceState? {
        let statement = try database.cachedStatement(sql: "SELECT before FROM casebook_transfer WHERE id = ?")
        guard let text = try String.fetchOne(statement, arguments: [id.rawValue]) else { return nil }
        return try SourceState(json: JSON(parsing: text))
    }

    /// Those that an incident gave or took, the newest first.
    func fetchAll(of incident: IncidentID) throws -> [IncidentTransfer] {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM casebook_transfer WHERE source = ?1 OR target = ?1 ORDER BY seq DESC")
        return try Row.fetchAll(statement, arguments: [incident.rawValue]).map(IncidentTransfer.init(row:))
    }

    func insert(_ transfer: IncidentTransfer, before: SourceState) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO casebook_transfer
                    (id, kind, source, target, moved, before, actor_kind, actor_id, actor_name, made)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            transfer.id.rawValue, transfer.kind.rawValue, transfer.source.rawValue, transfer.target.rawValue,
            transfer.moved.json.description, before.json.description, transfer.madeBy.kind.rawValue,
            transfer.madeBy.id, transfer.madeBy.name, transfer.madeTime.ticks,
        ])
    }

    func markUndone(_ id: TransferID, at now: Instant) throws {
        try database.cachedStatement(sql: "UPDATE casebook_transfer SET undone = ? WHERE id = ?")
            .execute(arguments: [now.ticks, id.rawValue])
    }
}

/// What an incident was like before it was merged.
struct SourceState: Sendable, Hashable {
    let status: IncidentStatus
    let classification: Classification?
    let classificationComment: String
    let closedTime: Instant?

    init(_ incident: Incident) {
        status = incident.status
        classification = incident.classification
        classificationComment = incident.classificationComment
        closedTime = incident.closedTime
    }

    var json: JSON {
        [
            "status": .string(status.rawValue),
            "verdict": classification.map { .string($0.verdict.rawValue) } ?? .null,
            "reason": (classification?.reason).map { .string($0.rawValue) } ?? .null,
            "comment": .string(classificationComment), "closed": closedTime.map { .int($0.ticks) } ?? .null,
        ]
    }

    init(json: JSON) throws {
        status = json["status"]?.stringValue.flatMap(IncidentStatus.init(rawValue:)) ?? .new
        let reason = json["reason"]?.stringValue.flatMap(Classification.Reason.init(rawValue:))
        classification = try json["verdict"]?.stringValue.flatMap(Classification.Verdict.init(rawValue:))
            .map { try Classification(verdict: $0, reason: reason) }
        classificationComment = json["comment"]?.stringValue ?? ""
        closedTime = Instant(stored: json["closed"]?.intValue)
    }
}

extension IncidentTransfer {
    fileprivate init(row: Row) throws {
        let moved: String = row["moved"]
        self.init(
            id: TransferID(row["id"] as String), kind: Kind(rawValue: row["kind"]) ?? .merge,
            source: IncidentID(row["source"] as String), target: IncidentID(row["target"] as String),
            moved: MovedParts(json: try JSON(parsing: moved)), madeBy: JournalActor(row: row, prefix: "actor"),
            madeTime: Instant(ticks: row["made"]), undoneTime: Instant(stored: row["undone"]))
    }
}

extension MovedParts {
    fileprivate var json: JSON {
        func list(_ ids: [some RawRepresentable<String>]) -> JSON { .array(ids.map { .string($0.rawValue) }) }
        return [
            "alerts": list(alerts), "bookmarks": list(bookmarks), "comments": list(comments), "tasks": list(tasks),
            "timeEntries": list(timeEntries), "attachments": list(attachments),
            "labels": .array(labels.map { .array([.string($0.name), .string($0.kind.rawValue)]) }),
        ]
    }

    fileprivate init(json: JSON) {
        func texts(_ key: String) -> [String] { (json[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        self.init(
            alerts: texts("alerts").map { AlertID($0) }, bookmarks: texts("bookmarks").map { BookmarkID($0) },
            comments: texts("comments").map { CommentID($0) }, tasks: texts("tasks").map { TaskID($0) },
            timeEntries: texts("timeEntries").map { TimeEntryID($0) },
            attachments: texts("attachments").map { AttachmentID($0) },
            labels: (json["labels"]?.arrayValue ?? []).compactMap { pair in
                let texts = (pair.arrayValue ?? []).compactMap(\.stringValue)
                guard texts.count == 2 else { return nil }
                return IncidentLabel(name: texts[0], kind: IncidentLabel.Kind(rawValue: texts[1]) ?? .user)
            })
    }
}
