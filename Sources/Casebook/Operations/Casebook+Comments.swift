internal import Chronology
internal import GRDB
public import StateStore

extension Casebook {
    /// Adds a remark.
    ///
    /// - Parameter commentID: The identifier to give it; nil makes a fresh one. With one that exists already nothing is
    ///   added and the comment of that id is returned, so that a repeated request has one effect.
    /// - Throws: `CasebookError` with code `notFound`, `invalidField`, or `limitReached` at 100 comments.
    @discardableResult
    public func addComment(
        _ message: String,
        to id: IncidentID,
        id commentID: CommentID? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentComment {
        try FieldCheck.required(message, field: "message", characters: CasebookLimits.commentCharacters)
        return try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            let commentID = commentID ?? CommentID(transaction.identifiers.next())
            if let known = try IncidentComment.fetch(commentID, of: id, in: transaction.database) { return known }
            try transaction.requireRoom(
                in: "casebook_comment", of: stored.incident, limit: CasebookLimits.commentsPerIncident,
                field: "comments")
            let now = transaction.now.ticks
            try transaction.execute(
                """
                INSERT INTO casebook_comment
                    (id, incident, message, author_kind, author_id, author_name, created, modified, version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
                """,
                [commentID.rawValue, id.rawValue, message, actor.kind.rawValue, actor.id, actor.name, now, now])
            try transaction.touch(&stored)
            try transaction.note(.commentAdded(id, commentID))
            return try transaction.comment(commentID, of: id)
        }
    }

    /// Changes a remark's text.
    ///
    /// - Throws: `CasebookError` with code `notFound`, `conflict` or `invalidField`.
    @discardableResult
    public func editComment(
        _ commentID: CommentID,
        of id: IncidentID,
        message: String,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentComment {
        try FieldCheck.required(message, field: "message", characters: CasebookLimits.commentCharacters)
        return try await change(by: actor) { transaction in
            let old = try transaction.comment(commentID, of: id)
            try CasebookTransaction.requireVersion(version, now: old.version, of: "the comment")
            guard old.message != message else { return old }
            try transaction.execute(
                """
                UPDATE casebook_comment SET message = ?, modified = ?, version = version + 1
                WHERE incident = ? AND id = ?
                """, [message, transaction.now.ticks, id.rawValue, commentID.rawValue])
            var stored = try transaction.storedIncident(id)
            try transaction.touch(&stored)
            try transaction.note(.commentChanged(id, commentID))
            return try transaction.comment(commentID, of: id)
        }
    }

    /// Takes a remark away; the journal keeps that it was there.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteComment(
        _ commentID: CommentID,
        of id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard try IncidentComment.fetch(commentID, of: id, in: transaction.database) != nil else { return false }
            try transaction.execute(
                "DELETE FROM casebook_comment WHERE incident = ? AND id = ?", [id.rawValue, commentID.rawValue])
            var stored = try transaction.storedIncident(id)
            try transaction.touch(&stored)
            try transaction.note(.commentDeleted(id, commentID))
            return true
        }
    }

    /// In the order in which they were written.
    public func comments(of id: IncidentID) async throws(CasebookError) -> [IncidentComment] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM casebook_comment WHERE incident = ? ORDER BY seq",
                arguments: [id.rawValue]
            ).map(IncidentComment.init(row:))
        }
    }

    /// One remark; nil when there is none.
    public func comment(
        _ commentID: CommentID,
        of id: IncidentID
    ) async throws(CasebookError) -> IncidentComment? {
        try await reading { try IncidentComment.fetch(commentID, of: id, in: $0) }
    }
}

extension CasebookTransaction {
    fileprivate func comment(_ commentID: CommentID, of id: IncidentID) throws -> IncidentComment {
        guard let comment = try IncidentComment.fetch(commentID, of: id, in: database) else {
            throw CasebookError(.notFound, "incident \(id) has no comment \(commentID)")
        }
        return comment
    }

    /// Notes that the incident was worked on.
    func touch(_ stored: inout StoredIncident) throws {
        stored.incident.touch(at: now, by: actor, isTriage: true)
        stored.isTouched = stored.isTouched || actor.isOutside
        try stored.save(in: database)
    }

    /// - Throws: `CasebookError` with code `limitReached` when the incident has as many rows as it may have.
    func requireRoom(in table: String, of incident: Incident, limit: Int, field: String) throws {
        let row = try row("SELECT COUNT(*) AS count FROM \(table) WHERE incident = ?", [incident.id.rawValue])
        guard let count = row?["count"] as Int?, count < limit else {
            throw CasebookError(
                .limitReached, field: field, "incident \(incident.number) has its \(limit) \(field) already")
        }
    }

    static func requireVersion(_ expected: Int64?, now version: Int64, of what: String) throws(CasebookError) {
        guard let expected, expected != version else { return }
        throw CasebookError(
            .conflict, field: "etag", "\(what) was changed meanwhile; read it again and repeat the change")
    }
}
