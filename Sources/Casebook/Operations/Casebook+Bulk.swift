public import StateStore

/// An incident to change together with others.
public struct BulkTarget: Sendable, Hashable {
    public var id: IncidentID
    /// The version that the caller has seen; nil: the last writer wins.
    public var version: Int64?

    public init(_ id: IncidentID, version: Int64? = nil) {
        self.id = id
        self.version = version
    }
}

/// What became of one incident of many.
public struct BulkOutcome: Sendable {
    public let id: IncidentID
    public let result: Result<Incident, CasebookError>
}

extension Casebook {
    /// Makes the same change on many incidents, each in a transaction of its own, so that one that cannot be changed holds
    /// up no other.
    ///
    /// - Returns: An outcome for each target, in their order.
    /// - Throws: `CasebookError` with code `invalidField` for a bad change, `limitReached` for more than 1,000 targets.
    public func update(
        _ targets: [BulkTarget],
        _ change: IncidentChange,
        by actor: JournalActor
    ) async throws(CasebookError) -> [BulkOutcome] {
        try FieldCheck.count(targets.count, field: "incidents", most: CasebookLimits.pageSize)
        try change.check()
        var outcomes: [BulkOutcome] = []
        for target in targets {
            do {
                let incident = try await update(target.id, change, expecting: target.version, by: actor)
                outcomes.append(BulkOutcome(id: target.id, result: .success(incident)))
            } catch {
                outcomes.append(BulkOutcome(id: target.id, result: .failure(error)))
            }
        }
        return outcomes
    }
}
