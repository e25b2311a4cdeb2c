public import Casebook
internal import Chronology
public import EventStore
internal import JSON
public import Logging
public import StateStore

/// Writes alerts and incidents into the event store, so that KQL sees them as the tables `SecurityAlert` and
/// `SecurityIncident`, one row per change.
///
/// It follows the journal with a durable cursor. A batch is claimed before its rows are appended as one delivery, which is
/// named after the entries that it holds: after a crash between the append and the cursor's move the same batch comes again,
/// and the store knows it.
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
            let entries = try await reader.nextBatch(settling: .milliseconds(250))
            try await export(entries)
        }
    }

    /// Exports what is pending and returns; for tests and for shutting down.
    public func drain() async throws {
        try await reader.drain { try await export($0) }
    }

    private func export(_ entries: [JournalEntry]) async throws {
        guard let last = entries.last else { return }
        let changes = entries.compactMap(ExportedChange.init)
        var alerts = AlertRows()
        for alert in try await changedAlerts(changes) { alerts.add(alert) }
        var incidents = IncidentRows()
        try await add(changes, to: &incidents)
        let batches = [
            alerts.builder.isEmpty ? nil : alerts.builder.batch("SecurityAlert"),
            incidents.builder.isEmpty ? nil : incidents.builder.batch("SecurityIncident"),
        ].compactMap(\.self)
        if !batches.isEmpty {
            try await reader.claim(through: last.sequence)
            try await store.append(batches, delivery: Self.delivery(of: entries))
        }
        try await reader.acknowledge(through: last.sequence)
        logger.trace("exported", metadata: ["through": "\(last.sequence)"])
    }

    /// The last entry's hash stands for all before it, also where a restored journal has gone on otherwise.
    private static func delivery(of entries: [JournalEntry]) -> DeliveryID? {
        guard let first = entries.first, let last = entries.last else { return nil }
        return DeliveryID("journal:tables:\(first.sequence)-\(last.sequence):\(last.hash)")
    }

    /// The alerts as they are now, each once; those that came in as rows of the table only when they have changed since.
    private func changedAlerts(_ changes: [ExportedChange]) async throws -> [Alert] {
        let ids = Set(changes.compactMap(\.alertID))
        guard !ids.isEmpty else { return [] }
        let changed = Set(changes.filter { !$0.isArrival }.compactMap(\.alertID))
        return try await casebook.alerts(ids.sorted()).filter { changed.contains($0.id) || !$0.content.cameAsRow }
    }

    /// Adds a row per change; all of one incident show it as it is now, which is read once.
    private func add(_ changes: [ExportedChange], to rows: inout IncidentRows) async throws {
        let told = ExportedChange.told(of: changes)
        let ids = Set(told.compactMap(\.incidentID)).sorted()
        guard !ids.isEmpty else { return }
        let incidents = try await casebook.incidents(ids)
        let noted = incidents.filter { $0.commentCount + $0.taskCount > 0 }.map(\.id)
        let notes = noted.isEmpty ? [:] : try await casebook.notes(of: noted)
        let known = Dictionary(incidents.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        for change in told {
            guard let id = change.incidentID, let incident = known[id] else { continue }
            let notes = notes[id] ?? IncidentNotes()
            rows.add(incident, comments: notes.comments, tasks: notes.tasks, url: incidentURL(id), at: change.time)
        }
    }
}

extension NewAlert {
    /// Another product's alert, whose row with its own identifier is in `SecurityAlert` already.
    fileprivate var cameAsRow: Bool {
        vendorName != "Tocsin" && evidence.first?["SystemAlertId"]?.stringValue?.isEmpty == false
    }
}
