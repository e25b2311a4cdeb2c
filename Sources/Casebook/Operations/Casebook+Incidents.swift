internal import Chronology
internal import GRDB
internal import JSON
public import StateStore
internal import Vocabulary

extension Casebook {
    /// Makes an incident by hand.
    ///
    /// - Throws: `CasebookError` with code `conflict` when the id is taken, `invalidField` for a bad field.
    public func create(_ new: NewIncident, by actor: JournalActor) async throws(CasebookError) -> Incident {
        try new.check()
        return try await change(by: actor) { transaction in
            let id = new.id ?? IncidentID(transaction.identifiers.next())
            guard try StoredIncident.fetch(id, in: transaction.database) == nil else {
                throw CasebookError(.conflict, field: "name", "there is an incident \(id) already")
            }
            var incident = Incident(
                blank: id, number: try transaction.nextIncidentNumber(), title: new.title.trimmedBlanks,
                severity: new.severity, created: transaction.now, by: actor)
            incident.description = new.description
            incident.owner = new.owner
            incident.labels = new.labels
            incident.providerName = new.providerName
            incident.classification = new.classification
            incident.classificationComment = new.classificationComment
            incident.firstActivityTime = new.firstActivityTime
            incident.lastActivityTime = new.lastActivityTime
            _ = try incident.move(to: new.status, at: transaction.now)
            var stored = StoredIncident(new: incident, mode: .separate)
            stored.isTouched = actor.isOutside
            stored.ownFields = [.title, .severity]
            if new.firstActivityTime != nil { stored.ownFields.insert(.firstActivityTime) }
            if new.lastActivityTime != nil { stored.ownFields.insert(.lastActivityTime) }
            try stored.insert(in: transaction.database)
            let summary = CasebookEvent.IncidentSummary(
                number: incident.number, title: incident.title, severity: incident.severity, alertIDs: [])
            try transaction.note(.incidentCreated(id, summary))
            return incident
        }
    }

    /// Changes fields of an incident; a change that changes nothing leaves version and journal as they are.
    ///
    /// - Parameter version: The version that the caller has seen; another one now is a conflict. Nil: the last writer
    ///   wins.
    /// - Throws: `CasebookError` with code `notFound`, `conflict`, `invalidField`, `invalidTransition` or
    ///   `invalidClassification`.
    @discardableResult
    public func update(
        _ id: IncidentID,
        _ change: IncidentChange,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Incident {
        try change.check()
        return try await self.change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            try stored.incident.requireVersion(version)
            stored.incident = try IncidentLists(database: transaction.database).filled(stored.incident)
            let before = stored.incident
            try stored.apply(change, at: transaction.now)
            let changes = stored.incident.changes(since: before)
            guard stored.incident != before else { return before }
            stored.incident.touch(at: transaction.now, by: actor, isTriage: true)
            stored.isTouched = stored.isTouched || actor.isOutside
            try stored.save(in: transaction.database)
            if stored.incident.labels != before.labels { try stored.saveLabels(in: transaction.database) }
            try transaction.note(.incidentUpdated(id, changes))
            return stored.incident
        }
    }

    /// Deletes an incident with its comments and tasks; its alerts stay.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func delete(_ id: IncidentID, by actor: JournalActor) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard let stored = try StoredIncident.fetch(id, in: transaction.database) else { return false }
            try transaction.execute("DELETE FROM casebook_incident WHERE id = ?", [id.rawValue])
            try transaction.note(.incidentDeleted(id, number: stored.incident.number))
            return true
        }
    }

    /// Notes a priority; it changes neither the incident's version nor its modification time.
    ///
    /// - Returns: False when the score was the same with the same reasons; then nothing is written.
    @discardableResult
    public func setPriority(
        _ priority: IncidentPriority,
        of id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard let isNew = try transaction.setPriority(priority, of: id) else {
                throw CasebookError(.notFound, "there is no incident \(id)")
            }
            return isNew
        }
    }

    /// Notes the priorities of several incidents in one transaction; those that are not there any more are passed over.
    ///
    /// - Returns: How many got another score or other reasons.
    @discardableResult
    public func setPriorities(
        _ priorities: [IncidentID: IncidentPriority],
        by actor: JournalActor
    ) async throws(CasebookError) -> Int {
        guard !priorities.isEmpty else { return 0 }
        return try await change(by: actor) { transaction in
            try priorities.sorted { $0.key < $1.key }.count { id, priority in
                try transaction.setPriority(priority, of: id) == true
            }
        }
    }
}

extension CasebookTransaction {
    /// Whether it is another priority than before; nil when there is no such incident.
    fileprivate func setPriority(_ priority: IncidentPriority, of id: IncidentID) throws -> Bool? {
        guard let row = try row("SELECT score, priority FROM casebook_incident WHERE id = ?", [id.rawValue]) else {
            return nil
        }
        let reasons = priority.json.description
        let isScored = (row["priority"] as String?) != nil
        let old: Int? = isScored ? row["score"] : nil
        guard old != priority.score || row["priority"] != reasons else { return false }
        try execute(
            "UPDATE casebook_incident SET score = ?, priority = ? WHERE id = ?", [priority.score, reasons, id.rawValue])
        if old != priority.score { try note(.incidentScored(id, old: old, new: priority.score)) }
        return true
    }
}

extension StoredIncident {
    /// Applies a change; classification comes before status, since closing needs it.
    fileprivate mutating func apply(_ change: IncidentChange, at now: Instant) throws(CasebookError) {
        func set<Value>(
            _ field: FieldChange.Field,
            _ path: WritableKeyPath<Incident, Value>,
            _ value: Value?
        ) {
            guard let value else { return }
            incident[keyPath: path] = value
            ownFields.insert(field)
        }
        set(.title, \.title, change.title?.trimmedBlanks)
        set(.description, \.description, change.description)
        set(.severity, \.severity, change.severity)
        set(.firstActivityTime, \.firstActivityTime, change.firstActivityTime.map(Optional.some))
        set(.lastActivityTime, \.lastActivityTime, change.lastActivityTime.map(Optional.some))
        switch change.owner {
        case .assign(let owner): incident.owner = owner
        case .unassign: incident.owner = nil
        case nil: break
        }
        if let labels = change.labels { incident.labels = labels }
        incident.labels.removeAll { label in
            change.removedLabels.contains { $0.lowercased() == label.name.lowercased() }
        }
        for label in change.addedLabels
        where !incident.labels.contains(where: { $0.name.lowercased() == label.name.lowercased() }) {
            incident.labels.append(label)
        }
        guard incident.labels.count <= CasebookLimits.labelsPerIncident else {
            throw CasebookError(
                .limitReached, field: "labels",
                "an incident has at most \(CasebookLimits.labelsPerIncident) labels")
        }
        let reopens = incident.status == .closed && change.status != nil && change.status != .closed
        if let classification = change.classification, !reopens { incident.classification = classification }
        if let comment = change.classificationComment, !reopens { incident.classificationComment = comment }
        if let status = change.status { _ = try incident.move(to: status, at: now) }
    }
}

extension Incident {
    func requireVersion(_ expected: Int64?) throws(CasebookError) {
        guard let expected, expected != version else { return }
        throw CasebookError(
            .conflict, field: "etag",
            "incident \(number) was changed by \(modifiedBy) meanwhile; read it again and repeat the change")
    }
}

extension JournalActor {
    /// A person or a client program, as against Tocsin's own automation.
    var isOutside: Bool { kind == .user || kind == .application }
}
