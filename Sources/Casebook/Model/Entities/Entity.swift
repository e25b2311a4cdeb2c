public import Vocabulary

/// A thing that an alert names: an account, a host, an address…, described by identifiers.
public struct Entity: Sendable, Hashable {
    public var kind: EntityKind
    /// Values by identifier, named as in analytics rules' entity mappings: `Name`, `UPNSuffix`, `HostName`, `Address`.
    ///
    /// Empty values are left out.
    public var identifiers: [String: String]

    /// Makes an entity, dropping empty values and splitting `FullName` and a `Name` that carries its domain.
    public init(kind: EntityKind, identifiers: [String: String]) {
        self.kind = kind
        self.identifiers = EntityIdentity.normalised(identifiers, kind: kind)
    }

    public subscript(identifier: String) -> String? { identifiers[identifier] }
}

/// An entity as the casebook knows it: merged from all alerts that name it.
public struct KnownEntity: Sendable, Hashable {
    public let id: EntityID
    public var entity: Entity

    public init(id: EntityID, entity: Entity) {
        self.id = id
        self.entity = entity
    }

    public var kind: EntityKind { entity.kind }
    public var friendlyName: String { entity.friendlyName }
}
