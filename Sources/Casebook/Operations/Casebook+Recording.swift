public import StateStore

extension Casebook {
    /// Takes an alert in: the alert, its entities, its incident and their journal entries in one transaction.
    ///
    /// Recording an alert again under the same id changes nothing and says so. Whatever the order in which alerts
    /// come, the same alerts make the same incidents, as long as nobody works on them meanwhile and none is full.
    ///
    /// - Parameter growing: an alert that was recorded before takes in what this one adds (`NewAlert.grown`) and stays in
    ///   its incident.
    /// - Throws: `CasebookError` with code `invalidField` for an alert without name or with an end before its start.
    @discardableResult
    public func record(
        _ alert: NewAlert,
        grouping: AlertGrouping = .sharedEntities(),
        createIncident: Bool = true,
        growing: Bool = false,
        by actor: JournalActor
    ) async throws(CasebookError) -> RecordedAlert {
        let alert = try alert.checked()
        return try await change(by: actor) { transaction in
            try AlertRecording(transaction: transaction, alert: alert, grouping: grouping)
                .run(createIncident: createIncident, growing: growing)
        }
    }
}

extension NewAlert {
    /// The alert within the casebook's bounds.
    func checked() throws(CasebookError) -> NewAlert {
        var alert = self
        alert.displayName = displayName.trimmedBlanks
        guard !alert.displayName.isEmpty else {
            throw CasebookError(.invalidField, field: "displayName", "an alert needs a display name")
        }
        guard startTime <= endTime else {
            throw CasebookError(
                .invalidField, field: "endTimeUtc", "the alert ends (\(endTime)) before it starts (\(startTime))")
        }
        if let id, id.rawValue.isEmpty {
            throw CasebookError(.invalidField, field: "systemAlertId", "an alert's identifier cannot be empty")
        }
        var seen: Set<Entity> = []
        alert.entities = entities.filter { entity in
            !entity.identifiers.isEmpty && !entity.isNameless && seen.insert(entity).inserted
        }
        alert.entities = Array(alert.entities.prefix(CasebookLimits.entitiesPerAlert))
        alert.techniques = techniques.map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        return alert
    }
}
