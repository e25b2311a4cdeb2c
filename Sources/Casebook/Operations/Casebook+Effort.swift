internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

extension Casebook {
    /// Notes time that the actor spent on an incident.
    ///
    /// - Parameter minutes: 1 to 1,440: a day's work at a time.
    /// - Throws: `CasebookError` with code `notFound`, `invalidField`, or `limitReached` at 1,000 entries.
    @discardableResult
    public func addTime(
        minutes: Int,
        note: String = "",
        to id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> TimeEntry {
        guard (1...1_440).contains(minutes) else {
            throw CasebookError(
                .invalidField, field: "minutes", "\(minutes) minutes cannot be noted at once; give 1 to 1440")
        }
        try FieldCheck.bounded(note, field: "note", characters: CasebookLimits.titleCharacters)
        return try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            try transaction.requireRoom(
                in: "casebook_time", of: stored.incident, limit: CasebookLimits.timeEntriesPerIncident,
                field: "timeEntries")
            let entry = TimeEntry(
                id: TimeEntryID(transaction.identifiers.next()), incidentID: id, person: actor, minutes: minutes,
                note: note, madeTime: transaction.now)
            try transaction.execute(
                """
                INSERT INTO casebook_time (id, incident, person_kind, person_id, person_name, minutes, note, made)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    entry.id.rawValue, id.rawValue, actor.kind.rawValue, actor.id, actor.name, minutes, note,
                    transaction.now.ticks,
                ])
            try transaction.touch(&stored)
            try transaction.note(.effort(id, .timeAdded(entry.id, minutes: minutes)))
            return entry
        }
    }

    /// Takes a time entry away; who made it alone may.
    ///
    /// - Returns: False when there is none.
    /// - Throws: `CasebookError` with code `forbidden`.
    @discardableResult
    public func deleteTime(
        _ entryID: TimeEntryID,
        of id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            let row = try transaction.row(
                "SELECT * FROM casebook_time WHERE incident = ? AND id = ?", [id.rawValue, entryID.rawValue])
            guard let entry = row.map(TimeEntry.init(row:)) else { return false }
            guard entry.person.kind == actor.kind, entry.person.id == actor.id else {
                throw CasebookError(
                    .forbidden, field: "person", "the time was noted by \(entry.person.name), who alone may delete it")
            }
            try transaction.execute(
                "DELETE FROM casebook_time WHERE incident = ? AND id = ?", [id.rawValue, entryID.rawValue])
            try transaction.touch(id)
            try transaction.note(.effort(id, .timeDeleted(entryID, minutes: entry.minutes)))
            return true
        }
    }

    /// In the order in which it was noted.
    public func timeEntries(of id: IncidentID) async throws(CasebookError) -> [TimeEntry] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM casebook_time WHERE incident = ? ORDER BY seq", arguments: [id.rawValue]
            ).map(TimeEntry.init(row:))
        }
    }

    /// Gives an incident a team; it has at most one.
    ///
    /// - Throws: `CasebookError` with code `notFound`, `invalidField`, or `conflict` when it has a team.
    @discardableResult
    public func createTeam(
        _ new: NewIncidentTeam,
        for id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentTeam {
        try new.check()
        return try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            if let known = try IncidentTeam.fetch(of: id, in: transaction.database) {
                throw CasebookError(
                    .conflict, field: "teamName",
                    "incident \(stored.incident.number) has the team '\(known.name)' already")
            }
            let team = IncidentTeam(
                id: transaction.identifiers.next(), name: new.name.trimmedBlanks, description: new.description,
                channelURL: new.channelURL, memberIDs: new.memberIDs, groupIDs: new.groupIDs,
                createdTime: transaction.now)
            try team.insert(for: id, in: transaction)
            try transaction.touch(&stored)
            try transaction.note(.effort(id, .teamCreated(name: team.name)))
            return team
        }
    }

    /// The teams of some incidents, in one reading; incidents without one are left out.
    public func teams(of ids: some Sequence<IncidentID>) async throws(CasebookError) -> [IncidentID: IncidentTeam] {
        let ids = Array(ids)
        return try await reading { database in
            var teams: [IncidentID: IncidentTeam] = [:]
            for id in ids { teams[id] = try IncidentTeam.fetch(of: id, in: database) }
            return teams
        }
    }

    /// The team of an incident; nil when it has none.
    public func team(of id: IncidentID) async throws(CasebookError) -> IncidentTeam? {
        try await reading { try IncidentTeam.fetch(of: id, in: $0) }
    }
}

extension NewIncidentTeam {
    fileprivate func check() throws(CasebookError) {
        try FieldCheck.required(name, field: "teamName", characters: CasebookLimits.labelCharacters)
        try FieldCheck.bounded(description, field: "teamDescription", characters: CasebookLimits.descriptionCharacters)
        try FieldCheck.bounded(channelURL, field: "primaryChannelUrl", characters: CasebookLimits.descriptionCharacters)
        guard channelURL.isEmpty || channelURL.hasPrefix("https://") || channelURL.hasPrefix("http://") else {
            throw CasebookError(
                .invalidField, field: "primaryChannelUrl", "the team's channel is no web address; begin with https://")
        }
        for (field, ids) in [("memberIds", memberIDs), ("groupIds", groupIDs)] {
            try FieldCheck.count(ids.count, field: field, most: CasebookLimits.watchersPerIncident)
            for id in ids { try FieldCheck.identifier(id, field: field) }
        }
    }
}

extension IncidentTeam {
    fileprivate func insert(for incident: IncidentID, in transaction: CasebookTransaction) throws {
        func text(_ ids: [String]) -> String { JSON.array(ids.map(JSON.string)).description }
        try transaction.execute(
            """
            INSERT INTO casebook_team (incident, id, name, description, channel_url, members, groups, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                incident.rawValue, id, name, description, channelURL, text(memberIDs), text(groupIDs),
                createdTime.ticks,
            ])
    }

    fileprivate static func fetch(of incident: IncidentID, in database: Database) throws -> IncidentTeam? {
        let statement = try database.cachedStatement(sql: "SELECT * FROM casebook_team WHERE incident = ?")
        func ids(_ text: String) throws -> [String] {
            (try JSON(parsing: text).arrayValue ?? []).compactMap(\.stringValue)
        }
        return try Row.fetchOne(statement, arguments: [incident.rawValue]).map { row in
            IncidentTeam(
                id: row["id"], name: row["name"], description: row["description"], channelURL: row["channel_url"],
                memberIDs: try ids(row["members"]), groupIDs: try ids(row["groups"]),
                createdTime: Instant(ticks: row["created"]))
        }
    }
}

extension TimeEntry {
    fileprivate init(row: Row) {
        self.init(
            id: TimeEntryID(row["id"] as String), incidentID: IncidentID(row["incident"] as String),
            person: JournalActor(row: row, prefix: "person"), minutes: row["minutes"], note: row["note"],
            madeTime: Instant(ticks: row["made"]))
    }
}
