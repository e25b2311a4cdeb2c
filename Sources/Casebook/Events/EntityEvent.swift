internal import JSON
public import StateStore

/// What the casebook learned about an entity.
public enum EntityEvent: Sendable, Hashable {
    /// Another entity turned out to be this one.
    case merged(EntityID)
    /// Somebody told another entity apart from this one again.
    case separated(EntityID)

    var kind: JournalKind {
        switch self {
        case .merged: .entityMerged
        case .separated: .entitySeparated
        }
    }

    var payload: JSON {
        switch self {
        case .merged(let id), .separated(let id): ["from": .string(id.rawValue)]
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        guard let other = payload["from"]?.stringValue.map(EntityID.init(rawValue:)) else { return nil }
        switch kind {
        case .entityMerged: self = .merged(other)
        case .entitySeparated: self = .separated(other)
        default: return nil
        }
    }
}

extension JournalKind {
    public static let entityMerged = JournalKind(room: "casebook", event: "entityMerged")
    public static let entitySeparated = JournalKind(room: "casebook", event: "entitySeparated")
}
