public import Chronology
internal import Vocabulary

/// The identifier of an asset in the inventory, a GUID.
public struct AssetID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// Who told of an asset.
public struct AssetSource: Sendable, Hashable {
    /// How much its word counts beside that of others: the first counts most.
    public enum Rank: Int, Sendable, Hashable, CaseIterable {
        /// A person or program by the API.
        case stated
        /// A list that is kept by people.
        case listed
        case cloud
        /// Seen in events.
        case learned
    }

    /// `azure`, `aws`, `csv:servers`, `events`.
    public var name: String
    public var rank: Rank

    public init(name: String, rank: Rank) {
        self.name = name
        self.rank = rank
    }

    public static let api = AssetSource(name: "api", rank: .stated)
    public static let events = AssetSource(name: "events", rank: .learned)

    /// The source that files of a format come from unless another name is given.
    public static func file(_ format: AssetReading.Format, name: String? = nil) -> AssetSource {
        switch format {
        case .resourceGraph: AssetSource(name: name ?? "azure", rank: .cloud)
        case .aws: AssetSource(name: name ?? "aws", rank: .cloud)
        case .csv: AssetSource(name: name ?? "csv", rank: .listed)
        case .yaml: AssetSource(name: name ?? "yaml", rank: .listed)
        }
    }
}

/// What one source says about an asset.
public struct AssetSighting: Sendable, Hashable {
    public let source: AssetSource
    /// The asset's identity within the source.
    public let native: String
    public let asset: Asset
    public let firstSeen: Instant
    public let lastSeen: Instant
}

/// An asset of the inventory with all that its sources say.
public struct StoredAsset: Sendable, Hashable {
    public let id: AssetID
    /// The source whose word counts most first.
    public let sightings: [AssetSighting]

    /// What all sources say together.
    public var asset: Asset { Asset(merging: sightings.map(\.asset)) }
    public var lastSeen: Instant? { sightings.map(\.lastSeen).max() }
}

/// What an import changed, or would change.
public struct AssetDifference: Sendable, Hashable {
    /// Names, in the order of the import.
    public var added: [String] = []
    public var changed: [String] = []
    /// In the inventory by an earlier import of the source, and no longer in it.
    public var gone: [String] = []
    public var unchanged = 0
    /// Assets that turned out to be one.
    public var joined = 0

    public init() {}

    var isEmpty: Bool { added.isEmpty && changed.isEmpty && gone.isEmpty && joined == 0 }
}

extension Asset {
    /// One asset of what several sources say; the first word counts where there can be only one.
    init(merging sources: [Asset]) {
        guard let first = sources.first else {
            self.init(kind: .host, names: [])
            return
        }
        self = first
        for other in sources.dropFirst() {
            names.addMissing(other.names, by: { $0.lowercased() })
            tags.addMissing(other.tags, by: { $0.lowercased() })
            addresses.addMissing(other.addresses, by: { $0.lowercased() })
            links.addMissing(other.links, by: { $0 })
            identifiers.merge(other.identifiers) { mine, _ in mine }
            if sensitivity == nil { sensitivity = other.sensitivity }
            if owner.isEmpty { owner = other.owner }
            if resourceID.isEmpty { resourceID = other.resourceID }
            if type.isEmpty { type = other.type }
            if location.isEmpty { location = other.location }
            // A machine that a cloud lists as a resource is a machine.
            if kind == .azureResource, other.kind != .azureResource { kind = other.kind }
        }
    }

    /// What tells the asset from others of its source.
    var native: String {
        if !resourceID.isEmpty { return resourceID.lowercased() }
        return "\(kind.rawValue)|\(identifiers["AadUserId"] ?? identifiers["Sid"] ?? names.first ?? "")".lowercased()
    }
}

extension Array {
    fileprivate mutating func addMissing<Key: Hashable>(_ others: [Element], by key: (Element) -> Key) {
        var known = Set(map(key))
        for other in others where known.insert(key(other)).inserted { append(other) }
    }
}
