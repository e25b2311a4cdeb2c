internal import Chronology
internal import GRDB
public import JSON
public import StateStore
internal import Synchronization

/// The data collection rules and endpoints of this installation.
public final class DataCollectionRegistry: Sendable {
    /// A rule as senders use it.
    public struct ActiveRule: Sendable {
        public let name: String
        public let version: Int64
        public let rule: DataCollectionRule
    }

    private let room: RoomDatabase<DataCollectionFault>
    private let surroundings: RuleSurroundings
    private let identifiers: IdentifierSource
    /// Rules that were read, by immutable id; they are read anew after any change.
    private let active = Mutex<[String: ActiveRule]>([:])

    /// The most rules, and the most endpoints.
    private static let most = 1000

    public init(
        database: StateDatabase, surroundings: RuleSurroundings, time: TimeSource = .system,
        identifiers: IdentifierSource = .random
    ) {
        room = RoomDatabase(database, time: time)
        self.surroundings = surroundings
        self.identifiers = identifiers
    }

    // MARK: Reading

    /// All of a kind, by name.
    public func all(_ kind: DataCollectionResource.Kind) async throws(DataCollectionFault) -> [DataCollectionResource] {
        try await room.reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM datacollection_resource WHERE kind = ? ORDER BY name",
                arguments: [kind.rawValue]
            ).map { try DataCollectionResource(row: $0) }
        }
    }

    /// The one of that name, in any letter case; nil when there is none.
    public func find(
        _ kind: DataCollectionResource.Kind, _ name: String
    ) async throws(DataCollectionFault) -> DataCollectionResource? {
        try await room.reading { try Self.fetch(kind, name, in: $0) }
    }

    /// The rule that senders address by its immutable id; nil when there is none.
    public func rule(immutableID: String) async throws(DataCollectionFault) -> ActiveRule? {
        let id = immutableID.lowercased()
        if let known = active.withLock({ $0[id] }) { return known }
        let found = try await room.reading { database in
            try Row.fetchOne(
                database, sql: "SELECT * FROM datacollection_resource WHERE kind = 'rule' AND immutable_id = ?",
                arguments: [id]
            ).map { try DataCollectionResource(row: $0) }
        }
        guard let found else { return nil }
        let rule = ActiveRule(
            name: found.name, version: found.version,
            rule: try DataCollectionRule(properties: found.properties, surroundings))
        active.withLock { $0[id] = rule }
        return rule
    }

    // MARK: Changing

    /// Creates or replaces a resource; `wasThere` tells which.
    ///
    /// - Parameter version: the version that the caller saw; nil: whichever there is.
    /// - Throws: `DataCollectionFault` with the member at fault, or `conflict`.
    public func save(
        _ kind: DataCollectionResource.Kind, _ name: String, _ body: JSON, expecting version: Int64? = nil,
        by actor: JournalActor
    ) async throws(DataCollectionFault) -> (resource: DataCollectionResource, wasThere: Bool) {
        try Self.check(name, kind)
        if kind == .rule { _ = try DataCollectionRule(properties: body["properties"] ?? .null, surroundings) }
        let kept = Self.kept(body, kind)
        let prefix = kind == .rule ? "dcr-" : "dce-"
        let fresh = prefix + identifiers.next().replacing("-", with: "")
        let saved = try await room.change { transaction in
            let known = try Self.fetch(kind, name, in: transaction.database)
            if let version, known?.version != version {
                throw DataCollectionFault(
                    .conflict, target: "etag", "'\(name)' was changed meanwhile; read it again and repeat the change")
            }
            try Self.write(kind, name, kept, known, fresh, transaction)
            guard let resource = try Self.fetch(kind, name, in: transaction.database) else {
                throw DataCollectionFault(.storage, "'\(name)' was not kept")
            }
            try transaction.note(
                kind == .rule ? .dataCollectionRuleSaved : .dataCollectionEndpointSaved, subject: resource.immutableID,
                by: actor, ["name": .string(name), "body": kept])
            return (resource, known != nil)
        }
        active.withLock { $0 = [:] }
        return saved
    }

    /// Deletes a resource; false when there was none.
    public func delete(
        _ kind: DataCollectionResource.Kind, _ name: String, by actor: JournalActor
    ) async throws(DataCollectionFault) -> Bool {
        let wasThere = try await room.change { transaction in
            guard let known = try Self.fetch(kind, name, in: transaction.database) else { return false }
            try transaction.execute(
                "DELETE FROM datacollection_resource WHERE kind = ? AND name = ?", [kind.rawValue, name])
            try transaction.note(
                kind == .rule ? .dataCollectionRuleDeleted : .dataCollectionEndpointDeleted,
                subject: known.immutableID, by: actor, ["name": .string(known.name)])
            return true
        }
        active.withLock { $0 = [:] }
        return wasThere
    }

    // MARK: Rows

    private static func fetch(
        _ kind: DataCollectionResource.Kind, _ name: String, in database: Database
    ) throws -> DataCollectionResource? {
        try Row.fetchOne(
            database, sql: "SELECT * FROM datacollection_resource WHERE kind = ? AND name = ?",
            arguments: [kind.rawValue, name]
        ).map { try DataCollectionResource(row: $0) }
    }

    private static func write(
        _ kind: DataCollectionResource.Kind, _ name: String, _ body: JSON, _ known: DataCollectionResource?,
        _ fresh: String, _ transaction: RoomTransaction
    ) throws {
        if let known {
            try transaction.execute(
                "UPDATE datacollection_resource SET body = ?, version = ?, changed = ? WHERE kind = ? AND name = ?",
                [body.description, known.version + 1, transaction.now.ticks, kind.rawValue, name])
            return
        }
        let count = try transaction.row(
            "SELECT count(*) AS number FROM datacollection_resource WHERE kind = ?", [kind.rawValue])
        guard (count?["number"] ?? 0) < most else {
            throw DataCollectionFault(.invalid, "there are \(most) already; delete some that are not used")
        }
        try transaction.execute(
            """
            INSERT INTO datacollection_resource (kind, name, immutable_id, body, version, created, changed)
            VALUES (?1, ?2, ?3, ?4, 1, ?5, ?5)
            """, [kind.rawValue, name, fresh, body.description, transaction.now.ticks])
    }

    private static func check(_ name: String, _ kind: DataCollectionResource.Kind) throws(DataCollectionFault) {
        let isName =
            (3...64).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x5F || byte == 0x2D || byte == 0x2E
            }
        guard isName else {
            throw DataCollectionFault(
                .invalid, target: "name", "the name of a \(kind.rawValue) has 3 to 64 letters, digits, '-', '_' or '.'")
        }
    }

    /// What is kept of a body: the members that a caller decides on.
    private static func kept(_ body: JSON, _ kind: DataCollectionResource.Kind) -> JSON {
        var kept = JSONObject()
        for member in ["location", "kind", "tags", "properties"] { kept[member] = body[member] }
        var properties = kept["properties"]?.objectValue ?? [:]
        let given =
            kind == .rule
            ? ["immutableId", "provisioningState", "endpoints"]
            : ["immutableId", "provisioningState", "configurationAccess", "logsIngestion", "metricsIngestion"]
        for member in given { properties.removeValue(forKey: member) }
        kept["properties"] = .object(properties)
        return .object(kept)
    }
}
