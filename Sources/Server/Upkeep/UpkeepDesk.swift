internal import API
internal import EventStore
internal import Foundation
internal import StateStore

/// The store's upkeep as the API offers it.
struct UpkeepDesk: StoreDesk {
    let core: Core

    func statistics() async throws -> [TableStatistics] { try await core.upkeep().statistics() }

    func setRetention(_ retention: TableRetention?, of table: String) async throws {
        try await core.upkeep().setRetention(retention, of: table)
    }

    func applyRetention() async throws -> RetentionReport {
        try await core.upkeep().applyRetention(at: core.time.now())
    }

    func compact() async throws { try await core.upkeep().compact() }

    func backUp(to folder: String, withKeys: Bool) async throws -> (files: Int, bytes: Int) {
        let manifest = try await BackUp(core: core, withKeys: withKeys).make(in: URL(filePath: folder))
        return (manifest.files.count, manifest.files.values.reduce(0) { $0 + $1.bytes })
    }
}
