internal import Casebook
internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// The rows of assets within one transaction.
struct AssetRows {
    let transaction: RoomTransaction
    let identifiers: IdentifierSource
    private var difference = AssetDifference()

    init(transaction: RoomTransaction, identifiers: IdentifierSource) {
        self.transaction = transaction
        self.identifiers = identifiers
    }

    mutating func take(_ assets: [Asset], from source: AssetSource, isWhole: Bool) throws -> AssetDifference {
        var natives: Set<String> = []
        for (native, asset) in AssetRows.merged(assets) {
            natives.insert(native)
            try take(asset, native: native, from: source)
        }
        if isWhole { try removeGone(from: source, besides: natives) }
        return difference
    }

    /// One asset for each identity within the source, as several files or rows may tell of one.
    private static func merged(_ assets: [Asset]) -> [(native: String, asset: Asset)] {
        var order: [String] = []
        var byNative: [String: [Asset]] = [:]
        for asset in assets {
            let native = asset.native
            if byNative[native] == nil { order.append(native) }
            byNative[native, default: []].append(asset)
        }
        return order.compactMap { native in byNative[native].map { (native, Asset(merging: $0)) } }
    }

    private mutating func take(_ asset: Asset, native: String, from source: AssetSource) throws {
        let content = asset.json.description
        let known = try transaction.row(
            "SELECT asset, content FROM prioritization_sighting WHERE source = ? AND native = ?", [source.name, native])
        if let known, known["content"] == content {
            difference.unchanged += 1
            try transaction.execute(
                "UPDATE prioritization_sighting SET last_seen = ? WHERE source = ? AND native = ?",
                [transaction.now.ticks, source.name, native])
            return
        }
        known == nil ? difference.added.append(asset.name) : difference.changed.append(asset.name)
        let row = try home(of: asset, known: known?["asset"])
        try transaction.execute(
            """
            INSERT INTO prioritization_sighting (source, native, asset, rank, content, first_seen, last_seen)
            VALUES (?, ?, ?, ?, ?, ?6, ?6)
            ON CONFLICT DO UPDATE SET asset = excluded.asset, rank = excluded.rank, content = excluded.content,
                last_seen = excluded.last_seen
            """,
            [source.name, native, row, source.rank.rawValue, content, transaction.now.ticks])
        try writeKeys(of: row)
    }

    /// The row of the asset that is meant: found by its keys, else a new one. Several that it joins become the oldest.
    private mutating func home(of asset: Asset, known: Int64?) throws -> Int64 {
        let keys = asset.identityKeys
        var rows = Set([known].compactMap { $0 })
        for key in keys.strong {
            let found = try transaction.rows(
                "SELECT asset FROM prioritization_asset_key WHERE key = ? AND is_strong = 1", [key])
            rows.formUnion(found.map { $0["asset"] })
        }
        if rows.isEmpty, let row = try alike(asset, keys) { rows = [row] }
        guard let oldest = rows.min() else {
            try transaction.execute(
                "INSERT INTO prioritization_asset (id) VALUES (?)", [identifiers.next()])
            return transaction.database.lastInsertedRowID
        }
        for row in rows where row != oldest {
            difference.joined += 1
            try transaction.execute("UPDATE prioritization_sighting SET asset = ? WHERE asset = ?", [oldest, row])
            try transaction.execute("DELETE FROM prioritization_asset WHERE seq = ?", [row])
        }
        return oldest
    }

    /// The only asset that shares a weak key and contradicts nothing: for machines any such one, for others only one that is
    /// known by its weak keys alone, as this one is.
    private func alike(_ asset: Asset, _ keys: IdentityKeys) throws -> Int64? {
        guard asset.kind == .host || keys.strong.isEmpty else { return nil }
        var rows: Set<Int64> = []
        for key in keys.weak {
            rows.formUnion(
                try transaction.rows("SELECT asset FROM prioritization_asset_key WHERE key = ?", [key])
                    .map { $0["asset"] })
        }
        let mine = asset.identityEntities
        let fitting = try rows.filter { row in
            let other = Asset(merging: try sightings(of: row).map(\.asset))
            guard other.kind == asset.kind, asset.kind == .host || other.identityKeys.strong.isEmpty else {
                return false
            }
            let pairs = other.identityEntities.flatMap { theirs in mine.map { (theirs, $0) } }
                .filter { !Set($0.keys.all).isDisjoint(with: $1.keys.all) }
            return !pairs.isEmpty && pairs.allSatisfy { $0.matches($1) }
        }
        return fitting.count == 1 ? fitting.first : nil
    }

    private func sightings(of row: Int64) throws -> [AssetSighting] {
        try transaction.rows(
            """
            SELECT source, native, rank, content, first_seen AS first, last_seen AS last
            FROM prioritization_sighting WHERE asset = ? ORDER BY rank, last_seen DESC, source, native
            """, [row]
        ).map(AssetRows.sighting)
    }

    static func sighting(_ row: Row) throws -> AssetSighting {
        AssetSighting(
            source: AssetSource(
                name: row["source"], rank: AssetSource.Rank(rawValue: row["rank"]) ?? .learned),
            native: row["native"], asset: try Asset(json: JSON(parsing: row["content"] as String)),
            firstSeen: Instant(ticks: row["first"]), lastSeen: Instant(ticks: row["last"]))
    }

    /// Writes the keys of an asset anew, from all that is said of it now.
    private func writeKeys(of row: Int64) throws {
        try transaction.execute("DELETE FROM prioritization_asset_key WHERE asset = ?", [row])
        let keys = Asset(merging: try sightings(of: row).map(\.asset)).identityKeys
        let strong = Set(keys.strong)
        for key in strong.union(keys.weak) {
            try transaction.execute(
                "INSERT INTO prioritization_asset_key (key, asset, is_strong) VALUES (?, ?, ?)",
                [key, row, strong.contains(key)])
        }
    }

    private mutating func removeGone(from source: AssetSource, besides natives: Set<String>) throws {
        let known = try transaction.rows(
            "SELECT native, asset, content FROM prioritization_sighting WHERE source = ? ORDER BY native", [source.name]
        )
        for row in known {
            let native: String = row["native"]
            let asset: Int64 = row["asset"]
            guard !natives.contains(native) else { continue }
            difference.gone.append(try Asset(json: JSON(parsing: row["content"] as String)).name)
            try transaction.execute(
                "DELETE FROM prioritization_sighting WHERE source = ? AND native = ?", [source.name, native])
            if try sightings(of: asset).isEmpty {
                try transaction.execute("DELETE FROM prioritization_asset WHERE seq = ?", [asset])
            } else {
                try writeKeys(of: asset)
            }
        }
    }
}

/// The keys by which an asset is recognised.
private struct IdentityKeys {
    var strong: [String]
    var weak: [String]
}

extension Asset {
    /// The entities that tell the asset from others; addresses do not, since machines share and exchange them.
    fileprivate var identityEntities: [Entity] { kind == .ip ? entities : entities.filter { $0.kind != .ip } }

    fileprivate var identityKeys: IdentityKeys {
        let keys = identityEntities.map(\.keys)
        let strong = Set(keys.flatMap(\.strong)).sorted()
        return IdentityKeys(strong: strong, weak: Set(keys.flatMap(\.weak)).subtracting(strong).sorted())
    }
}
