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
            let taskID = taskID ?? TaskID(transaction.identifiers.next())
            if let known = try IncidentTask.fetch(taskID, of: id, in: transaction.database) { return known }
            return try transaction.addTask(title: title, description: description, to: id, id: taskID)
        }
    }

    /// Adds a piece of work under an id, or replaces what stands in the one of this id.
    ///
    /// - Throws: As `addTask` and `updateTask` do.
    @discardableResult
    public func putTask(
        _ taskID: TaskID,
        of id: IncidentID,
        title: String,
        description: String = "",
        status: IncidentTask.Status = .new,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Put<IncidentTask> {
        try FieldCheck.identifier(taskID.rawValue, field: "name")
        try FieldCheck.title(title)
        try FieldCheck.bounded(description, field: "description", characters: CasebookLimits.commentCharacters)
        return try await change(by: actor) { transaction in
            let known = try IncidentTask.fetch(taskID, of: id, in: transaction.database)
            let old =
                try known ?? transaction.addTask(title: title, description: description, to: id, id: taskID)
            try CasebookTransaction.requireVersion(known == nil ? nil : version, now: old.version, of: "the task")
            var task = old
            task.title = title.trimmedBlanks
            task.description = description
            task.status = status
            return Put(value: try transaction.replace(old, by: task), isNew: known == nil)
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
            return try transaction.replace(old, by: task)
        }
    }

    /// Takes a piece of work away; the journal keeps that it was there.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteTask(
        _ taskID: TaskID,
        of id: IncidentID,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard let known = try IncidentTask.fetch(taskID, of: id, in: transaction.database) else { return false }
            try CasebookTransaction.requireVersion(version, now: known.version, of: "the task")
            try transaction.execute(
                "DELETE FROM casebook_task WHERE incident = ? AND id = ?", [id.rawValue, taskID.rawValue])
            try transaction.touch(id)
            try transaction.note(.taskDeleted(id, taskID))
            return true
        }
    }

    /// In the order in which they were added.
    public func tasks(of id: IncidentID) async throws(CasebookError) -> [IncidentTask] {
        try await reading { database in
            try database.cachedStatement(sql: "SELECT * FROM casebook_task WHERE incident = ? ORDER BY seq")
                .all([id.rawValue], IncidentTask.init(row:))
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
    func addTask(title: String, description: String, to id: IncidentID, id taskID: TaskID) throws -> IncidentTask {
        var stored = try storedIncident(id)
        try requireRoom(
            in: "casebook_task", of: stored.incident, limit: CasebookLimits.tasksPerIncident, field: "tasks")
        let task = IncidentTask(
            id: taskID, incidentID: id, title: title.trimmedBlanks, description: description, status: .new,
            createdBy: actor, createdTime: now, lastModifiedBy: actor, lastModifiedTime: now, version: 1)
        try insert(task)
        try touch(&stored)
        try note(.taskAdded(id, taskID, title: task.title))
        return task
    }

    fileprivate func replace(_ old: IncidentTask, by new: IncidentTask) throws -> IncidentTask {
        guard new != old else { return old }
        var task = new
        task.lastModifiedBy = actor
        task.lastModifiedTime = now
        task.version += 1
        try update(task)
        try touch(task.incidentID)
        try note(.taskChanged(task.incidentID, task.id, task.changes(since: old)))
        return task
    }

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
