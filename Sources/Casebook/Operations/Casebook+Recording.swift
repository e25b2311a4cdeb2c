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
        let finding = RecordableAlert(
            alert: try alert.checked(), grouping: grouping, createsIncident: createIncident, grows: growing)
        return try await change(by: actor) { try AlertRecording(transaction: $0, finding).run() }
    }

    /// Lets a detector say anew what it found with an alert that it recorded before, in the light of what it knows now.
    ///
    /// Description, confidence, evidence and properties are replaced, entities and time grow; severity, name and tactics stay.
    /// An unknown alert is passed over, and one that says the same already.
    ///
    /// - Throws: As `record` does.
    public func restate(_ alert: NewAlert, by actor: JournalActor) async throws(CasebookError) {
        let finding = RecordableAlert(alert: try alert.checked(), grouping: .separate)
        try await change(by: actor) { try AlertRecording(transaction: $0, finding).restate() }
    }

    /// Takes several alerts in, in their order and in one transaction: all of them or none.
    ///
    /// - Returns: What became of each, in the same order.
    /// - Throws: As `record` of one alert does, before anything is changed.
    @discardableResult
    public func record(
        _ alerts: [RecordableAlert], by actor: JournalActor
    ) async throws(CasebookError) -> [RecordedAlert] {
        var checked = alerts
        for index in checked.indices { checked[index].alert = try checked[index].alert.checked() }
        guard !checked.isEmpty else { return [] }
        return try await change(by: actor) { [checked] transaction in
            try checked.map { try AlertRecording(transaction: transaction, $0).run() }
        }
    }
}

/// An alert, and how it is to be recorded.
public struct RecordableAlert: Sendable, Hashable {
    public var alert: NewAlert
    public var grouping: AlertGrouping
    public var createsIncident: Bool
    /// An alert that was recorded before takes in what this one adds.
    public var grows: Bool

    public init(
        alert: NewAlert, grouping: AlertGrouping = .sharedEntities(), createsIncident: Bool = true, grows: Bool = false
    ) {
        self.alert = alert
        self.grouping = grouping
        self.createsIncident = createsIncident
        self.grows = grows
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
