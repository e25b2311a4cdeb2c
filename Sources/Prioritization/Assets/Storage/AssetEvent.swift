internal import JSON
public import StateStore

/// A change of the inventory, as the journal tells it.
public enum AssetEvent: Sendable, Hashable {
    /// A source told something new; names are told up to 100 each, the figures are whole.
    case imported(AssetDifference)
    case removed(name: String)

    /// Reads an entry; nil when it tells of something else.
    public init?(_ entry: JournalEntry) {
        switch entry.kind {
        case .assetsImported:
            var difference = AssetDifference()
            difference.added = entry.payload.names("added")
            difference.changed = entry.payload.names("changed")
            difference.gone = entry.payload.names("gone")
            difference.unchanged = entry.payload["unchanged"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
            difference.joined = entry.payload["joined"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
            self = .imported(difference)
        case .assetRemoved: self = .removed(name: entry.payload["name"]?.stringValue ?? "")
        default: return nil
        }
    }

    var payload: JSON {
        switch self {
        case .imported(let difference):
            func told(_ names: [String]) -> JSON {
                ["count": .int(Int64(names.count)), "names": .array(names.prefix(100).map { .string($0) })]
            }
            return [
                "added": told(difference.added), "changed": told(difference.changed), "gone": told(difference.gone),
                "unchanged": .int(Int64(difference.unchanged)), "joined": .int(Int64(difference.joined)),
            ]
        case .removed(let name): return ["name": .string(name)]
        }
    }
}

extension JSON {
    fileprivate func names(_ member: String) -> [String] {
        (self[member]?["names"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}

extension JournalKind {
    public static let assetsImported = JournalKind(room: "prioritization", event: "assetsImported")
    public static let assetRemoved = JournalKind(room: "prioritization", event: "assetRemoved")
}
