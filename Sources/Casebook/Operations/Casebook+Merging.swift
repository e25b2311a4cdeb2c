internal import GRDB
public import StateStore

extension Casebook {
    /// Merges incidents into another one: their alerts, bookmarks, comments, tasks and labels go over, and they are closed
    /// and point to it. All of them are merged or none.
    ///
    /// - Throws: `CasebookError` with code `notFound`; `invalidTransition` for one that was merged already;
    ///   `invalidField` for an incident into itself; `limitReached` when the target has no room for all of it.
    @discardableResult
    public func merge(
        _ sources: [IncidentID],
        into target: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> [IncidentTransfer] {
        guard !sources.contains(target), Set(sources).count == sources.count, !sources.isEmpty else {
            throw CasebookError(
                .invalidField, field: "incidents", "give the incidents to merge, each once and without the target")
        }
        return try await change(by: actor) { transaction in
            let merging = IncidentMerging(transaction: transaction)
            var stored = try transaction.storedIncident(target)
            try stored.incident.requireUnmerged()
            stored.incident.labels = try IncidentLists(database: transaction.database).labels(of: target)
            let before = stored.incident
            let transfers = try sources.map { source in
                try transaction.storedIncident(source).incident.requireUnmerged()
                return try merging.merge(source, into: &stored, isForced: true, by: actor)
            }
            try merging.settle(&stored)
            let changes = stored.incident.changes(since: before)
            if !changes.isEmpty { try transaction.note(.incidentUpdated(target, changes)) }
            return transfers
        }
    }

    /// Makes an incident of some alerts and bookmarks of another one, with the comments and tasks that are named.
    ///
    /// The new incident has the owner and labels of the old one, and no alert joins it by itself.
    ///
    /// - Parameter title: Nil derives one from the alerts.
    /// - Throws: `CasebookError` with code `notFound` for parts that are not in the incident; `invalidField` when no alert
    ///   would be taken, or none left; `invalidTransition` for a merged incident.
    @discardableResult
    public func split(
        _ source: IncidentID,
        taking parts: MovedParts,
        title: String? = nil,
        by actor: JournalActor
    ) async throws(CasebookError) -> IncidentTransfer {
        if let title { try FieldCheck.title(title) }
        return try await change(by: actor) { transaction in
            try IncidentMerging(transaction: transaction).split(parts, from: source, title: title)
        }
    }

    /// Takes a merge or split back.
    ///
    /// After a merge the source lives again as it was, with those of its parts that are still in the target. After a
    /// split all that the new incident has by now goes back to the old one, into which it is merged.
    ///
    /// - Throws: `CasebookError` with code `notFound`; `conflict` when it was undone already; `invalidTransition` when
    ///   the target was itself merged meanwhile: undo that first; `limitReached` when there is no room any more.
    @discardableResult
    public func undo(_ id: TransferID, by actor: JournalActor) async throws(CasebookError) -> UndoneTransfer {
        try await change(by: actor) { transaction in
            try TransferUndoing(transaction: transaction).undo(id)
        }
    }

    /// The merges and splits of an incident, given and taken, the newest first.
    public func transfers(of incident: IncidentID) async throws(CasebookError) -> [IncidentTransfer] {
        try await reading { try TransferRows(database: $0).fetchAll(of: incident) }
    }
}
