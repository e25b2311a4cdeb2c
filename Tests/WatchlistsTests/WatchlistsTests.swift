import Chronology
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import StateStore
import Synchronization
import TestSupport
import Testing

@testable import Watchlists

private let ada = JournalActor(kind: .user, id: "ada", name: "Ada")

/// A room with its tables in memory and a clock that steps a microsecond whenever it is asked.
private struct Stage {
    let database: StateDatabase
    let store: DuckDBEventStore
    let lists: Watchlists
    let publisher: WatchlistPublisher
    let clock: SteppedClock

    init(_ limits: WatchlistLimits = WatchlistLimits()) async throws {
        let clock = SteppedClock()
        database = try StateDatabase.inMemory(rooms: [WatchlistTables.migrations])
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, readers: 2), now: { clock.now() })
        lists = Watchlists(database: database, time: TimeSource { clock.now() }, limits: limits)
        publisher = WatchlistPublisher(lists, store: store, lot: 700)
        self.clock = clock
        try await lists.restore()
    }

    /// Whether a list has an item of that search key, in any letter case; false when there is no such list.
    func has(_ key: String, in alias: String) async throws -> Bool {
        guard try await lists.list(alias) != nil else { return false }
        let found = try await lists.items(of: alias, word: key, after: nil, limit: 100)
        let now = clock.now()
        return found.items.contains { item in
            item.key.lowercased() == key.lowercased() && item.expires.map { $0 > now } ?? true
        }
    }

    func query(_ text: String, range: TimeBounds? = nil) async throws -> Table {
        let environment = QueryEnvironment(
            catalogue: .standard, tables: store.layout, watchlists: lists.snapshots, timeRange: range)
        return try await store.query(
            StoreQuery(
                text, environment: environment, options: CompileOptions(now: clock.now()),
                limits: ExecutionLimits(rows: 1_000_000, bytes: 1 << 30, seconds: 60))
        ).result.table
    }

    func texts(_ text: String) async throws -> [String] {
        let table = try await query(text)
        return (0..<table.rowCount).map { table.columns[0][$0].text }
    }
}

extension Value {
    fileprivate var text: String { if case .string(let text) = self { text } else { "\(self)" } }
}

private final class SteppedClock: Sendable {
    private let ticks = Mutex(Instant(iso8601: "2026-03-01T00:00:00Z")?.ticks ?? 0)

    func now() -> Instant {
        advance(TimeSpan(ticks: 10))
        return Instant(ticks: ticks.withLock { $0 })
    }

    func advance(_ span: TimeSpan) { ticks.withLock { $0 += span.ticks } }
}

private func draft(_ alias: String, key: String = "UPN", _ change: (inout WatchlistFacts) -> Void = { _ in })
    -> WatchlistDraft
{
    var facts = WatchlistFacts(displayName: "List \(alias)", itemsSearchKey: key)
    change(&facts)
    return WatchlistDraft(alias: alias, facts: facts)
}

private let people = "UPN,Team\nann@contoso.example,Finance\nbob@contoso.example,\"Sales, East\"\n"

struct WatchlistsTests {
    @Test func `a list is made of a content and read by queries at once`() async throws {
        let stage = try await Stage()
        let report = try await stage.lists.upload(draft("VIPUsers"), text: people, by: ada)
        #expect(report.isNew && report.added == 2 && report.findingCount == 0)
        #expect(report.list.columns == ["UPN", "Team"] && report.list.itemCount == 2)
        let seen = try await stage.texts(
            "_GetWatchlist('vipusers') | order by SearchKey asc | project strcat(SearchKey, '/', Team)")
        #expect(seen == ["ann@contoso.example/Finance", "bob@contoso.example/Sales, East"])
        #expect(try await stage.texts("_GetWatchlistAlias") == ["VIPUsers"])
        #expect(try await stage.texts("_GetWatchlistAlias() | project WatchlistAlias") == ["VIPUsers"])
        #expect(try await stage.has("ANN@contoso.example", in: "VIPUsers"))
        #expect(try await !stage.has("eve@contoso.example", in: "VIPUsers"))
        #expect(try await !stage.has("ann@contoso.example", in: "Nothing"))
    }

    @Test func `items are added, changed and deleted, and the next query sees it`() async throws {
        let stage = try await Stage()
        try await stage.lists.save(draft("Hosts", key: "Host"), by: ada)
        let first = try await stage.lists.saveItem(
            of: "hosts", WatchlistItemDraft(values: ["Host": "dc01", "Tier": 0]), by: ada)
        #expect(first.isNew && first.item.key == "dc01")
        #expect(try await stage.texts("_GetWatchlist('Hosts') | project strcat(Host, Tier)") == ["dc010"])
        var change = WatchlistItemDraft(values: ["Host": "dc02", "Owner": "ops"])
        change.version = first.item.version
        let second = try await stage.lists.saveItem(first.item.id, of: "Hosts", change, by: ada)
        #expect(!second.isNew && second.item.version == 2)
        #expect(try await stage.texts("_GetWatchlist('Hosts') | project strcat(Host, Tier, Owner)") == ["dc02ops"])
        await #expect(throws: WatchlistFault.self) {
            try await stage.lists.saveItem(first.item.id, of: "Hosts", change, by: ada)
        }
        #expect(try await stage.lists.deleteItem(first.item.id, of: "Hosts", by: ada))
        #expect(try await !stage.lists.deleteItem(first.item.id, of: "Hosts", by: ada))
        #expect(try await stage.query("_GetWatchlist('Hosts')").rowCount == 0)
        #expect(try await stage.lists.list("Hosts")?.itemCount == 0)
        #expect(try await stage.database.journal.verify().description.contains("intact"))
    }

    @Test func `uploading again adds what is new, or replaces everything`() async throws {
        let stage = try await Stage()
        _ = try await stage.lists.upload(draft("VIPUsers"), text: people, by: ada)
        let more = "UPN,Team\nann@contoso.example,Finance\nann@contoso.example,Board\n"
        let report = try await stage.lists.upload(draft("VIPUsers"), text: more, by: ada)
        #expect(!report.isNew && report.added == 1 && report.repeated == 1 && report.list.itemCount == 3)
        let anew = try await stage.lists.upload(
            draft("VIPUsers"), text: "UPN\ncyd@contoso.example\n", mode: .replace, by: ada)
        #expect(anew.list.itemCount == 1 && anew.list.columns == ["UPN"])
        #expect(try await stage.texts("_GetWatchlist('VIPUsers') | project UPN") == ["cyd@contoso.example"])
        #expect(try await !stage.has("ann@contoso.example", in: "VIPUsers"))
    }

    @Test func `a content that does not fit changes nothing`() async throws {
        let stage = try await Stage()
        for (text, target) in [
            ("Name\nx\n", "itemsSearchKey"), ("", "rawContent"), ("UPN,UPN\n1,2\n", "rawContent"),
            ("UPN,\n1,2\n", "rawContent"),
            ("\u{0}\n", "rawContent"),
        ] {
            let fault = await #expect(throws: WatchlistFault.self) {
                _ = try await stage.lists.upload(draft("VIPUsers"), text: text, by: ada)
            }
            #expect(fault?.target == target, "\(text)")
        }
        #expect(try await stage.lists.lists().isEmpty)
        var limits = WatchlistLimits()
        limits.items = 3
        let small = try await Stage(limits)
        _ = try await small.lists.upload(draft("VIPUsers"), text: people, by: ada)
        await #expect(throws: WatchlistFault.self) {
            _ = try await small.lists.upload(draft("VIPUsers"), text: "UPN,Team\n1,1\n2,2\n", by: ada)
        }
        let list = try #require(try await small.lists.list("VIPUsers"))
        #expect(list.itemCount == 2 && list.state == .succeeded)
        #expect(try await small.lists.items(of: "VIPUsers").items.count == 2)
    }

    @Test func `lines that are no items are left out and told`() async throws {
        let stage = try await Stage()
        let text = "exported by x\nUPN,Team\nann,Finance\n,Nobody\nbob\ncyd,\"A\"B\neve,IT\n"
        let report = try await stage.lists.upload(draft("People") { $0.numberOfLinesToSkip = 1 }, text: text, by: ada)
        #expect(report.added == 2)
        #expect(
            report.findings.map(\.description) == [
                "line 4: 'UPN', the search key, is empty", "line 5: it has 1 fields, the header 2",
                "line 6: there is text after a closing quotation mark",
            ])
    }

    @Test func `refusals name the member at fault`() async throws {
        let stage = try await Stage()
        for (faulty, target) in [
            (draft("no blanks"), "watchlistAlias"), (draft("A") { $0.displayName = " " }, "displayName"),
            (draft("A", key: ""), "itemsSearchKey"), (draft("A") { $0.defaultDuration = "P1Y" }, "defaultDuration"),
            (draft("A") { $0.numberOfLinesToSkip = -1 }, "numberOfLinesToSkip"),
        ] {
            let fault = await #expect(throws: WatchlistFault.self) { try await stage.lists.save(faulty, by: ada) }
            #expect(fault?.code == .invalid && fault?.target == target)
        }
        try await stage.lists.save(draft("A"), by: ada)
        let item = await #expect(throws: WatchlistFault.self) {
            try await stage.lists.saveItem(of: "A", WatchlistItemDraft(values: ["Team": "x"]), by: ada)
        }
        #expect(item?.target == "itemsKeyValue.UPN")
    }

    @Test func `items leave the list when their time is over`() async throws {
        let stage = try await Stage()
        _ = try await stage.lists.upload(
            draft("Guests") { $0.defaultDuration = "P1D" }, text: "UPN\nann\nbob\n", by: ada)
        var draft = WatchlistItemDraft(values: ["UPN": "cyd"])
        draft.expires = stage.clock.now() + .days(30)
        try await stage.lists.saveItem(of: "Guests", draft, by: ada)
        stage.clock.advance(.days(2))
        #expect(try await stage.texts("_GetWatchlist('Guests') | project UPN") == ["cyd"])
        #expect(try await !stage.has("ann", in: "Guests"))
        #expect(try await stage.lists.removeExpired() == 2)
        #expect(try await stage.lists.list("Guests")?.itemCount == 1)
        try await stage.publisher.publishDue()
        #expect(try await stage.query("Watchlist | where _DTItemStatus == 'Delete'").rowCount == 2)
    }

    @Test func `each change becomes one row of the table Watchlist`() async throws {
        let stage = try await Stage()
        _ = try await stage.lists.upload(draft("VIPUsers"), text: people, by: ada)
        try await stage.publisher.publishDue()
        try await stage.publisher.publishDue()
        let item = try #require(try await stage.lists.items(of: "VIPUsers").items.first)
        try await stage.lists.saveItem(
            item.id, of: "VIPUsers", WatchlistItemDraft(values: ["UPN": "zoe", "Team": "IT"]), by: ada)
        try await stage.lists.deleteItem(item.id, of: "VIPUsers", by: ada)
        try await stage.publisher.publishDue()
        let items = try await stage.texts(
            "Watchlist | where _DTItemType == 'watchlist-item' | order by _DTTimestamp asc, SearchKey asc | project strcat(_DTItemStatus, ' ', SearchKey)"
        )
        #expect(items == ["Create ann@contoso.example", "Create bob@contoso.example", "Update zoe", "Delete zoe"])
        #expect(
            try await stage.texts("Watchlist | where _DTItemType == 'watchlist' | project _DTItemStatus") == ["Create"])
        try await stage.lists.delete("VIPUsers", by: ada)
        try await stage.publisher.publishDue()
        let left = try await stage.query(
            "Watchlist | summarize arg_max(_DTTimestamp, *) by _DTItemId | where _DTItemStatus != 'Delete'")
        #expect(left.rowCount == 0)
        #expect(try await stage.query("_GetWatchlist('VIPUsers')").rowCount == 0)
        #expect(try await stage.lists.upload(draft("VIPUsers"), text: people, by: ada).isNew)
    }

    @Test func `a large list is read from the table, whatever the query's range of time`() async throws {
        var limits = WatchlistLimits()
        limits.itemsInMemory = 100
        let stage = try await Stage(limits)
        let lines = (0..<2_500).map { "user\($0),it's \\ team \($0 % 7)\n" }.joined()
        _ = try await stage.lists.upload(draft("Big"), text: "UPN,['T'] eam\n" + lines, by: ada)
        let item = try #require(try await stage.lists.items(of: "Big").items.first)
        try await stage.lists.deleteItem(item.id, of: "Big", by: ada)
        try await stage.publisher.publishDue()
        let early = TimeBounds(lower: .unixEpoch, upper: .unixEpoch + .days(1))
        let count = try await stage.query(
            "_GetWatchlist('Big') | where SearchKey startswith 'user1' | count", range: early)
        #expect(count.row(0) == [.long(1_111)])
        let team = try await stage.query("_GetWatchlist('Big') | where UPN == 'user8' | project ['[\\'T\\'] eam']")
        #expect(team.columns[0][0] == .string("it's \\ team 1"))
        // After twelve days the rows are written anew.
        stage.clock.advance(.days(13))
        try await stage.publisher.publishDue()
        #expect(
            try await stage.query("Watchlist | where _DTItemType == 'watchlist-item'").rowCount == 2_499 + 1 + 2_499)
        #expect(try await stage.query("_GetWatchlist('Big') | count").row(0) == [.long(2_499)])
    }

    @Test func `pages follow each other without gap or repetition`() async throws {
        let stage = try await Stage()
        let lines = (0..<250).map { "user\($0)\n" }.joined()
        _ = try await stage.lists.upload(draft("Many"), text: "UPN\n" + lines, by: ada)
        var keys: [String] = []
        var cursor: Int64?
        repeat {
            let page = try await stage.lists.items(of: "Many", after: cursor, limit: 100)
            keys += page.items.map(\.key)
            cursor = page.next
        } while cursor != nil
        #expect(keys == (0..<250).map { "user\($0)" })
        #expect(try await stage.lists.items(of: "Many", word: "USER24").items.count == 11)
    }
}
