internal import Chronology
internal import GRDB
public import StateStore

extension Casebook {
    /// Makes somebody hear of an incident; who watches already goes on doing so.
    ///
    /// - Throws: `CasebookError` with code `notFound`, or `limitReached` at 200 watchers.
    public func watch(_ id: IncidentID, by person: JournalActor) async throws(CasebookError) {
        try await change(by: person) { transaction in
            _ = try transaction.storedIncident(id)
            try transaction.addWatcher(person, to: id, reason: .own)
        }
    }

    /// - Returns: False when the person did not watch it.
    @discardableResult
    public func unwatch(_ id: IncidentID, by person: JournalActor) async throws(CasebookError) -> Bool {
        try await change(by: person) { transaction in
            try transaction.execute(
                "DELETE FROM casebook_watcher WHERE incident = ? AND person_kind = ? AND person_id = ?",
                [id.rawValue, person.kind.rawValue, person.id])
            guard transaction.database.changesCount > 0 else { return false }
            try transaction.note(.watching(id, .ended(person)))
            return true
        }
    }

    /// Who hears of an incident, those first who have done so longest.
    public func watchers(of id: IncidentID) async throws(CasebookError) -> [IncidentWatcher] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM casebook_watcher WHERE incident = ? ORDER BY since, person_id",
                arguments: [id.rawValue]
            ).map { row in
                IncidentWatcher(
                    person: JournalActor(row: row, prefix: "person"),
                    reason: IncidentWatcher.Reason(rawValue: row["reason"]) ?? .own,
                    since: Instant(ticks: row["since"]))
            }
        }
    }

    /// The people whom a text mentions.
    func mentioned(in text: String) async -> [MentionedPerson] {
        var found: [MentionedPerson] = []
        for name in Mention.names(in: text) {
            guard let person = await people.person(named: name), !found.contains(where: { $0.person == person }) else {
                continue
            }
            found.append(MentionedPerson(name: name, person: person))
        }
        return found
    }
}

extension CasebookTransaction {
    /// Notes mentions, and makes watchers of the mentioned.
    ///
    /// - Parameter old: What the comment said before; who was named there has heard of it.
    func mention(_ mentioned: [MentionedPerson], in comment: CommentID, of id: IncidentID, before old: String = "")
        throws
    {
        let known = Set(Mention.names(in: old).map { $0.lowercased() })
        for mention in mentioned where !known.contains(mention.name.lowercased()) {
            let person = mention.person
            guard (person.kind, person.id) != (actor.kind, actor.id) else { continue }
            try addWatcher(person, to: id, reason: .mention)
            try note(.watching(id, .mentioned(person, comment)))
        }
    }

    fileprivate func addWatcher(
        _ person: JournalActor, to id: IncidentID, reason: IncidentWatcher.Reason
    ) throws {
        let count = try row("SELECT COUNT(*) AS n FROM casebook_watcher WHERE incident = ?", [id.rawValue])
        guard let count = count?["n"] as Int?, count < CasebookLimits.watchersPerIncident else {
            throw CasebookError(
                .limitReached, field: "watchers",
                "the incident has its \(CasebookLimits.watchersPerIncident) watchers already")
        }
        try execute(
            """
            INSERT INTO casebook_watcher (incident, person_kind, person_id, person_name, reason, since)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """, [id.rawValue, person.kind.rawValue, person.id, person.name, reason.rawValue, now.ticks])
        if database.changesCount > 0 { try note(.watching(id, .began(person, reason))) }
    }
}
