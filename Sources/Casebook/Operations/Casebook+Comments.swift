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
        let mentioned = await mentioned(in: message)
        return try await change(by: actor) { transaction in
            let commentID = commentID ?? CommentID(transaction.identifiers.next())
            if let known = try IncidentComment.fetch(commentID, of: id, in: transaction.database) { return known }
            return try transaction.addComment(message, to: id, id: commentID, mentioning: mentioned)
        }
    }

    /// Adds a remark under an id, or changes the one that its author wrote there.
    ///
    /// - Throws: As `addComment` and `editComment` do.
    @discardableResult
    public func putComment(
        _ commentID: CommentID,
        of id: IncidentID,
        message: String,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Put<IncidentComment> {
        try FieldCheck.identifier(commentID.rawValue, field: "name")
        try FieldCheck.required(message, field: "message", characters: CasebookLimits.commentCharacters)
        let mentioned = await mentioned(in: message)
        return try await change(by: actor) { transaction in
            guard let known = try IncidentComment.fetch(commentID, of: id, in: transaction.database) else {
                let added = try transaction.addComment(message, to: id, id: commentID, mentioning: mentioned)
                return Put(value: added, isNew: true)
            }
            let edited = try transaction.edit(known, message: message, expecting: version, mentioning: mentioned)
            return Put(value: edited, isNew: false)
        }
    }

    /// Changes a remark's text; its author alone may.
    ///
    /// - Throws: `CasebookError` with code `notFound`, `forbidden`, `conflict` or `invalidField`.
    @discardableResult
    public func editComment(
        _ commentID: CommentID,
        of id: IncidentID,
        message: String,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentComment {
        try FieldCheck.required(message, field: "message", characters: CasebookLimits.commentCharacters)
        let mentioned = await mentioned(in: message)
        return try await change(by: actor) { transaction in
            try transaction.edit(
                try transaction.comment(commentID, of: id), message: message, expecting: version,
                mentioning: mentioned)
        }
    }

    /// Takes a remark away; its author alone may. The journal keeps that it was there.
    ///
    /// - Returns: False when there is none.
    /// - Throws: `CasebookError` with code `forbidden` or `conflict`.
    @discardableResult
    public func deleteComment(
        _ commentID: CommentID,
        of id: IncidentID,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard let known = try IncidentComment.fetch(commentID, of: id, in: transaction.database) else {
                return false
            }
            try transaction.requireAuthor(of: known)
            try CasebookTransaction.requireVersion(version, now: known.version, of: "the comment")
            try transaction.execute(
                "DELETE FROM casebook_comment WHERE incident = ? AND id = ?", [id.rawValue, commentID.rawValue])
            try transaction.touch(id)
            try transaction.note(.commentDeleted(id, commentID))
            return true
        }
    }

    /// In the order in which they were written.
    public func comments(of id: IncidentID) async throws(CasebookError) -> [IncidentComment] {
        try await reading { database in
            try database.cachedStatement(sql: "SELECT * FROM casebook_comment WHERE incident = ? ORDER BY seq")
                .all([id.rawValue], IncidentComment.init(row:))
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

    fileprivate func addComment(
        _ message: String, to id: IncidentID, id commentID: CommentID, mentioning mentioned: [MentionedPerson]
    ) throws -> IncidentComment {
        var stored = try storedIncident(id)
        try requireRoom(
            in: "casebook_comment", of: stored.incident, limit: CasebookLimits.commentsPerIncident, field: "comments")
        try execute(
            """
            INSERT INTO casebook_comment
                (id, incident, message, author_kind, author_id, author_name, created, modified, version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            [
                commentID.rawValue, id.rawValue, message, actor.kind.rawValue, actor.id, actor.name, now.ticks,
                now.ticks,
            ])
        try touch(&stored)
        try note(.commentAdded(id, commentID))
        try mention(mentioned, in: commentID, of: id)
        return try comment(commentID, of: id)
    }

    fileprivate func edit(
        _ old: IncidentComment, message: String, expecting version: Int64?, mentioning mentioned: [MentionedPerson]
    ) throws -> IncidentComment {
        try requireAuthor(of: old)
        try CasebookTransaction.requireVersion(version, now: old.version, of: "the comment")
        guard old.message != message else { return old }
        try execute(
            """
            UPDATE casebook_comment SET message = ?, modified = ?, version = version + 1
            WHERE incident = ? AND id = ?
            """, [message, now.ticks, old.incidentID.rawValue, old.id.rawValue])
        try touch(old.incidentID)
        try note(.commentChanged(old.incidentID, old.id))
        try mention(mentioned, in: old.id, of: old.incidentID, before: old.message)
        return try comment(old.id, of: old.incidentID)
    }

    fileprivate func requireAuthor(of comment: IncidentComment) throws(CasebookError) {
        guard comment.author.kind == actor.kind, comment.author.id == actor.id else {
            throw CasebookError(
                .forbidden, field: "author",
                "the comment is by \(comment.author.name), who alone may change or delete it; write one of your own")
        }
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
