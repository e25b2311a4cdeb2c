public import Chronology
public import JSON
public import StateStore

/// A document that a workspace keeps under a name, such as a hunt or a setting.
public struct WorkspaceResource: Sendable, Hashable {
    public let place: ResourcePlace
    /// As its maker spelt it; names are the same in any letter case.
    public let name: String
    /// What kind within its collection; empty where collections have none.
    public var kind: String
    public var properties: JSON
    public let createdBy: JournalActor
    public let createdTime: Instant
    public var modifiedBy: JournalActor
    public var modifiedTime: Instant
    /// Counts up from 1.
    public var version: Int64
}

/// Where documents lie: a collection of the workspace, or one of a document in another.
public struct ResourcePlace: Sendable, Hashable {
    /// Such as `hunts` or `hunts/comments`.
    public let collection: String
    /// The document that it belongs to; empty for the workspace itself.
    public let parent: String

    public init(_ collection: String, of parent: String = "") {
        self.collection = collection
        self.parent = parent
    }
}

/// Why a document was not kept or found; nothing was changed.
public struct WorkspaceResourceFault: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case notFound
        case conflict
        case invalidName
        case limitReached
        case storage
    }

    public let code: Code
    /// What happened and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

extension WorkspaceResourceFault: RoomFault {
    public static func storage(_ message: String) -> WorkspaceResourceFault {
        WorkspaceResourceFault(.storage, message)
    }
}
