internal import Chronology
internal import Foundation
internal import Investigation
internal import Logging
internal import Prioritization
internal import StateStore
internal import Synchronization

/// Assets, priorities and service levels of an installation, made of the files of the content and data folders.
final class Priorities: Sendable {
    let desk: PriorityDesk
    private let core: Core
    private let seen = Mutex<[String: String]>([:])
    private let learning = Mutex<[LearningQuery]>([])
    private static let actor = JournalActor.room("Prioritization")

    init(
        _ core: Core, precisions: @escaping @Sendable () async throws -> [String: RulePrecision]
    ) async throws {
        self.core = core
        desk = PriorityDesk(
            casebook: core.casebook, database: core.database, time: core.time, serviceLevels: ServiceLevelPolicy(),
            precisions: precisions)
        try await load(rescoring: false)
    }

    /// Reads files that have changed until the task is cancelled.
    func followFiles() async throws {
        while true {
            try await Task.sleep(for: .seconds(3))
            if texts() != seen.withLock({ $0 }) { try await load(rescoring: true) }
        }
    }

    /// Learns assets from events, and reads watchlists, now and every hour.
    func learn() async throws {
        while true {
            try await learnOnce()
            try await Task.sleep(for: .seconds(3_600))
        }
    }

    /// Learns from the events of the last day what machines and accounts there are.
    func learnOnce() async throws {
        var watchlists = AssetWatchlists()
        for list in desk.book.policy.watchlists.sorted() {
            do {
                let name = list.replacing("'", with: "\\'")
                let table = try await core.queries.table("_GetWatchlist('\(name)') | project SearchKey")
                watchlists.set(list, items: table.texts(of: "SearchKey"))
            } catch {
                core.logger.debug("no such watchlist", metadata: ["list": "\(list)", "reason": "\(error)"])
            }
        }
        desk.book.use(watchlists)
        var assets: [Asset] = []
        for query in learning.withLock({ $0 }) {
            do {
                assets += LearnedAssets.assets(try await core.queries.table(query.query))
            } catch {
                core.logger.warning(
                    "assets: a query of assets-learned.yaml failed",
                    metadata: ["query": "\(query.name)", "reason": "\(error)"])
            }
        }
        _ = try await desk.take(
            AssetReading(assets: assets), from: .events, isWhole: false, isTrial: false, by: Priorities.actor)
    }

    private func load(rescoring: Bool) async throws {
        let texts = texts()
        seen.withLock { $0 = texts }
        var model = ScoringModel.standard
        var modelText = ""
        var listed = AssetInventory.empty
        var levels = ServiceLevelPolicy()
        var queries: [LearningQuery] = []
        for path in paths {
            guard let text = texts[path] else { continue }
            do {
                switch URL(filePath: path).lastPathComponent {
                case "priority.yaml":
                    model = try ScoringModel(yaml: text, file: path)
                    modelText = text
                case "service-levels.yaml": levels = try ServiceLevelPolicy(yaml: text, file: path)
                case "assets-learned.yaml": queries += try LearningQuery.read(text, file: path)
                default: listed = listed.merging(try AssetInventory(yaml: text, file: path))
                }
            } catch {
                core.logger.warning("priorities: file left out", metadata: ["fault": "\(error)"])
            }
        }
        learning.withLock { $0 = queries }
        desk.serviceLevels.use(levels)
        try await desk.use(model, text: modelText, listed: listed, rescoring: rescoring, by: Priorities.actor)
    }

    /// The content folder's files, then the data folder's.
    private var paths: [String] {
        let names = [
            "assets-naming.yaml", "assets.yaml", "assets-learned.yaml", "priority.yaml", "service-levels.yaml",
        ]
        return [core.settings.contentFolder, core.settings.dataFolder].flatMap { folder in
            names.map { folder.appending(path: $0).path }
        }
    }

    private func texts() -> [String: String] {
        var texts: [String: String] = [:]
        for path in paths { texts[path] = ContentFiles.text(URL(filePath: path)) }
        return texts
    }
}
