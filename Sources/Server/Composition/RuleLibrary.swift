internal import Detection
internal import Foundation
internal import Investigation
internal import KQL
internal import KQLValues
internal import Logging
internal import Sigma
internal import Synchronization

/// The rules that are in force, read anew when their files change.
final class RuleLibrary: Sendable {
    /// What is done with rules that were read.
    struct Places: Sendable {
        let stream: KQLBlockMatcher
        let products: ProductAlertMatcher
        let sigma: ReplaceableMatcher
        let correlations: SigmaCorrelations
        let runner: RuleRunner
        let behaviors: BehaviorRunner
        let environment: @Sendable () -> QueryEnvironment
        /// Switches the built-in engines as the rules of their kinds say.
        let engines: @Sendable ([EngineRule]) async -> Void
        /// Called with rules before they are in force.
        let admit: @Sendable (Rules) async throws -> Void
    }

    private struct State {
        var rules: Rules
        var stamp: FolderStamp
        var tables: [String: TableSchema]
        /// How often watchlists had changed.
        var watchlists: Int64 = 0
    }

    private let settings: Settings
    private let places: Places
    private let logger: Logger
    private let state: Mutex<State>

    private init(_ settings: Settings, _ places: Places, _ logger: Logger, _ state: State) {
        self.settings = settings
        self.places = places
        self.logger = logger
        self.state = Mutex(state)
    }

    /// Reads the rules and puts them into force.
    static func load(
        _ settings: Settings, _ places: Places, tables: [String: TableSchema], logger: Logger
    ) async throws -> RuleLibrary {
        let stamp = FolderStamp(settings)
        let rules = Rules(settings)
        let library = RuleLibrary(settings, places, logger, State(rules: rules, stamp: stamp, tables: tables))
        try await library.put(rules)
        return library
    }

    var current: Rules { state.withLock { $0.rules } }

    /// What queries of rules may name.
    var environment: QueryEnvironment { places.environment() }

    /// Looks for changed files, for new tables, which may let further rules be matched in the stream, and for changed
    /// watchlists, whose items such rules hold.
    ///
    /// - Returns: whether rules were read anew.
    @discardableResult
    func refresh(tables: [String: TableSchema], watchlists: Int64) async throws -> Bool {
        let stamp = FolderStamp(settings)
        let known = state.withLock { ($0.stamp, $0.tables, $0.watchlists) }
        if stamp != known.0 {
            let rules = Rules(settings)
            state.withLock { $0 = State(rules: rules, stamp: stamp, tables: tables, watchlists: watchlists) }
            try await put(rules)
            logger.info(
                "rules read anew", metadata: ["analytics": "\(rules.analytics.count)", "sigma": "\(rules.sigma.count)"])
            return true
        }
        if tables != known.1 || watchlists != known.2 {
            state.withLock { state in
                state.tables = tables
                state.watchlists = watchlists
            }
            await match(current.analytics)
        }
        return false
    }

    /// Deep queries need more stack to be compiled than the cooperative threads have.
    private func match(_ rules: [AnalyticsRule]) async {
        let environment = places.environment()
        await DeepStack.run { [places] in places.stream.replace(rules, environment: environment) }
    }

    private func put(_ rules: Rules) async throws {
        for finding in rules.findings where finding.gravity == .error {
            logger.warning("rule left out", metadata: ["finding": "\(finding)"])
        }
        try await places.admit(rules)
        await match(rules.analytics)
        await places.engines(rules.engines)
        places.products.replace(rules.incidentCreation)
        await places.correlations.replace(rules.correlator)
        places.sigma.replace(SigmaBlockMatcher(rules.sigma, correlator: rules.correlator))
        try await places.runner.replaceRules(rules.analytics)
        try await places.behaviors.replaceBehaviors(rules.behaviors)
    }
}

/// What tells whether files below rule folders have changed: their paths, sizes and times.
private struct FolderStamp: Equatable {
    private let files: [String: String]

    init(_ settings: Settings) {
        var files: [String: String] = [:]
        for name in Rules.written(settings).markedNames { files[name] = "deleted" }
        let folders = Rules.analyticsFolders(settings) + Rules.sigmaFolders(settings) + [Rules.behaviorFolder(settings)]
        for file in RuleFolder.files(in: folders) + [Rules.placeholderFile(settings)] {
            // A file that has just gone has no values, which is a change like any other.
            let values = try? file.resourceValues(forKeys: [.contentModificationDateKey, .fileSizeKey])
            let time = values?.contentModificationDate?.timeIntervalSince1970 ?? 0
            files[file.path] = "\(time) \(values?.fileSize ?? -1)"
        }
        self.files = files
    }
}
