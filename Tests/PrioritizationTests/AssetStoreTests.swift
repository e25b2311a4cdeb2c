import Casebook
import Chronology
import Prioritization
import StateStore
import Testing
import Vocabulary

@Suite struct AssetStoreTests {
    private static let noon = Instant(unixSeconds: 1_700_000_000)
    private let actor = JournalActor(kind: .user, id: "1", name: "Ada")

    private func store() throws -> (AssetStore, StateDatabase) {
        let database = try StateDatabase.inMemory(rooms: [PrioritizationTables.migrations])
        return (AssetStore(database, time: .fixed(Self.noon)), database)
    }

    private static let machine = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/web1"

    @Test func `the same machine from three sources is one asset`() async throws {
        let (store, _) = try store()
        let cloud = Asset(
            kind: .host, names: ["web1.corp.example", "web1"], tags: ["env=prod"], resourceID: Self.machine)
        try await store.take([cloud], from: .file(.resourceGraph), isWhole: true, by: actor)
        let listed = Asset(kind: .host, names: ["WEB1"], sensitivity: .high, owner: "shop team")
        try await store.take([listed], from: .file(.csv), isWhole: true, by: actor)
        let learned = Asset(kind: .host, names: ["web1.corp.example"], addresses: ["10.0.0.4"])
        try await store.take([learned], from: .events, isWhole: false, by: actor)
        let assets = try await store.assets()
        #expect(assets.count == 1)
        let asset = try #require(assets.first)
        #expect(asset.sightings.map(\.source.name) == ["csv", "azure", "events"])
        #expect(asset.asset.sensitivity == .high)
        #expect(asset.asset.owner == "shop team")
        #expect(asset.asset.tags == ["env=prod"])
        #expect(asset.asset.resourceID == Self.machine)
        #expect(asset.asset.addresses == ["10.0.0.4"])
    }

    @Test func `machines of one name in two domains stay two`() async throws {
        let (store, _) = try store()
        let assets = ["web1.a.example", "web1.b.example"].map { Asset(kind: .host, names: [$0]) }
        try await store.take(assets, from: .file(.csv), isWhole: true, by: actor)
        #expect(try await store.assets().count == 2)
        // A bare name may be either: it stays apart.
        try await store.take([Asset(kind: .host, names: ["web1"])], from: .events, isWhole: false, by: actor)
        #expect(try await store.assets().count == 3)
    }

    @Test func `two assets become one when a source knows both names`() async throws {
        let (store, _) = try store()
        let id = "2a6f0a4e-9c53-4f0e-8d0e-0c3f7a51d111"
        try await store.take(
            [
                Asset(kind: .account, names: ["mira@corp.example"]),
                Asset(kind: .account, names: ["CORP\\mira"]),
            ], from: .file(.csv), isWhole: true, by: actor)
        #expect(try await store.assets().count == 2)
        let difference = try await store.take(
            [
                Asset(
                    kind: .account, names: ["mira@corp.example", "CORP\\mira"], identifiers: ["AadUserId": id])
            ], from: .events, isWhole: false, by: actor)
        #expect(difference.joined == 1)
        #expect(try await store.assets().count == 1)
    }

    @Test func `an import says what is new, changed and gone, and a trial changes nothing`() async throws {
        let (store, database) = try store()
        func asset(_ name: String, _ tags: [String] = []) -> Asset { Asset(kind: .host, names: [name], tags: tags) }
        try await store.take([asset("a"), asset("b"), asset("c")], from: .file(.csv), isWhole: true, by: actor)
        let next = [asset("a"), asset("b", ["new"]), asset("d")]
        let trial = try await store.take(next, from: .file(.csv), isWhole: true, isTrial: true, by: actor)
        #expect(try await store.assets().map(\.asset.name) == ["a", "b", "c"])
        let difference = try await store.take(next, from: .file(.csv), isWhole: true, by: actor)
        #expect(difference == trial)
        #expect(difference.added == ["d"])
        #expect(difference.changed == ["b"])
        #expect(difference.gone == ["c"])
        #expect(difference.unchanged == 1)
        #expect(try await store.assets().map(\.asset.name) == ["a", "b", "d"])
        let again = try await store.take(next, from: .file(.csv), isWhole: true, by: actor)
        #expect(again.unchanged == 3)
        let entries = try await database.journal.entries(after: 0, limit: 10)
        #expect(entries.count == 2)
        #expect(
            entries.last.flatMap(AssetEvent.init)
                == .imported(
                    {
                        var told = difference
                        told.unchanged = 1
                        return told
                    }()))
    }

    @Test func `an asset survives while one source knows it`() async throws {
        let (store, _) = try store()
        try await store.take(
            [Asset(kind: .host, names: ["a.corp.example"])], from: .file(.csv), isWhole: true, by: actor)
        try await store.take(
            [Asset(kind: .host, names: ["a.corp.example"])], from: .file(.aws), isWhole: true, by: actor)
        try await store.take([], from: .file(.csv), isWhole: true, by: actor)
        let asset = try #require(try await store.assets().first)
        #expect(asset.sightings.map(\.source.name) == ["aws"])
        try await store.remove(asset.id, by: actor)
        #expect(try await store.assets().isEmpty)
        await #expect(throws: PrioritizationError.self) { try await store.remove(asset.id, by: actor) }
    }
}
