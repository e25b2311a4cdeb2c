public import Casebook
public import EventStore
internal import JSON
public import Logging
public import StateStore

/// Writes bookmarks and what was done here into the event store, as the tables `HuntingBookmark` and `SentinelAudit`.
///
/// It follows the journal with a durable cursor. Each entry is a delivery of its own, which the store knows again, so that a
/// crash between the append and the cursor's move stores no row twice.
public struct RecordExport: Sendable {
    private let casebook: Casebook
    private let store: any EventStore
    private let reader: JournalReader
    private let logger: Logger

    public init(casebook: Casebook, journal: Journal, store: any EventStore, logger: Logger) {
        self.casebook = casebook
        self.store = store
        self.logger = logger
        reader = journal.reader("export.records")
    }

    /// Follows the journal until the task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            try await export(try await reader.nextBatch())
        }
    }

    /// Exports what is pending and returns; for tests and for shutting down.
    public func drain() async throws {
        try await reader.drain { try await export($0) }
    }

    private func export(_ entries: [JournalEntry]) async throws {
        guard let last = entries.last else { return }
        var lots: [EventLot] = []
        for entry in entries {
            let batches = try await batches(of: entry)
            if batches.isEmpty { continue }
            lots.append(EventLot(batches, delivery: DeliveryID("journal:\(entry.hash)")))
        }
        if !lots.isEmpty { _ = try await store.append(lots) }
        try await reader.acknowledge(through: last.sequence)
        logger.trace("records exported", metadata: ["through": "\(last.sequence)"])
    }

    private func batches(of entry: JournalEntry) async throws -> [EventBatch] {
        var audit = AuditRows()
        audit.add(entry)
        var bookmarks = BookmarkRows()
        if case .bookmark(let id, _, _)? = CasebookEvent(entry) {
            if let bookmark = try await casebook.bookmark(id) {
                bookmarks.add(bookmark, at: entry.time)
            } else {
                bookmarks.add(deleted: id, by: entry.actor.name, at: entry.time)
            }
        }
        return [
            audit.builder.isEmpty ? nil : audit.builder.batch("SentinelAudit"),
            bookmarks.builder.isEmpty ? nil : bookmarks.builder.batch("HuntingBookmark"),
        ].compactMap(\.self)
    }
}
