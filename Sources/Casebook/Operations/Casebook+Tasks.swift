internal import Chronology
internal import GRDB
public import StateStore

extension Casebook {
    /// Adds a piece of work.
    ///
    /// - Parameter taskID: The identifier to give it; nil makes a fresh one. With one that exists already nothing is
    ///   added and the task of that id is returned, so that a repeated request has one effect.
    /// - Throws: `CasebookError` with code `notFound`, `invalidField`, or `limitReached` at 40 tasks.
    @discardableResult
    public func addTask(
        title: String,
        description: String = "",
        to id: IncidentID,
        id taskID: TaskID? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentTask {
        try FieldCheck.title(title)
        try FieldCheck.bounded(
            description, field: "description", characters: CasebookLimits.commentCharacters)
        return try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            let taskID = taskID ?? TaskID(transaction.identifiers.next())
            if let known = try IncidentTask.fetch(taskID, of: id, in: transaction.database) { return known }
            try transaction.requireRoom(
                in: "casebook_task", of: stored.incident, limit: CasebookLimits.tasksPerIncident, field: "tasks")
            let task = IncidentTask(
                id: taskID, incidentID: id, title: title.trimmedBlanks, description: description, status: .new,
                createdBy: actor, createdTime: transaction.now, lastModifiedBy: actor,
                lastModifiedTime: transaction.now, version: 1)
            try transaction.insert(task)
            try transaction.touch(&stored)
            try transaction.note(.taskAdded(id, taskID, title: task.title))
            return task
        }
    }

    /// Changes a piece of work; nil leaves a field as it is.
    ///
    /// - Throws: `CasebookError` with code `notFound`, `conflict` or `invalidField`.
    @discardableResult
    public func updateTask(
        _ taskID: TaskID,
        of id: IncidentID,
        title: String? = nil,
        description: String? = nil,
        status: IncidentTask.Status? = nil,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentTask {
        if let title { try FieldCheck.title(title) }
        if let description {
            try FieldCheck.bounded(
                description, field: "description", characters: CasebookLimits.commentCharacters)
        }
        return try await change(by: actor) { transaction in
            guard let old = try IncidentTask.fetch(taskID, of: id, in: transaction.database) else {
                throw CasebookError(.notFound, "incident \(id) has no task \(taskID)")
            }
            try CasebookTransaction.requireVersion(version, now: old.version, of: "the task")
            var task = old
            task.title = title?.trimmedBlanks ?? old.title
            task.description = description ?? old.description
            task.status = status ?? old.status
            guard task != old else { return old }
            task.lastModifiedBy = actor
            task.lastModifiedTime = transaction.now
            task.version += 1
            try transaction.update(task)
            var stored = try transaction.storedIncident(id)
            try transaction.touch(&stored)
            try transaction.note(.taskChanged(id, taskID, task.changes(since: old)))
            return task
        }
    }

    /// Takes a piece of work away; the journal keeps that it was there.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteTask(
        _ taskID: TaskID,
        of id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard try IncidentTask.fetch(taskID, of: id, in: transaction.database) != nil else { return false }
            try transaction.execute(
                "DELETE FROM casebook_task WHERE incident = ? AND id = ?", [id.rawValue, taskID.rawValue])
            var stored = try transaction.storedIncident(id)
            try transaction.touch(&stored)
            try transaction.note(.taskDeleted(id, taskID))
            return true
        }
    }

    /// In the order in which they were added.
    public func tasks(of id: IncidentID) async throws(CasebookError) -> [IncidentTask] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM casebook_task WHERE incident = ? ORDER BY seq", arguments: [id.rawValue]
            ).map(IncidentTask.init(row:))
        }
    }

    /// One piece of work; nil when there is none.
    public func task(_ taskID: TaskID, of id: IncidentID) async throws(CasebookError) -> IncidentTask? {
        try await reading { try IncidentTask.fetch(taskID, of: id, in: $0) }
    }
}

extension IncidentTask {
    fileprivate func changes(since old: IncidentTask) -> [FieldChange] {
        [
            FieldChange(.title, old: old.title, new: title),
            FieldChange(.description, old: old.description, new: description),
            FieldChange(.status, old: old.status.rawValue, new: status.rawValue),
        ].filter { $0.old != $0.new }
    }
}

extension CasebookTransaction {
    fileprivate func insert(_ task: IncidentTask) throws {
        let creator = task.createdBy
        try execute(
            """
            INSERT INTO casebook_task (id, incident, title, description, status, creator_kind, creator_id, creator_name,
                created, modifier_kind, modifier_id, modifier_name, modified, version)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                task.id.rawValue, task.incidentID.rawValue, task.title, task.description, task.status.rawValue,
                creator.kind.rawValue, creator.id, creator.name, task.createdTime.ticks, creator.kind.rawValue,
                creator.id, creator.name, task.lastModifiedTime.ticks, task.version,
            ])
    }

    fileprivate func update(_ task: IncidentTask) throws {
        let modifier = task.lastModifiedBy
        try execute(
            """
            UPDATE casebook_task SET title = ?, description = ?, status = ?, modifier_kind = ?, modifier_id = ?,
                modifier_name = ?, modified = ?, version = ? WHERE incident = ? AND id = ?
            """,
            [
                task.title, task.description, task.status.rawValue, modifier.kind.rawValue, modifier.id,
                modifier.name, task.lastModifiedTime.ticks, task.version, task.incidentID.rawValue, task.id.rawValue,
            ])
    }
}
