internal import Chronology
internal import GRDB
internal import JSON
internal import StateStore
internal import Vocabulary

/// The entities' SQL: one row per thing, merged as strong identifiers show that two are one.
struct EntityRows {
    let database: Database
    let identifiers: IdentifierSource

    /// The row that an alert's entity is, and the entities that turned out to be that one.
    struct Resolution {
        let row: Int64
        var merged: [EntityID] = []
    }

    /// Finds or makes the entity's row, and merges what the alert knows into it.
    func resolve(_ entity: Entity, from start: Instant, to end: Instant) throws -> Resolution {
        var merged = entity
        var found: [Int64] = []
        var hasGrown = false
        let former = FormerEntities(database: database)
        // Merged identifiers may complete a further strong key, which may name yet another row.
        while true {
            let rows = try matches(merged, besides: found)
            if rows.isEmpty { break }
            for row in rows {
                let seq = row.seq
                if let first = found.first, try found.contains(where: { try former.areApart($0, seq) }) {
                    // The alert joins what somebody told apart: it tells nothing new about either.
                    try see(first, from: start, to: end)
                    return Resolution(row: first)
                }
                found.append(seq)
                let known = try EntityRows.identifiers(row.identifiers)
                let all = known.merging(merged.identifiers, uniquingKeysWith: { old, _ in old })
                if all.count > known.count { hasGrown = true }
                merged = Entity(stored: entity.kind, identifiers: all)
            }
        }
        guard let survivor = found.min() else { return Resolution(row: try insert(merged, from: start, to: end)) }
        try see(survivor, from: start, to: end)
        if found.count == 1, !hasGrown { return Resolution(row: survivor) }
        var resolution = Resolution(row: survivor)
        for other in found where other != survivor {
            if let id = try former.absorb(other, into: survivor) { resolution.merged.append(id) }
        }
        try database.cachedStatement(sql: "UPDATE casebook_entity SET name = ?, identifiers = ? WHERE seq = ?")
            .execute(arguments: [merged.friendlyName, EntityRows.text(merged.identifiers), survivor])
        try insertKeys(of: merged, entity: survivor)
        return resolution
    }

    func id(of row: Int64) throws -> EntityID? {
        try String.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM casebook_entity WHERE seq = ?"), arguments: [row]
        ).map(EntityID.init(rawValue:))
    }

    /// Notes when the entity was seen; most alerts tell nothing else that is new.
    private func see(_ entity: Int64, from start: Instant, to end: Instant) throws {
        try database.cachedStatement(
            sql: """
                UPDATE casebook_entity SET first_seen = min(first_seen, ?1), last_seen = max(last_seen, ?2)
                WHERE seq = ?3 AND (first_seen > ?1 OR last_seen < ?2)
                """
        ).execute(arguments: [start.ticks, end.ticks, entity])
    }

    func link(_ entity: Int64, to alert: Int64, position: Int) throws {
        try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO casebook_alert_entity (alert, entity, position) VALUES (?, ?, ?)"
        ).execute(arguments: [alert, entity, position])
    }

    private func matches(_ entity: Entity, besides found: [Int64]) throws -> [(seq: Int64, identifiers: String)] {
        let keys = identityKeys(of: entity)
        let sql = """
            SELECT DISTINCT e.seq, e.identifiers FROM casebook_entity_key k
            JOIN casebook_entity e ON e.seq = k.entity WHERE k.key IN \(keys.sqlMarks) ORDER BY e.seq
            """
        return try database.cachedStatement(sql: sql).all(StatementArguments(keys)) { (seq: $0[0], identifiers: $0[1]) }
            .filter { !found.contains($0.seq) }
    }

    /// The strong keys; for an entity without, all that is known of it, so that it is one only with its like.
    private func identityKeys(of entity: Entity) -> [String] {
        let strong = entity.keys.strong
        return strong.isEmpty ? ["weak:" + entity.identityKey] : strong
    }

    private func insert(_ entity: Entity, from start: Instant, to end: Instant) throws -> Int64 {
        try database.cachedStatement(
            sql: """
                INSERT INTO casebook_entity (id, kind, name, identifiers, first_seen, last_seen)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            identifiers.next(), entity.kind.rawValue, entity.friendlyName, EntityRows.text(entity.identifiers),
            start.ticks, end.ticks,
        ])
        let seq = database.lastInsertedRowID
        try insertKeys(of: entity, entity: seq)
        return seq
    }

    private func insertKeys(of entity: Entity, entity seq: Int64) throws {
        for key in identityKeys(of: entity) {
            try database.cachedStatement(
                sql: "INSERT INTO casebook_entity_key (key, entity) VALUES (?, ?) ON CONFLICT DO NOTHING"
            ).execute(arguments: [key, seq])
        }
    }

    /// The entities that a description means: by a strong key, else those that differ from it in nothing; at most 1,000.
    static func known(like entity: Entity, in database: Database) throws -> [KnownEntity] {
        let keys = entity.keys.strong
        guard keys.isEmpty else {
            let sql = """
                SELECT DISTINCT e.id AS id, e.kind AS kind, e.identifiers AS identifiers FROM casebook_entity_key k
                JOIN casebook_entity e ON e.seq = k.entity WHERE k.key IN \(keys.sqlMarks) ORDER BY e.seq
                """
            return try Row.fetchAll(database.cachedStatement(sql: sql), arguments: StatementArguments(keys))
                .compactMap(known)
        }
        // The shortest value is the name that full names hold too.
        guard let value = entity.identifiers.values.min(by: { ($0.count, $0) < ($1.count, $1) }) else { return [] }
        let sql = """
            SELECT id, kind, identifiers FROM casebook_entity
            WHERE kind = ? AND instr(lower(identifiers), lower(?)) > 0 ORDER BY seq LIMIT \(CasebookLimits.pageSize)
            """
        return try Row.fetchAll(
            database.cachedStatement(sql: sql), arguments: [entity.kind.rawValue, JSON.string(value).description]
        ).compactMap(known).filter { $0.entity.matches(entity) }
    }

    static func known(_ row: Row) throws -> KnownEntity? {
        guard let kind = EntityKind(rawValue: row["kind"]) else { return nil }
        return KnownEntity(
            id: EntityID(row["id"] as String),
            entity: Entity(stored: kind, identifiers: try identifiers(row["identifiers"])))
    }

    static func text(_ identifiers: [String: String]) -> String {
        var object = JSONObject()
        for (name, value) in identifiers.sorted(by: { $0.key < $1.key }) { object[name] = .string(value) }
        return JSON.object(object).description
    }

    static func identifiers(_ text: String) throws -> [String: String] {
        let members = try JSON(parsing: text).objectValue ?? [:]
        return Dictionary(
            members.compactMap { member in member.value.stringValue.map { (member.key, $0) } },
            uniquingKeysWith: { $1 })
    }
}
