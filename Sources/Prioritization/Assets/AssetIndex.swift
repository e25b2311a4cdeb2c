internal import Casebook
internal import Vocabulary

/// Finds assets by the entities of alerts.
struct AssetIndex: Sendable {
    private let assets: [Asset]
    private let entities: [[Entity]]
    private let strong: [String: [Int]]
    private let weak: [String: [Int]]

    init(_ assets: [Asset]) {
        self.assets = assets
        entities = assets.map(\.entities)
        var strong: [String: [Int]] = [:]
        var weak: [String: [Int]] = [:]
        for (position, named) in entities.enumerated() {
            let keys = named.map(\.keys)
            for key in Set(keys.flatMap(\.strong)) { strong[key, default: []].append(position) }
            for key in Set(keys.flatMap(\.all)) { weak[key, default: []].append(position) }
        }
        self.strong = strong
        self.weak = weak
    }

    /// The assets that share a strong key with the entity; without one, those with a weak key whose other identifiers do not
    /// differ.
    func positions(of entity: Entity) -> [Int] {
        let keys = entity.keys
        let sure = Set(keys.strong.flatMap { strong[$0] ?? [] })
        if !sure.isEmpty { return sure.sorted() }
        let candidates = Set(keys.all.flatMap { weak[$0] ?? [] })
        return candidates.filter { entities[$0].contains { $0.matches(entity) } }.sorted()
    }

    /// The names of the groups that an asset is a direct member of: as its source has them, and those of known groups.
    func groups(of asset: Asset) -> [String] {
        asset.links.filter { $0.relation == .memberOf }.flatMap { link in
            [link.name] + positions(of: link.target).flatMap { assets[$0].names }
        }
    }
}
