internal import Chronology
internal import GRDB
internal import StateStore

/// Parts of incidents on their way from one to another, in one transaction.
struct PartsMove {
    let transaction: CasebookTransaction
    let source: IncidentID
    let target: IncidentID

    /// Rows that hang on an incident under an id of their own.
    enum Note: String, CaseIterable {
        case comment, task, time, attachment

        var table: String { "casebook_\(rawValue)" }

        var field: String { self == .time ? "timeEntries" : "\(rawValue)s" }

        var limit: Int {
            switch self {
            case .comment: CasebookLimits.commentsPerIncident
            case .task: CasebookLimits.tasksPerIncident
            case .time: CasebookLimits.timeEntriesPerIncident
            case .attachment: CasebookLimits.attachmentsPerIncident
            }
        }
    }

    private var relations: RelationRows { RelationRows(database: transaction.database) }

    /// All that an incident has, but for its labels.
    static func parts(of incident: IncidentID, in transaction: CasebookTransaction) throws -> MovedParts {
        func ids(_ sql: String) throws -> [String] {
            try transaction.rows(sql, [incident.rawValue]).map { $0["id"] }
        }
        return MovedParts(
            alerts: try ids("SELECT id FROM casebook_alert WHERE incident = ? ORDER BY seq").map { AlertID($0) },
            bookmarks: try ids(
                "SELECT target AS id FROM casebook_relation WHERE incident = ? AND kind = 'bookmark' ORDER BY created"
            ).map { BookmarkID($0) },
            comments: try ids("SELECT id FROM casebook_comment WHERE incident = ? ORDER BY seq").map { CommentID($0) },
            tasks: try ids("SELECT id FROM casebook_task WHERE incident = ? ORDER BY seq").map { TaskID($0) },
            timeEntries: try ids("SELECT id FROM casebook_time WHERE incident = ? ORDER BY seq")
                .map { TimeEntryID($0) },
            attachments: try ids("SELECT id FROM casebook_attachment WHERE incident = ? ORDER BY seq")
                .map { AttachmentID($0) })
    }

    /// Moves parts that are in the source; others are passed over.
    ///
    /// A note whose id the target has already gets a fresh one.
    ///
    /// - Returns: What went over, under the ids that it has now.
    func move(_ parts: MovedParts) throws -> MovedParts {
        var moved = MovedParts()
        moved.alerts = try parts.alerts.filter(move)
        moved.bookmarks = try parts.bookmarks.filter(move)
        moved.comments = try parts.comments.compactMap { try move(.comment, $0.rawValue).map { CommentID($0) } }
        moved.tasks = try parts.tasks.compactMap { try move(.task, $0.rawValue).map { TaskID($0) } }
        moved.timeEntries = try parts.timeEntries.compactMap {
            try move(.time, $0.rawValue).map { TimeEntryID($0) }
        }
        moved.attachments = try parts.attachments.compactMap {
            try move(.attachment, $0.rawValue).map { AttachmentID($0) }
        }
        return moved
    }

    /// Whether the target has room for the parts.
    ///
    /// - Throws: `CasebookError` with code `limitReached`, which names what there would be too much of.
    func requireRoom(for parts: MovedParts) throws {
        let incoming: [(field: String, count: Int, table: String, limit: Int)] = [
            ("alerts", parts.alerts.count, "casebook_alert", CasebookLimits.alertsPerIncident),
            ("comments", parts.comments.count, Note.comment.table, Note.comment.limit),
            ("tasks", parts.tasks.count, Note.task.table, Note.task.limit),
            ("timeEntries", parts.timeEntries.count, Note.time.table, Note.time.limit),
            ("attachments", parts.attachments.count, Note.attachment.table, Note.attachment.limit),
        ]
        for (field, count, table, limit) in incoming where count > 0 {
            let row = try transaction.row("SELECT COUNT(*) AS n FROM \(table) WHERE incident = ?", [target.rawValue])
            try requireRoom(field, there: row?["n"] ?? 0, coming: count, limit: limit)
        }
        try requireRoom(
            "bookmarks", there: try relations.count(kind: "bookmark", of: target), coming: parts.bookmarks.count,
            limit: CasebookLimits.bookmarksPerIncident)
    }

    private func requireRoom(_ field: String, there: Int, coming: Int, limit: Int) throws {
        guard there + coming > limit, coming > 0 else { return }
        throw CasebookError(
            .limitReached, field: field,
            "together they would have \(there + coming) \(field), and an incident has at most \(limit); move or close "
                + "some first, or link the incidents instead")
    }

    private func move(_ alert: AlertID) throws -> Bool {
        let row = try transaction.row(
            "SELECT 1 FROM casebook_alert WHERE id = ? AND incident = ?", [alert.rawValue, source.rawValue])
        guard row != nil else { return false }
        let named = try relations.fetch(to: .alert(alert), of: source)
        try AlertRows(database: transaction.database).setIncident(target, of: alert)
        if let named, let name = try freeName(named) {
            try relations.insert(.alert(alert), named: name, of: target, at: named.createdTime ?? transaction.now)
        }
        return true
    }

    private func move(_ bookmark: BookmarkID) throws -> Bool {
        guard let known = try relations.fetch(ofBookmark: bookmark), known.incidentID == source else { return false }
        try relations.delete(to: known.related, of: source)
        let name = try freeName(known) ?? RelationName(transaction.identifiers.next())
        try relations.insert(known.related, named: name, of: target, at: known.createdTime ?? transaction.now)
        return true
    }

    /// The relation's name, unless the target uses it for something else.
    private func freeName(_ relation: IncidentRelation) throws -> RelationName? {
        let known = try relations.fetch(relation.name, of: target)
        return known == nil || known?.related == relation.related ? relation.name : nil
    }

    private func move(_ note: Note, _ id: String) throws -> String? {
        let known = try transaction.row(
            "SELECT 1 FROM \(note.table) WHERE incident = ? AND id = ?", [source.rawValue, id])
        guard known != nil else { return nil }
        let taken = try transaction.row(
            "SELECT 1 FROM \(note.table) WHERE incident = ? AND id = ?", [target.rawValue, id])
        let new = taken == nil ? id : transaction.identifiers.next()
        try transaction.execute(
            "UPDATE \(note.table) SET incident = ?, id = ? WHERE incident = ? AND id = ?",
            [target.rawValue, new, source.rawValue, id])
        return new
    }
}

extension MovedParts {
    /// What is here and not in `other`.
    func subtracting(_ other: MovedParts) -> MovedParts {
        func rest<ID: Hashable>(_ path: KeyPath<MovedParts, [ID]>) -> [ID] {
            let taken = Set(other[keyPath: path])
            return self[keyPath: path].filter { !taken.contains($0) }
        }
        return MovedParts(
            alerts: rest(\.alerts), bookmarks: rest(\.bookmarks), comments: rest(\.comments), tasks: rest(\.tasks),
            timeEntries: rest(\.timeEntries), attachments: rest(\.attachments),
            labels: rest(\.labels))
    }
}
