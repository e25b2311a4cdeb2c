internal import Chronology
internal import GRDB
public import JSON
public import StateStore

/// Keeps documents under names; each change stands in the journal with the whole document.
public struct WorkspaceResourceStore: Sendable {
    private let room: RoomDatabase<WorkspaceResourceFault>

    /// The longest name, in characters.
    public static let nameLength = 260

    public init(database: StateDatabase, time: TimeSource = .system) {
        room = RoomDatabase(database, time: time)
    }

    /// All documents of a place, by name.
    public func all(_ place: ResourcePlace) async throws(WorkspaceResourceFault) -> [WorkspaceResource] {
        try await room.reading { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM workspace_resource WHERE collection = ? AND parent = ? ORDER BY name",
                arguments: [place.collection, place.parent]
            ).map(WorkspaceResource.init(row:))
        }
    }

    /// One document; nil when there is none.
    public func find(
        _ name: String, in place: ResourcePlace
    ) async throws(WorkspaceResourceFault) -> WorkspaceResource? {
        try await room.reading { try Self.fetch(name, place, in: $0) }
    }

    /// Creates or replaces a document; the same again changes nothing.
    ///
    /// - Parameters:
    ///   - most: How many documents the place may have.
    ///   - version: The version that the caller has seen; another one now is a conflict. Nil: the last writer wins.
    /// - Returns: The document, and whether there was one before.
    public func save(
        _ name: String, in place: ResourcePlace, kind: String = "", _ properties: JSON, most: Int = 1000,
        expecting version: Int64? = nil, by actor: JournalActor
    ) async throws(WorkspaceResourceFault) -> (resource: WorkspaceResource, wasThere: Bool) {
        guard (1...Self.nameLength).contains(name.count) else {
            throw WorkspaceResourceFault(.invalidName, "a name has 1 to \(Self.nameLength) characters")
        }
        return try await room.change { transaction in
            let known = try Self.fetch(name, place, in: transaction.database)
            if let known {
                if let version, version != known.version {
                    throw WorkspaceResourceFault(
                        .conflict, "'\(name)' was changed meanwhile; read it again and repeat the change")
                }
                guard known.properties != properties || known.kind != kind else { return (known, true) }
                try transaction.execute(
                    """
                    UPDATE workspace_resource SET kind = ?, properties = ?, modifier_kind = ?, modifier_id = ?,
                        modifier_name = ?, modified = ?, version = version + 1
                    WHERE collection = ? AND parent = ? AND name = ?
                    """,
                    [
                        kind, properties.description, actor.kind.rawValue, actor.id, actor.name, transaction.now.ticks,
                        place.collection, place.parent, name,
                    ])
            } else {
                try Self.insert(name, place, kind, properties, most, actor, transaction)
            }
            guard let saved = try Self.fetch(name, place, in: transaction.database) else {
                throw WorkspaceResourceFault(.storage, "'\(name)' was not kept")
            }
            try transaction.note(
                .workspaceResourceSaved, subject: saved.subject, by: actor,
                ["kind": .string(kind), "properties": properties])
            return (saved, known != nil)
        }
    }

    /// Deletes a document with all that belongs to it; false when there was none.
    public func delete(
        _ name: String, in place: ResourcePlace, by actor: JournalActor
    ) async throws(WorkspaceResourceFault) -> Bool {
        try await room.change { transaction in
            guard let known = try Self.fetch(name, place, in: transaction.database) else { return false }
            try transaction.execute(
                "DELETE FROM workspace_resource WHERE collection = ? AND parent = ? AND name = ?",
                [place.collection, place.parent, name])
            try transaction.execute(
                "DELETE FROM workspace_resource WHERE substr(collection, 1, ?) = ? AND parent = ?",
                [place.collection.count + 1, place.collection + "/", name])
            try transaction.note(.workspaceResourceDeleted, subject: known.subject, by: actor)
            return true
        }
    }

    private static func fetch(_ name: String, _ place: ResourcePlace, in database: Database) throws
        -> WorkspaceResource?
    {
        try Row.fetchOne(
            database.cachedStatement(
                sql: "SELECT * FROM workspace_resource WHERE collection = ? AND parent = ? AND name = ?"),
            arguments: [place.collection, place.parent, name]
        ).map(WorkspaceResource.init(row:))
    }

    private static func insert(
        _ name: String, _ place: ResourcePlace, _ kind: String, _ properties: JSON, _ most: Int,
        _ actor: JournalActor, _ transaction: RoomTransaction
    ) throws {
        let count = try transaction.row(
            "SELECT count(*) AS number FROM workspace_resource WHERE collection = ? AND parent = ?",
            [place.collection, place.parent])
        guard (count?["number"] ?? 0) < most else {
            throw WorkspaceResourceFault(.limitReached, "there are \(most) \(place.collection) already")
        }
        try transaction.execute(
            """
            INSERT INTO workspace_resource (collection, parent, name, kind, properties, creator_kind, creator_id,
                creator_name, created, modifier_kind, modifier_id, modifier_name, modified, version)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?6, ?7, ?8, ?9, 1)
            """,
            [
                place.collection, place.parent, name, kind, properties.description, actor.kind.rawValue, actor.id,
                actor.name, transaction.now.ticks,
            ])
    }
}

extension WorkspaceResource {
    /// How the journal names it.
    fileprivate var subject: String {
        place.parent.isEmpty ? "\(place.collection)/\(name)" : "\(place.collection)/\(place.parent)/\(name)"
    }
}
