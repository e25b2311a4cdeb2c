public import Casebook
internal import Synchronization
internal import Vocabulary

/// The inventory as it is looked at: what is stored and what files list, with what is known about each asset.
public final class AssetBook: Sendable {
    /// One asset of the inventory.
    public struct Entry: Sendable, Hashable {
        /// Nil for what files list, and what links of others imply.
        public let id: AssetID?
        public let asset: Asset
        public let profile: AssetProfile
        public let sightings: [AssetSighting]
    }

    /// One page of the inventory.
    public struct Page: Sendable, Hashable {
        public let entries: [Entry]
        /// How many there are in all.
        public let total: Int

        public init(entries: [Entry], total: Int) {
            self.entries = entries
            self.total = total
        }
    }

    private struct State: Sendable {
        var listed = AssetInventory.empty
        var watchlists = AssetWatchlists()
        var stored: [StoredAsset] = []
        var inventory = AssetInventory.empty
        /// Counts the indexes that were made.
        var generation = 0
        /// The assets by their sensitivity; nil until they are asked for.
        var ranking: [Ranked]?
    }

    private struct Ranked: Sendable {
        let position: Int
        let profile: AssetProfile
    }

    public let store: AssetStore
    private let state = Mutex(State())

    public init(store: AssetStore) {
        self.store = store
    }

    /// The index that priorities are made with.
    public var inventory: AssetInventory { state.withLock { $0.inventory } }

    /// Counts the indexes that were made; another number means that assets may have changed.
    public var generation: Int { state.withLock { $0.generation } }

    /// What decides how sensitive assets are.
    public var policy: AssetPolicy { state.withLock { $0.listed.policy } }

    /// Takes what files list and lay down.
    public func use(_ listed: AssetInventory) { state.withLock { $0.listed = listed } }

    /// Takes what watchlists hold now.
    public func use(_ watchlists: AssetWatchlists) { state.withLock { $0.watchlists = watchlists } }

    /// Reads the store anew, and makes the index anew.
    @discardableResult
    public func refresh() async throws(PrioritizationError) -> AssetInventory {
        let stored = try await store.assets()
        let (listed, watchlists) = state.withLock { ($0.listed, $0.watchlists) }
        let inventory = AssetInventory(
            assets: stored.map(\.asset) + listed.assets, policy: listed.policy, watchlists: watchlists)
        state.withLock {
            $0.stored = stored
            $0.inventory = inventory
            $0.ranking = nil
            $0.generation += 1
        }
        return inventory
    }

    /// The assets that fit, the most sensitive first.
    ///
    /// - Parameter search: a text that a name, tag, owner, type or resource id has, in any letter case.
    public func page(
        search: String = "", sensitivity: Sensitivity? = nil, limit: Int = 50, offset: Int = 0
    ) -> Page {
        let state = rankedState()
        let wanted = search.lowercased()
        let fitting = (state.ranking ?? []).filter { ranked in
            (sensitivity == nil || ranked.profile.sensitivity == sensitivity)
                && state.inventory.assets[ranked.position].holds(wanted)
        }
        let page = fitting.dropFirst(max(0, offset)).prefix(max(0, limit))
        return Page(
            entries: page.map { AssetBook.entry(at: $0.position, $0.profile, state) }, total: fitting.count)
    }

    /// The state with its assets in order; they are put in order once for each index.
    private func rankedState() -> State {
        var state = state.withLock { $0 }
        guard state.ranking == nil else { return state }
        let ranking = state.inventory.assets.indices.map { position in
            Ranked(position: position, profile: state.inventory.profile(at: position))
        }.sorted { left, right in
            let ranks = (left.profile.sensitivity?.rank ?? -1, right.profile.sensitivity?.rank ?? -1)
            return ranks.0 == ranks.1 ? left.profile.name < right.profile.name : ranks.0 > ranks.1
        }
        state.ranking = ranking
        self.state.withLock { if $0.generation == state.generation { $0.ranking = ranking } }
        return state
    }

    /// One stored asset; nil when there is none of this id.
    public func entry(_ id: AssetID) -> Entry? {
        let state = state.withLock { $0 }
        return state.stored.firstIndex { $0.id == id }.map {
            AssetBook.entry(at: $0, state.inventory.profile(at: $0), state)
        }
    }

    /// The stored asset that an entity is; nil when none is known.
    public func id(of entity: Entity) -> AssetID? {
        let state = state.withLock { $0 }
        return state.inventory.positions(of: entity).first { state.stored.indices.contains($0) }
            .map { state.stored[$0].id }
    }

    /// What an asset, or whoever holds it, can get at.
    public func reach(of entry: Entry) -> AssetReach { inventory.reach(of: entry.asset.entities) }

    /// All accounts with what is known about them, as rows of `IdentityInfo` need it.
    public func accounts() -> [Entry] {
        let state = state.withLock { $0 }
        return state.inventory.assets.enumerated().filter { $0.element.kind == .account }.map {
            AssetBook.entry(at: $0.offset, state.inventory.profile(at: $0.offset), state)
        }
    }

    private static func entry(at position: Int, _ profile: AssetProfile, _ state: State) -> Entry {
        let stored = state.stored.indices.contains(position) ? state.stored[position] : nil
        return Entry(
            id: stored?.id, asset: state.inventory.assets[position], profile: profile,
            sightings: stored?.sightings ?? [])
    }
}

extension Asset {
    fileprivate func holds(_ text: String) -> Bool {
        text.isEmpty
            || (names + tags + addresses + [owner, type, resourceID]).contains { $0.lowercased().contains(text) }
    }
}
