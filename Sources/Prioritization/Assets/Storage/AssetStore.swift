internal import Casebook
internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// The inventory of assets: who told what about which thing, joined into one asset where they mean the same.
public struct AssetStore: Sendable {
    let database: RoomDatabase<PrioritizationError>
    let identifiers: IdentifierSource

    public init(_ database: StateDatabase, time: TimeSource, identifiers: IdentifierSource = .random) {
        self.database = RoomDatabase(database, time: time)
        self.identifiers = identifiers
    }

    /// Takes what a source says now.
    ///
    /// - Parameters:
    ///   - isWhole: `assets` is all that the source knows; what it said earlier and is not among them is gone.
    ///   - isTrial: nothing is changed; only the difference is told.
    /// - Returns: What is new, changed and gone against what the source said before.
    @discardableResult
    public func take(
        _ assets: [Asset], from source: AssetSource, isWhole: Bool, isTrial: Bool = false, by actor: JournalActor
    ) async throws(PrioritizationError) -> AssetDifference {
        try await database.change { [identifiers] transaction in
            var difference = AssetDifference()
            try transaction.database.inSavepoint {
                var rows = AssetRows(transaction: transaction, identifiers: identifiers)
                difference = try rows.take(assets, from: source, isWhole: isWhole)
                guard !isTrial else { return .rollback }
                if !difference.isEmpty {
                    try transaction.note(
                        .assetsImported, subject: source.name, by: actor, AssetEvent.imported(difference).payload)
                }
                return .commit
            }
            return difference
        }
    }

    /// Removes an asset with all that was said of it; a source that still knows it brings it back.
    ///
    /// - Throws: `PrioritizationError` with code `notFound`.
    public func remove(_ id: AssetID, by actor: JournalActor) async throws(PrioritizationError) {
        let name = try await asset(id).asset.name
        try await database.change { transaction in
            try transaction.execute("DELETE FROM prioritization_asset WHERE id = ?", [id.rawValue])
            try transaction.note(.assetRemoved, subject: id.rawValue, by: actor, ["name": .string(name)])
        }
    }

    /// One asset.
    ///
    /// - Throws: `PrioritizationError` with code `notFound`.
    public func asset(_ id: AssetID) async throws(PrioritizationError) -> StoredAsset {
        let found = try await stored("WHERE a.id = ?", [id.rawValue])
        guard let asset = found.first else {
            throw PrioritizationError(.notFound, "there is no asset \(id)")
        }
        return asset
    }

    /// All assets, in the order in which they became known.
    public func assets() async throws(PrioritizationError) -> [StoredAsset] { try await stored("", []) }

    private func stored(_ condition: String, _ arguments: StatementArguments) async throws(PrioritizationError)
        -> [StoredAsset]
    {
        try await database.reading { database in
            let sql = """
                SELECT a.id AS id, s.source AS source, s.native AS native, s.rank AS rank, s.content AS content,
                    s.first_seen AS first, s.last_seen AS last
                FROM prioritization_asset a JOIN prioritization_sighting s ON s.asset = a.seq \(condition)
                ORDER BY a.seq, s.rank, s.last_seen DESC, s.source, s.native
                """
            var assets: [StoredAsset] = []
            var open: (id: AssetID, sightings: [AssetSighting])?
            let rows = try Row.fetchCursor(database.cachedStatement(sql: sql), arguments: arguments)
            while let row = try rows.next() {
                let id = AssetID(rawValue: row["id"])
                if let done = open, done.id != id { assets.append(StoredAsset(id: done.id, sightings: done.sightings)) }
                if open?.id != id { open = (id, []) }
                open?.sightings.append(try AssetRows.sighting(row))
            }
            if let open { assets.append(StoredAsset(id: open.id, sightings: open.sightings)) }
            return assets
        }
    }
}
