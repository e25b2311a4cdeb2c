public import Casebook
internal import Chronology
public import EventStore
public import Logging
public import StateStore

/// Writes alerts and incidents into the event store, so that KQL sees them as the tables `SecurityAlert` and
/// `SecurityIncident`, one row per change.
///
/// It follows the journal with a durable cursor. A crash between the append and the cursor's move writes the rows of that
/// batch again; queries take the last row per incident (`arg_max`), as they do in Sentinel.
public struct TableExport: Sendable {
    private let casebook: Casebook
    private let store: any EventStore
    private let reader: JournalReader
    private let incidentURL: @Sendable (IncidentID) -> String
    private let logger: Logger

    public init(
        casebook: Casebook, journal: Journal, store: any EventStore, logger: Logger,
        incidentURL: @escaping @Sendable (IncidentID) -> String
    ) {
        self.casebook = casebook
        self.store = store
        self.incidentURL = incidentURL
        self.logger = logger
        reader = journal.reader("export.tables")
    }

    /// Follows the journal until the task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            let entries = try await reader.nextBatch()
            try await export(entries)
        }
    }

    /// Exports what is pending and returns; for tests and for shutting down.
    public func drain() async throws {
        while true {
            let entries = try await reader.pendingBatch()
            if entries.isEmpty { return }
            try await export(entries)
        }
    }

    private func export(_ entries: [JournalEntry]) async throws {
        guard let last = entries.last else { return }
        var alerts = AlertRows()
        var incidents = IncidentRows()
        for entry in entries {
            switch CasebookEvent(entry) {
            case .alertRecorded(let id, _), .alertStatusChanged(let id, _), .alertGrown(let id, _):
                if let alert = try await casebook.alert(id) { alerts.add(alert) }
            case .incidentCreated(let id, _), .incidentUpdated(let id, _), .alertAdded(let id, _, _),
                .alertRemoved(let id, _, _), .incidentMerged(let id, _, _), .commentAdded(let id, _),
                .commentChanged(let id, _), .commentDeleted(let id, _), .taskAdded(let id, _, _),
                .taskChanged(let id, _, _), .taskDeleted(let id, _), .incidentScored(let id, _, _),
                .bookmark(_, let id?, _), .relation(let id, _), .effort(let id, _), .typed(let id, _),
                .attachment(let id, _),
                .mergeUndone(let id, _, _), .incidentSplit(let id, _, _):
                try await add(id, at: entry.time, to: &incidents)
            case .incidentDeleted, .bookmark(_, nil, _), .watching, nil: break
            }
        }
        let batches = [
            alerts.builder.isEmpty ? nil : alerts.builder.batch("SecurityAlert"),
            incidents.builder.isEmpty ? nil : incidents.builder.batch("SecurityIncident"),
        ].compactMap(\.self)
        if !batches.isEmpty { try await store.append(batches) }
        try await reader.acknowledge(through: last.sequence)
        logger.trace("exported", metadata: ["through": "\(last.sequence)"])
    }

    private func add(_ id: IncidentID, at time: Instant, to rows: inout IncidentRows) async throws {
        guard let incident = try await casebook.incident(id) else { return }
        rows.add(
            incident, comments: try await casebook.comments(of: id), tasks: try await casebook.tasks(of: id),
            url: incidentURL(id), at: time)
    }
}
