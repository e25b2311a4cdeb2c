internal import Chronology
internal import GRDB
public import StateStore
internal import Vocabulary

extension Casebook {
    /// Keeps a bookmark, or replaces what stands in the one of this id.
    ///
    /// - Parameters:
    ///   - id: Nil makes a fresh one.
    ///   - incident: Where the bookmark is to belong; nil leaves it where it is.
    ///   - version: The version that the caller has seen; another one now is a conflict. Nil: the last writer wins.
    /// - Throws: `CasebookError` with code `invalidField`, `conflict`, `notFound` for an unknown incident, or
    ///   `limitReached` at 20 bookmarks in it.
    @discardableResult
    public func putBookmark(
        _ content: BookmarkContent,
        id: BookmarkID? = nil,
        in incident: IncidentID? = nil,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Put<Bookmark> {
        let content = try content.checked()
        if let id { try FieldCheck.identifier(id.rawValue, field: "name") }
        return try await change(by: actor) { transaction in
            let id = id ?? BookmarkID(transaction.identifiers.next())
            let isNew = try transaction.write(content, as: id, expecting: version)
            if let incident {
                _ = try transaction.relate(incident, to: .bookmark(id), named: nil, expecting: nil)
            }
            return Put(value: try transaction.bookmark(id), isNew: isNew)
        }
    }

    /// Takes a bookmark away, out of its incident too.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteBookmark(
        _ id: BookmarkID,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            let rows = BookmarkRows(database: transaction.database)
            guard let bookmark = try rows.fetch(id) else { return false }
            try CasebookTransaction.requireVersion(version, now: bookmark.version, of: "the bookmark")
            try rows.delete(id)
            let incident = bookmark.incident?.incidentID
            if let incident { try transaction.touch(incident) }
            try transaction.note(.bookmark(id, incident, .deleted(displayName: bookmark.content.displayName)))
            return true
        }
    }

    /// One bookmark; nil when there is none.
    public func bookmark(_ id: BookmarkID) async throws(CasebookError) -> Bookmark? {
        try await reading { try BookmarkRows(database: $0).fetch(id) }
    }

    /// All bookmarks, the newest first; at most 1,000 at a time.
    public func bookmarks(limit: Int = 100, offset: Int = 0) async throws(CasebookError) -> [Bookmark] {
        let limit = min(max(limit, 0), CasebookLimits.pageSize)
        return try await reading { try BookmarkRows(database: $0).page(limit: limit, offset: max(offset, 0)) }
    }

    /// The bookmarks of an incident in the order in which they were made.
    public func bookmarks(of incident: IncidentID) async throws(CasebookError) -> [Bookmark] {
        try await reading { try BookmarkRows(database: $0).fetchAll(of: incident) }
    }
}

extension CasebookTransaction {
    fileprivate func bookmark(_ id: BookmarkID) throws -> Bookmark {
        guard let bookmark = try BookmarkRows(database: database).fetch(id) else {
            throw CasebookError(.notFound, "there is no bookmark \(id)")
        }
        return bookmark
    }

    /// - Returns: True when there was none of this id.
    fileprivate func write(_ content: BookmarkContent, as id: BookmarkID, expecting version: Int64?) throws -> Bool {
        let rows = BookmarkRows(database: database)
        guard let old = try rows.fetch(id) else {
            let bookmark = Bookmark(
                id: id, content: content, incident: nil, createdBy: actor, createdTime: now, updatedBy: actor,
                updatedTime: now, version: 1)
            try rows.insert(bookmark)
            try note(.bookmark(id, nil, .created(displayName: content.displayName)))
            return true
        }
        try CasebookTransaction.requireVersion(version, now: old.version, of: "the bookmark")
        guard content != old.content else { return false }
        var bookmark = old
        bookmark.content = content
        bookmark.updatedBy = actor
        bookmark.updatedTime = now
        bookmark.version += 1
        try rows.update(bookmark)
        let incident = old.incident?.incidentID
        if let incident { try touch(incident) }
        try note(.bookmark(id, incident, .changed(content.changes(since: old.content))))
        return false
    }

    /// Notes that somebody worked on the incident.
    func touch(_ id: IncidentID) throws {
        var stored = try storedIncident(id)
        try touch(&stored)
    }
}

extension BookmarkContent {
    /// The content within the casebook's bounds.
    fileprivate func checked() throws(CasebookError) -> BookmarkContent {
        var content = self
        content.displayName = displayName.trimmedBlanks
        try FieldCheck.required(displayName, field: "displayName", characters: CasebookLimits.titleCharacters)
        try FieldCheck.required(query, field: "query", characters: CasebookLimits.queryCharacters)
        try FieldCheck.bounded(queryResult, field: "queryResult", characters: CasebookLimits.queryResultCharacters)
        try FieldCheck.bounded(notes, field: "notes", characters: CasebookLimits.notesCharacters)
        try FieldCheck.count(labels.count, field: "labels", most: CasebookLimits.labelsPerIncident)
        for label in labels {
            try FieldCheck.required(label, field: "labels", characters: CasebookLimits.labelCharacters)
        }
        try FieldCheck.count(entities.count, field: "entityMappings", most: CasebookLimits.entitiesPerBookmark)
        for entity in entities {
            try FieldCheck.count(
                entity.fields.count, field: "entityMappings", most: CasebookLimits.fieldsPerBookmarkEntity)
            for field in entity.fields {
                try FieldCheck.required(
                    field.identifier, field: "entityMappings", characters: CasebookLimits.labelCharacters)
                try FieldCheck.bounded(
                    field.value, field: "entityMappings", characters: CasebookLimits.commentCharacters)
            }
        }
        try FieldCheck.count(techniques.count, field: "techniques", most: CasebookLimits.techniquesPerBookmark)
        for technique in techniques {
            guard !technique.isEmpty, technique.utf8.count <= 32, !technique.contains(where: \.isWhitespace) else {
                throw CasebookError(
                    .invalidField, field: "techniques",
                    "'\(technique.prefix(40))' is no technique; give identifiers like T1110 or T1110.003")
            }
        }
        if let start = queryStartTime, let end = queryEndTime, end < start {
            throw CasebookError(
                .invalidField, field: "queryEndTime", "the query's time ends (\(end)) before it starts (\(start))")
        }
        return content
    }

    fileprivate func changes(since old: BookmarkContent) -> [FieldChange] {
        let texts: [(FieldChange.Field, (BookmarkContent) -> String)] = [
            (.displayName, \.displayName), (.query, \.query), (.queryResult, \.queryResult), (.notes, \.notes),
            (.labels, { $0.labels.joined(separator: ",") }), (.eventTime, { $0.eventTime?.description ?? "" }),
            (.queryStartTime, { $0.queryStartTime?.description ?? "" }),
            (.queryEndTime, { $0.queryEndTime?.description ?? "" }),
            (.entities, { $0.entities.map(\.entity.friendlyName).joined(separator: ",") }),
            (.tactics, { $0.tactics.map(\.rawValue).joined(separator: ",") }),
            (.techniques, { $0.techniques.joined(separator: ",") }),
        ]
        return texts.compactMap { field, text in
            let before = text(old)
            let after = text(self)
            return before == after ? nil : FieldChange(field, old: before.clipped, new: after.clipped)
        }
    }
}

extension String {
    /// As much of a text as a journal entry holds.
    fileprivate var clipped: String { count > 1_000 ? prefix(1_000) + "…" : self }
}
