public import Casebook
public import Chronology
internal import JSON
public import Logging
public import StateStore
internal import Synchronization
internal import Workflow

/// Follows the journal, applies the automation rules to what happens, and runs playbooks.
public final class ResponseEngine: Sendable {
    /// The room's tables; open the state database with them.
    public static let migrations: RoomMigrations = .response

    public struct Options: Sendable {
        /// How long a rule waits for a playbook that it started, before the next rule comes.
        public var playbookWait: TimeSpan
        /// The address of `callBack`, without a slash at its end; what follows is `/run/token/action`.
        public var callbackURL: String

        /// The types that rules may give incidents.
        public var incidentTypes: IncidentTypes

        public init(
            playbookWait: TimeSpan = .minutes(2), callbackURL: String,
            incidentTypes: IncidentTypes = IncidentTypes(files: [])
        ) {
            self.playbookWait = playbookWait
            self.callbackURL = callbackURL
            self.incidentTypes = incidentTypes
        }
    }

    private static let maximumBusy = 16

    let casebook: Casebook
    let workspace: ResponseWorkspace
    let runner: PlaybookRunner
    let passes: PassStore
    let options: Options
    let time: TimeSource
    let logger: Logger
    let identifiers: IdentifierSource
    let journal: Journal
    let shelf: LibraryShelf
    private let reader: JournalReader
    private let ruleList: Mutex<[AutomationRule]>
    private let busy = Mutex<Set<String>>([])

    /// - Parameters:
    ///   - connectors: by name, besides `azuresentinel`, which the engine brings itself.
    ///   - secrets: seals the parameters of runs in the database; nil leaves them readable.
    public init(
        database: StateDatabase, casebook: Casebook, workspace: ResponseWorkspace, rules: [AutomationRule],
        library: PlaybookLibrary, connectors: [String: any Connector] = [:],
        fallbackConnector: (any Connector)? = nil, client: OutgoingClient, secrets: SecretBox? = nil, options: Options,
        time: TimeSource = .system, identifiers: IdentifierSource = .random, logger: Logger
    ) {
        let shelf = LibraryShelf(library)
        let sentinel = SentinelConnector(casebook: casebook, workspace: workspace)
        self.casebook = casebook
        self.workspace = workspace
        self.options = options
        self.time = time
        self.identifiers = identifiers
        self.logger = logger
        self.shelf = shelf
        journal = database.journal
        reader = journal.reader("response")
        passes = PassStore(database: database)
        ruleList = Mutex(rules)
        runner = PlaybookRunner(
            store: RunStore(database: database, journal: database.journal, secrets: secrets),
            library: { shelf.library },
            workspace: workspace,
            connectors: ConnectorDirectory(
                connectors.merging(["azuresentinel": sentinel]) { $1 }, fallback: fallbackConnector),
            client: client, callbackURL: options.callbackURL, time: time, logger: logger)
    }

    /// The automation rules in the order in which they are applied.
    public var rules: [AutomationRule] {
        ruleList.withLock { $0 }.sorted { ($0.order, $0.displayName) < ($1.order, $1.displayName) }
    }

    public var playbooks: [Playbook] { shelf.library.playbooks }

    /// Takes other rules; entries that wait are judged by them, as far as rules before concerned them.
    public func replace(rules: [AutomationRule]) { ruleList.withLock { $0 = rules } }

    /// Takes other playbooks; runs under way keep theirs.
    public func replace(library: PlaybookLibrary) { shelf.library = library }

    /// Works until the task is cancelled.
    public func run() async throws {
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { try await self.runner.run() }
            group.addTask { try await self.follow() }
        }
    }

    private func follow() async throws {
        let bell = ChangeBell()
        try await withThrowingDiscardingTaskGroup { group in
            while true {
                try Task.checkCancellation()
                let seen = bell.position
                if try await takePending() > 0 { continue }
                for subject in try await passes.subjects() where claim(subject) {
                    group.addTask {
                        defer {
                            self.release(subject)
                            bell.ring()
                        }
                        await self.workOff(subject)
                    }
                }
                try await wait(for: bell, after: seen)
            }
        }
    }

    private func claim(_ subject: String) -> Bool {
        busy.withLock { $0.count < Self.maximumBusy && $0.insert(subject).inserted }
    }

    private func release(_ subject: String) { _ = busy.withLock { $0.remove(subject) } }

    private func wait(for bell: ChangeBell, after rung: Int64) async throws {
        let position = try await reader.position()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [journal] in await journal.waitForEntries(after: position) }
            group.addTask { await bell.wait(after: rung) }
            await group.next()
            group.cancelAll()
        }
    }

    private func workOff(_ subject: String) async {
        do {
            try await applyRules(to: subject)
        } catch is CancellationError {
            return
        } catch {
            logger.error("automation rules could not be applied: \(error)", metadata: ["subject": "\(subject)"])
        }
    }

    /// Notes the journal's pending entries that concern automation rules.
    ///
    /// - Returns: How many entries were read.
    @discardableResult
    public func takePending() async throws -> Int {
        let batch = try await reader.pendingBatch()
        guard let last = batch.last else { return 0 }
        let rules = rules
        let relevant = batch.compactMap { entry in
            RuleOccasion(entry).flatMap { occasion in
                rules.contains(where: occasion.concerns) ? (entry.sequence, occasion.subjectID) : nil
            }
        }
        try await passes.insert(relevant, reader: reader, through: last.sequence)
        return batch.count
    }

    /// Applies the rules to everything that waits; playbooks are only started.
    public func applyPending() async throws {
        while try await takePending() > 0 {}
        for subject in try await passes.subjects() {
            try await applyRules(to: subject)
        }
    }
}
