/// The identifier of an alert (`SystemAlertId`): a GUID, or any stable text that its detector chose.
public struct AlertID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static func < (left: AlertID, right: AlertID) -> Bool { left.rawValue < right.rawValue }
}

/// The identifier of an incident (`IncidentName`), a GUID.
public struct IncidentID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static func < (left: IncidentID, right: IncidentID) -> Bool { left.rawValue < right.rawValue }
}

/// The identifier of an entity in the casebook, a GUID.
public struct EntityID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// The identifier of a comment, a GUID.
public struct CommentID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// The identifier of an incident's task, a GUID.
public struct TaskID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// The identifier of a bookmark, a GUID.
public struct BookmarkID: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static func < (left: BookmarkID, right: BookmarkID) -> Bool { left.rawValue < right.rawValue }
}

/// The name of a relation within its incident: whatever its client chose, else the id of what is related.
public struct RelationName: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }

    public static func < (left: RelationName, right: RelationName) -> Bool { left.rawValue < right.rawValue }
}
