internal import Chronology
internal import GRDB
internal import StateStore

/// The way back of a merge or split, in its transaction.
struct TransferUndoing {
    let transaction: CasebookTransaction

    private var rows: TransferRows { TransferRows(database: transaction.database) }
    private var merging: IncidentMerging { IncidentMerging(transaction: transaction) }

    func undo(_ id: TransferID) throws -> UndoneTransfer {
        guard let transfer = try rows.fetch(id), let before = try rows.before(id) else {
            throw CasebookError(.notFound, "there is no merge or split \(id)")
        }
        guard transfer.undoneTime == nil else {
            throw CasebookError(.conflict, field: "id", "this \(transfer.kind.rawValue) was undone already")
        }
        let left =
            switch transfer.kind {
            case .merge: try separate(transfer, before)
            case .split: try rejoin(transfer)
            }
        try rows.markUndone(id, at: transaction.now)
        guard let undone = try rows.fetch(id) else { throw CasebookError(.notFound, "the record \(id) is gone") }
        let incident = try transaction.storedIncident(transfer.source).incident
        return UndoneTransfer(
            transfer: undone, incident: try IncidentLists(database: transaction.database).filled(incident), left: left)
    }

    private func separate(_ transfer: IncidentTransfer, _ before: SourceState) throws -> MovedParts {
        var target = try transaction.storedIncident(transfer.target)
        var source = try transaction.storedIncident(transfer.source)
        guard source.incident.mergedInto == transfer.target else {
            throw CasebookError(
                .conflict, field: "id", "incident \(source.incident.number) is no longer merged into that one")
        }
        if let further = target.incident.mergedInto {
            let number = try transaction.storedIncident(further).incident.number
            throw CasebookError(
                .invalidTransition, field: "id",
                "incident \(target.incident.number) was merged into incident \(number) since; undo that first")
        }
        let move = PartsMove(transaction: transaction, source: transfer.target, target: transfer.source)
        let present = try PartsMove.parts(of: transfer.target, in: transaction)
        let wanted = transfer.moved.subtracting(transfer.moved.subtracting(present))
        try move.requireRoom(for: wanted)
        let moved = try move.move(wanted)
        try returnLabels(transfer.moved.labels, of: &target)
        let closed = source.incident
        source.incident.mergedInto = nil
        source.incident.status = before.status
        source.incident.classification = before.classification
        source.incident.classificationComment = before.classificationComment
        source.incident.closedTime = before.closedTime
        try merging.settle(&source)
        try merging.settle(&target)
        try transaction.note(
            .mergeUndone(from: transfer.target, restoring: transfer.source, alerts: moved.alerts.sorted()))
        try transaction.note(.incidentUpdated(transfer.source, source.incident.changes(since: closed)))
        var left = transfer.moved.subtracting(wanted)
        left.labels = []
        return left
    }

    /// Takes labels off that only the merge had brought.
    private func returnLabels(_ labels: [IncidentLabel], of stored: inout StoredIncident) throws {
        guard !labels.isEmpty else { return }
        let names = Set(labels.map { $0.name.lowercased() })
        stored.incident.labels = try IncidentLists(database: transaction.database).labels(of: stored.incident.id)
            .filter { !names.contains($0.name.lowercased()) }
        try stored.saveLabels(in: transaction.database)
    }

    private func rejoin(_ transfer: IncidentTransfer) throws -> MovedParts {
        var parent = try transaction.storedIncident(transfer.source)
        try parent.incident.requireUnmerged()
        let child = try transaction.storedIncident(transfer.target).incident
        try child.requireUnmerged()
        let back = try merging.merge(child.id, into: &parent, isForced: true, by: transaction.actor)
        try merging.settle(&parent)
        return transfer.moved.subtracting(back.moved)
    }
}
