internal import GRDB
public import JSON
public import StateStore

extension Casebook {
    /// Makes an incident one of a type: it gets the tasks that it has not yet, and the labels.
    ///
    /// Values of fields that the type does not have are kept, but no longer shown.
    ///
    /// - Throws: `CasebookError` with code `notFound`, `conflict`, or `limitReached` when there is no room for the tasks or
    ///   labels.
    @discardableResult
    public func apply(
        _ type: IncidentType,
        to id: IncidentID,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> Incident {
        try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            try stored.incident.requireVersion(version)
            let known = Set(
                try transaction.rows("SELECT title FROM casebook_task WHERE incident = ?", [id.rawValue]).map {
                    $0["title"] as String
                })
            if stored.incident.typeName != type.name {
                let old = stored.incident.typeName
                stored.incident.typeName = type.name
                try transaction.addLabels(type.labels, to: &stored)
                try transaction.touch(&stored)
                try transaction.note(.typed(id, .typeChanged(old: old, new: type.name)))
            }
            for task in type.tasks where !known.contains(task.title) {
                _ = try transaction.addTask(
                    title: task.title, description: task.description, to: id,
                    id: TaskID(transaction.identifiers.next()))
            }
            let incident = try transaction.storedIncident(id).incident
            return try IncidentLists(database: transaction.database).filled(incident)
        }
    }

    /// Sets custom fields; null takes a value away, fields that are not named stay.
    ///
    /// - Parameter type: The incident's type, which says what fields there are.
    /// - Throws: `CasebookError` with code `notFound`, `conflict`, or `invalidField` for a field that the type does not have
    ///   or a value that is not in its form, named `fields.name`.
    @discardableResult
    public func setFields(
        _ values: [String: JSON],
        of id: IncidentID,
        as type: IncidentType,
        expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> [CustomFieldValue] {
        var checked: [(name: String, value: JSON)] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            guard let field = type.fields.first(where: { $0.name == name }) else {
                throw CasebookError(
                    .invalidField, field: "fields.\(name.prefix(100))",
                    "incidents of the type '\(type.title)' have no field '\(name.prefix(100))'")
            }
            checked.append((name, try field.checked(value)))
        }
        return try await change(by: actor) { [checked] transaction in
            var stored = try transaction.storedIncident(id)
            try stored.incident.requireVersion(version)
            guard stored.incident.typeName == type.name else {
                throw CasebookError(
                    .conflict, field: "type", "incident \(stored.incident.number) is not of the type '\(type.title)'")
            }
            let changes = try checked.compactMap { try transaction.setField($0.name, $0.value, of: id) }
            if !changes.isEmpty {
                try transaction.touch(&stored)
                try transaction.note(.typed(id, .fieldsChanged(changes)))
            }
            return try CustomFieldValue.fetchAll(of: id, in: transaction.database)
        }
    }

    /// The values of custom fields, by name.
    public func fields(of id: IncidentID) async throws(CasebookError) -> [CustomFieldValue] {
        try await reading { try CustomFieldValue.fetchAll(of: id, in: $0) }
    }
}

extension CustomFieldValue {
    fileprivate static func fetchAll(of id: IncidentID, in database: Database) throws -> [CustomFieldValue] {
        let statement = try database.cachedStatement(
            sql: "SELECT name, value FROM casebook_field WHERE incident = ? ORDER BY name")
        return try Row.fetchAll(statement, arguments: [id.rawValue]).map { row in
            let text: String = row["value"]
            return CustomFieldValue(name: row["name"], value: try JSON(parsing: text))
        }
    }
}

extension CasebookTransaction {
    /// - Returns: Nil when nothing changed.
    fileprivate func setField(_ name: String, _ value: JSON, of id: IncidentID) throws -> TypeEvent.Change? {
        let row = try row(
            "SELECT value FROM casebook_field WHERE incident = ? AND name = ?", [id.rawValue, name])
        let old: String = row?["value"] ?? ""
        let new = value == .null ? "" : value.description
        guard old != new else { return nil }
        if new.isEmpty {
            try execute("DELETE FROM casebook_field WHERE incident = ? AND name = ?", [id.rawValue, name])
        } else {
            try execute(
                """
                INSERT INTO casebook_field (incident, name, value) VALUES (?, ?, ?)
                ON CONFLICT (incident, name) DO UPDATE SET value = excluded.value
                """, [id.rawValue, name, new])
        }
        return TypeEvent.Change(name: name, old: old, new: new)
    }

    fileprivate func addLabels(_ names: [String], to stored: inout StoredIncident) throws {
        let own = try IncidentLists(database: database).labels(of: stored.incident.id)
        let known = Set(own.map { $0.name.lowercased() })
        let added = names.filter { !known.contains($0.lowercased()) }
        guard !added.isEmpty else { return }
        let all = own + added.map { IncidentLabel(name: $0, kind: .autoAssigned) }
        try FieldCheck.labelCount(all)
        stored.incident.labels = all
        try stored.saveLabels(in: database)
    }
}
