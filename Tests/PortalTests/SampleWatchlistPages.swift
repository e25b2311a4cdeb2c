import StateStore
import Testing
import Watchlists

@testable import Portal

/// The pages of watchlists, over lists that were uploaded.
enum SampleWatchlistPages {
    static func all() async throws -> [any Page] {
        let lists = Watchlists(
            database: try StateDatabase.inMemory(rooms: [WatchlistTables.migrations]), time: .fixed(SamplePages.now))
        let draft = WatchlistDraft(
            alias: "VIPs", facts: WatchlistFacts(displayName: "Board", itemsSearchKey: "UPN"))
        _ = try await lists.upload(draft, text: "UPN,Team\nann,Board\n", by: .room("test"))
        let list = try #require(try await lists.list("VIPs"))
        let page = try await lists.items(of: "VIPs")
        return [
            WatchlistsPage([list], frame: SamplePages.frame, mayChange: true, now: SamplePages.now),
            WatchlistPage(
                list, items: page.items, next: 1, search: "ann", frame: SamplePages.frame, mayChange: true,
                now: SamplePages.now),
        ]
    }
}
