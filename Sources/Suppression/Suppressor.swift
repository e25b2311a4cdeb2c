public import Casebook
internal import Chronology
public import StateStore

/// Dismisses alerts that a suppression rule covers, as the journal tells of them.
public struct Suppressor: Sendable {
    private let casebook: Casebook
    private let rules: SuppressionRules
    private let reader: JournalReader
    private static let actor = JournalActor.room("Suppression")

    public init(casebook: Casebook, rules: SuppressionRules, journal: Journal) {
        self.casebook = casebook
        self.rules = rules
        reader = journal.reader("suppression")
    }

    /// Follows the journal until the task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            try await apply(try await reader.nextBatch())
        }
    }

    /// Works through what is pending and returns; for tests and for shutting down.
    public func drain() async throws {
        try await reader.drain { try await apply($0) }
    }

    private func apply(_ entries: [JournalEntry]) async throws {
        guard let last = entries.last else { return }
        let recorded = entries.compactMap { entry -> AlertID? in
            if case .alertRecorded(let id, _)? = CasebookEvent(entry) { id } else { nil }
        }
        let known = try await recorded.isEmpty ? [] : rules.all()
        if !known.isEmpty {
            let now = rules.time.now()
            for id in recorded {
                guard let alert = try await casebook.alert(id), alert.status == .new,
                    known.contains(where: { $0.matches(alert.content, at: now) })
                else { continue }
                _ = try await casebook.setStatus(.dismissed, of: id, by: Self.actor)
            }
        }
        try await reader.acknowledge(through: last.sequence)
    }
}
