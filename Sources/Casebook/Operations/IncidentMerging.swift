internal import Chronology
internal import GRDB
internal import StateStore

/// Merges and splits in their transaction.
struct IncidentMerging {
    let transaction: CasebookTransaction

    private var assignment: IncidentAssignment { IncidentAssignment(transaction: transaction) }

    /// Hands all that an incident has over and closes it; the target is neither derived anew nor saved here.
    ///
    /// - Parameter isForced: What the target has no room for makes the merge fail; else it stays with the source, where
    ///   it can still be read.
    /// - Returns: The record by which the merge can be undone.
    @discardableResult
    func merge(
        _ id: IncidentID, into target: inout StoredIncident, isForced: Bool, by actor: JournalActor
    ) throws -> IncidentTransfer {
        var absorbed = try transaction.storedIncident(id)
        let before = absorbed.incident
        let move = PartsMove(transaction: transaction, source: id, target: target.incident.id)
        var parts = try PartsMove.parts(of: id, in: transaction)
        if isForced {
            try move.requireRoom(for: parts)
        } else if !hasRoom(move, for: parts) {
            parts = MovedParts(alerts: parts.alerts)
        }
        var moved = try move.move(parts)
        try transaction.execute(
            """
            INSERT INTO casebook_watcher (incident, person_kind, person_id, person_name, reason, since)
            SELECT ?, person_kind, person_id, person_name, reason, since FROM casebook_watcher WHERE incident = ?
            ON CONFLICT DO NOTHING
            """, [target.incident.id.rawValue, id.rawValue])
        moved.labels = try takeLabels(of: id, into: &target, isForced: isForced)
        absorbed.incident.classification = .undetermined
        absorbed.incident.classificationComment = "Merged into incident \(target.incident.number)."
        _ = try absorbed.incident.move(to: .closed, at: transaction.now)
        absorbed.incident.mergedInto = target.incident.id
        absorbed.derive(from: nil)
        absorbed.incident.touch(at: transaction.now, by: actor, isTriage: false)
        try absorbed.save(in: transaction.database)
        let transfer = IncidentTransfer(
            id: TransferID(transaction.identifiers.next()), kind: .merge, source: id, target: target.incident.id,
            moved: moved, madeBy: actor, madeTime: transaction.now, undoneTime: nil)
        try TransferRows(database: transaction.database).insert(transfer, before: SourceState(before))
        try transaction.note(
            .incidentMerged(into: target.incident.id, from: id, alerts: moved.alerts.sorted()), by: actor)
        try transaction.note(.incidentUpdated(id, absorbed.incident.changes(since: before)), by: actor)
        return transfer
    }

    /// Makes an incident of a part of another one.
    func split(_ parts: MovedParts, from id: IncidentID, title: String?) throws -> IncidentTransfer {
        var source = try transaction.storedIncident(id)
        try source.incident.requireUnmerged()
        let all = try PartsMove.parts(of: id, in: transaction)
        try require(parts, in: all, of: source.incident)
        var child = try blankChild(of: source, title: title)
        let move = PartsMove(transaction: transaction, source: id, target: child.incident.id)
        let moved = try move.move(parts)
        try settle(&child)
        try settle(&source)
        let transfer = IncidentTransfer(
            id: TransferID(transaction.identifiers.next()), kind: .split, source: id, target: child.incident.id,
            moved: moved, madeBy: transaction.actor, madeTime: transaction.now, undoneTime: nil)
        try TransferRows(database: transaction.database).insert(transfer, before: SourceState(source.incident))
        let summary = CasebookEvent.IncidentSummary(
            number: child.incident.number, title: child.incident.title, severity: child.incident.severity,
            alertIDs: moved.alerts)
        try transaction.note(.incidentCreated(child.incident.id, summary))
        try transaction.note(.incidentSplit(from: id, into: child.incident.id, alerts: moved.alerts))
        return transfer
    }

    /// Derives an incident anew after its alerts have changed, and saves it.
    func settle(_ stored: inout StoredIncident) throws {
        _ = try assignment.refresh(&stored)
        stored.incident.touch(at: transaction.now, by: transaction.actor, isTriage: true)
        stored.isTouched = stored.isTouched || transaction.actor.isOutside
        try stored.save(in: transaction.database)
    }

    private func hasRoom(_ move: PartsMove, for parts: MovedParts) -> Bool {
        // Only the answer counts: what does not fit stays where it is.
        (try? move.requireRoom(for: parts)) != nil
    }

    /// Gives the target the labels that it has not.
    private func takeLabels(
        of id: IncidentID, into target: inout StoredIncident, isForced: Bool
    ) throws -> [IncidentLabel] {
        let lists = IncidentLists(database: transaction.database)
        let own = try lists.labels(of: target.incident.id)
        let known = Set(own.map { $0.name.lowercased() })
        let added = try lists.labels(of: id).filter { !known.contains($0.name.lowercased()) }
        guard !added.isEmpty else { return [] }
        let all = own + added
        if all.count > CasebookLimits.labelsPerIncident, !isForced { return [] }
        try FieldCheck.labelCount(all)
        target.incident.labels = all
        try target.saveLabels(in: transaction.database)
        return added
    }

    private func require(_ parts: MovedParts, in all: MovedParts, of source: Incident) throws(CasebookError) {
        let strangers = parts.subtracting(all)
        let missing: [(field: String, ids: [String])] = [
            ("alerts", strangers.alerts.map(\.rawValue)), ("bookmarks", strangers.bookmarks.map(\.rawValue)),
            ("comments", strangers.comments.map(\.rawValue)), ("tasks", strangers.tasks.map(\.rawValue)),
            ("timeEntries", strangers.timeEntries.map(\.rawValue)),
            ("attachments", strangers.attachments.map(\.rawValue)),
        ]
        for (field, ids) in missing {
            guard let id = ids.first else { continue }
            throw CasebookError(.notFound, field: field, "incident \(source.number) has no '\(id)' among its \(field)")
        }
        guard !parts.alerts.isEmpty || !parts.bookmarks.isEmpty else {
            throw CasebookError(.invalidField, field: "alerts", "say which alerts or bookmarks the new incident gets")
        }
        guard all.alerts.isEmpty || all.alerts.count > parts.alerts.count else {
            throw CasebookError(
                .invalidField, field: "alerts",
                "incident \(source.number) would have no alert left; leave it at least one of its \(all.alerts.count)")
        }
    }

    private func blankChild(of source: StoredIncident, title: String?) throws -> StoredIncident {
        let origin = source.incident
        var incident = Incident(
            blank: IncidentID(transaction.identifiers.next()), number: try transaction.nextIncidentNumber(),
            title: title?.trimmedBlanks ?? origin.title, severity: origin.severity, created: transaction.now,
            by: transaction.actor)
        incident.description = "Split from incident \(origin.number)."
        incident.providerName = origin.providerName
        incident.owner = origin.owner
        incident.labels = try IncidentLists(database: transaction.database).labels(of: origin.id)
        incident.status = origin.isOpen ? origin.status : .new
        var child = StoredIncident(new: incident, mode: .separate)
        child.isTouched = transaction.actor.isOutside
        child.ownFields = [.description]
        if title != nil { child.ownFields.insert(.title) }
        try child.insert(in: transaction.database)
        return child
    }
}
