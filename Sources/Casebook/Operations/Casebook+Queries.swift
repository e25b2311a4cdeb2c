internal import GRDB
internal import JSON
public import StateStore
internal import Vocabulary

extension Casebook {
    /// One incident with its lists; nil when there is none.
    public func incident(_ id: IncidentID) async throws(CasebookError) -> Incident? {
        try await reading { database in
            guard let stored = try StoredIncident.fetch(id, in: database) else { return nil }
            return try IncidentLists(database: database).filled(stored.incident)
        }
    }

    /// The incidents of some ids with their lists, in one reading; unknown ids are left out.
    public func incidents(_ ids: some Sequence<IncidentID>) async throws(CasebookError) -> [Incident] {
        let ids = Array(ids)
        return try await reading { try IncidentLists(database: $0).incidents(ids) }
    }

    /// The incident of a number; nil when there is none.
    public func incident(number: Int) async throws(CasebookError) -> Incident? {
        try await incidents(IncidentQuery(.number(number...number), limit: 1)).incidents.first
    }

    /// One page of incidents.
    public func incidents(_ query: IncidentQuery = IncidentQuery()) async throws(CasebookError) -> IncidentPage {
        let condition = query.filter.condition()
        let limit = min(max(query.limit, 0), CasebookLimits.pageSize)
        let offset = max(query.offset, 0)
        let order = query.order.sql
        let arguments = StatementArguments(condition.arguments.map(\.databaseValue))
        return try await reading { database in
            // An index tells which incidents they are; only the rows of the page are read.
            let sql =
                "SELECT i.rowid FROM casebook_incident i WHERE \(condition.text) ORDER BY \(order) LIMIT ? OFFSET ?"
            let places = try Int64.fetchAll(
                database.cachedStatement(sql: sql), arguments: arguments + [limit, offset])
            var incidents = try database.cachedStatement(
                sql: """
                    SELECT i.* FROM json_each(?) wanted CROSS JOIN casebook_incident i ON i.rowid = wanted.value
                    ORDER BY wanted.key
                    """
            ).all([JSON.array(places.map(JSON.int)).description], Incident.init(row:))
            try IncidentLists(database: database).fill(&incidents, query.detail)
            let counting =
                query.filter.isTallied
                ? "SELECT SUM(i.incidents) FROM casebook_tally i WHERE \(condition.text)"
                : "SELECT COUNT(*) FROM casebook_incident i WHERE \(condition.text)"
            let total = try Int.fetchOne(database.cachedStatement(sql: counting), arguments: arguments)
            return IncidentPage(incidents: incidents, total: total ?? 0)
        }
    }

    /// One alert; nil when there is none.
    public func alert(_ id: AlertID) async throws(CasebookError) -> Alert? {
        try await reading { try AlertRows(database: $0).fetch(id) }
    }

    /// The alerts of some ids, in one reading; unknown ids are left out.
    public func alerts(_ ids: some Sequence<AlertID>) async throws(CasebookError) -> [Alert] {
        let text = JSON.array(ids.map { .string($0.rawValue) }).description
        return try await reading { database in
            let sql = """
                SELECT \(AlertRows.columns) FROM json_each(?) wanted CROSS JOIN \(AlertRows.source)
                WHERE a.id = wanted.value
                """
            return try database.cachedStatement(sql: sql).all([text], AlertRows.alert)
        }
    }

    /// The remarks and pieces of work of some incidents, each in the order in which they were made, in one reading.
    public func notes(of ids: some Sequence<IncidentID>) async throws(CasebookError) -> [IncidentID: IncidentNotes] {
        let text = JSON.array(ids.map { .string($0.rawValue) }).description
        return try await reading { database in
            func rows<Note>(_ table: String, _ read: (Row) throws -> Note) throws -> [Note] {
                let sql = """
                    SELECT n.* FROM json_each(?) wanted CROSS JOIN \(table) n ON n.incident = wanted.value ORDER BY n.seq
                    """
                return try database.cachedStatement(sql: sql).all([text], read)
            }
            var notes: [IncidentID: IncidentNotes] = [:]
            for comment in try rows("casebook_comment", IncidentComment.init(row:)) {
                notes[comment.incidentID, default: IncidentNotes()].comments.append(comment)
            }
            for task in try rows("casebook_task", IncidentTask.init(row:)) {
                notes[task.incidentID, default: IncidentNotes()].tasks.append(task)
            }
            return notes
        }
    }

    /// All alerts, the newest recorded first; at most 1,000 at a time.
    public func alerts(limit: Int = 100, offset: Int = 0) async throws(CasebookError) -> [Alert] {
        try await alerts(
            where: "1", order: "a.seq DESC", [], limit: min(max(limit, 0), CasebookLimits.pageSize),
            offset: max(offset, 0))
    }

    /// The alerts of an incident in the order of their first activity.
    public func alerts(of incident: IncidentID) async throws(CasebookError) -> [Alert] {
        try await alerts(where: "a.incident = ?", order: "a.start, a.id", [incident.rawValue])
    }

    private func alerts(
        where condition: String,
        order: String,
        _ arguments: [String],
        limit: Int = CasebookLimits.pageSize,
        offset: Int = 0
    ) async throws(CasebookError) -> [Alert] {
        try await reading { database in
            let sql = """
                SELECT \(AlertRows.columns) FROM \(AlertRows.source) WHERE \(condition)
                ORDER BY \(order) LIMIT ? OFFSET ?
                """
            return try database.cachedStatement(sql: sql)
                .all(StatementArguments(arguments) + [limit, offset], AlertRows.alert)
        }
    }

    /// The incidents whose alerts name an entity, the newest first, as summaries; at most 1,000.
    public func incidents(ofEntity id: EntityID) async throws(CasebookError) -> [Incident] {
        try await incidents(
            IncidentQuery(
                .entity(id), order: .by(.number, descending: true), limit: CasebookLimits.pageSize, detail: .summary)
        ).incidents
    }

    /// What was done to an incident, the newest first: who, what, before and after, when.
    ///
    /// - Parameter sequence: Entries before this one; the last of a page leads to the next.
    public func activity(
        of incident: IncidentID,
        before sequence: Int64 = .max,
        limit: Int = 500
    ) async throws(CasebookError) -> [JournalEntry] {
        do {
            return try await journal.entries(subject: incident.rawValue, before: sequence, limit: limit)
        } catch {
            throw CasebookError(.storage, "the journal cannot be read: \(error)")
        }
    }
}
