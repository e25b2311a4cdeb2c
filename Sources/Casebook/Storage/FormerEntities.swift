internal import Chronology
internal import GRDB
internal import JSON
internal import Vocabulary

/// Entities that turned out to be others: under which they are found now, and what they were, so that they can be told
/// apart again.
struct FormerEntities {
    let database: Database

    static let tables = """
        CREATE TABLE casebook_entity_former (
            id TEXT PRIMARY KEY,
            entity INTEGER NOT NULL REFERENCES casebook_entity (seq) ON DELETE CASCADE,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            identifiers TEXT NOT NULL,
            survivor_identifiers TEXT NOT NULL,
            keys TEXT NOT NULL,
            first_seen INTEGER NOT NULL,
            last_seen INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX casebook_entity_former_entity ON casebook_entity_former (entity);
        CREATE TABLE casebook_entity_former_alert (
            former TEXT NOT NULL REFERENCES casebook_entity_former (id) ON DELETE CASCADE,
            alert INTEGER NOT NULL REFERENCES casebook_alert (seq) ON DELETE CASCADE,
            position INTEGER NOT NULL,
            is_shared INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
            PRIMARY KEY (former, alert)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_entity_former_alert_alert ON casebook_entity_former_alert (alert);
        CREATE TABLE casebook_entity_apart (
            one INTEGER NOT NULL REFERENCES casebook_entity (seq) ON DELETE CASCADE,
            other INTEGER NOT NULL REFERENCES casebook_entity (seq) ON DELETE CASCADE,
            PRIMARY KEY (one, other)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX casebook_entity_apart_other ON casebook_entity_apart (other);
        """

    /// The row of an entity's present or former identifier; both marks are that identifier.
    static let row = """
        (SELECT seq FROM casebook_entity WHERE id = ? UNION ALL
            SELECT entity FROM casebook_entity_former WHERE id = ? LIMIT 1)
        """

    /// Moves all that is known of an entity to another one, and gives the former's identifier.
    func absorb(_ other: Int64, into survivor: Int64) throws -> EntityID? {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT id FROM casebook_entity WHERE seq = ?"), arguments: [other])
        guard let row else { return nil }
        for sql in FormerEntities.absorption {
            try database.cachedStatement(sql: sql).execute(arguments: [survivor, other])
        }
        return EntityID(row["id"] as String)
    }

    /// `?1` survives, `?2` goes; every statement has both marks.
    private static let absorption = [
        """
        INSERT INTO casebook_entity_former
            SELECT o.id, ?1, o.kind, o.name, o.identifiers, s.identifiers,
                (SELECT json_group_array(k.key) FROM casebook_entity_key k WHERE k.entity = ?2), o.first_seen, o.last_seen
            FROM casebook_entity o JOIN casebook_entity s ON s.seq = ?1 WHERE o.seq = ?2
        """,
        """
        INSERT INTO casebook_entity_former_alert
            SELECT o.id, l.alert, l.position, EXISTS (
                SELECT 1 FROM casebook_alert_entity x WHERE x.alert = l.alert AND x.entity = ?1)
            FROM casebook_entity o JOIN casebook_alert_entity l ON l.entity = o.seq WHERE o.seq = ?2
        """,
        "UPDATE casebook_entity_former SET entity = ?1 WHERE entity = ?2",
        "UPDATE OR IGNORE casebook_entity_apart SET one = ?1 WHERE one = ?2",
        "UPDATE OR IGNORE casebook_entity_apart SET other = ?1 WHERE other = ?2",
        "UPDATE OR IGNORE casebook_alert_entity SET entity = ?1 WHERE entity = ?2",
        "UPDATE OR IGNORE casebook_incident_entity SET entity = ?1 WHERE entity = ?2",
        "UPDATE casebook_entity_key SET entity = ?1 WHERE entity = ?2",
        """
        UPDATE casebook_entity SET
            first_seen = min(first_seen, (SELECT first_seen FROM casebook_entity WHERE seq = ?2)),
            last_seen = max(last_seen, (SELECT last_seen FROM casebook_entity WHERE seq = ?2))
        WHERE seq = ?1
        """,
        "DELETE FROM casebook_alert_entity WHERE entity = ?2 AND ?1",
        "DELETE FROM casebook_entity WHERE seq = ?2 AND ?1",
    ]

    /// Were the two told apart by somebody?
    func areApart(_ one: Int64, _ other: Int64) throws -> Bool {
        let statement = try database.cachedStatement(
            sql: """
                SELECT EXISTS (SELECT 1 FROM casebook_entity_apart
                    WHERE (one = ?1 AND other = ?2) OR (one = ?2 AND other = ?1))
                """)
        return try Bool.fetchOne(statement, arguments: [one, other]) ?? false
    }

    /// Makes an entity of its own again, with its identifiers, keys and alerts; they are not merged anew.
    ///
    /// - Returns: The entity that it was part of; nil when there is no such former entity.
    func separate(_ id: EntityID) throws -> EntityID? {
        let former = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM casebook_entity_former WHERE id = ?"), arguments: [id.rawValue]
        )
        guard let former else { return nil }
        let survivor: Int64 = former["entity"]
        try database.cachedStatement(
            sql: """
                INSERT INTO casebook_entity (id, kind, name, identifiers, first_seen, last_seen)
                SELECT id, kind, name, identifiers, first_seen, last_seen FROM casebook_entity_former WHERE id = ?
                """
        ).execute(arguments: [id.rawValue])
        let own = database.lastInsertedRowID
        for sql in FormerEntities.separation {
            try database.cachedStatement(sql: sql).execute(arguments: [own, survivor, id.rawValue])
        }
        let remaining = try takeBack(former, from: survivor)
        try database.cachedStatement(sql: "DELETE FROM casebook_entity_former WHERE id = ?")
            .execute(arguments: [id.rawValue])
        return remaining
    }

    /// `?1` is made, `?2` is what it was part of, `?3` its identifier; every statement has all marks.
    private static let separation = [
        """
        UPDATE casebook_entity_key SET entity = ?1 WHERE entity = ?2 AND key IN (
            SELECT value FROM casebook_entity_former f, json_each(f.keys) WHERE f.id = ?3)
        """,
        """
        INSERT OR IGNORE INTO casebook_alert_entity (alert, entity, position)
            SELECT alert, ?1, position FROM casebook_entity_former_alert WHERE former = ?3 AND ?2
        """,
        """
        DELETE FROM casebook_alert_entity WHERE ?1 AND entity = ?2 AND alert IN (
            SELECT alert FROM casebook_entity_former_alert WHERE former = ?3 AND is_shared = 0)
        """,
        """
        DELETE FROM casebook_incident_entity WHERE ?1 AND ?3 <> '' AND entity = ?2 AND NOT EXISTS (
            SELECT 1 FROM casebook_alert a CROSS JOIN casebook_alert_entity l ON l.alert = a.seq AND l.entity = ?2
            WHERE a.incident = casebook_incident_entity.incident)
        """,
        "INSERT INTO casebook_entity_apart (one, other) SELECT ?1, ?2 WHERE ?3 <> ''",
    ]

    /// Takes from an entity what it has of a former one only.
    private func takeBack(_ former: Row, from survivor: Int64) throws -> EntityID? {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT id, kind, identifiers FROM casebook_entity WHERE seq = ?"),
            arguments: [survivor])
        guard let row, var known = try EntityRows.known(row) else { return nil }
        let before = try EntityRows.identifiers(former["survivor_identifiers"])
        let others = try EntityRows.identifiers(former["identifiers"])
        for (name, value) in others where before[name] == nil && known.entity.identifiers[name] == value {
            known.entity.identifiers[name] = nil
        }
        try database.cachedStatement(sql: "UPDATE casebook_entity SET name = ?, identifiers = ? WHERE seq = ?")
            .execute(arguments: [known.friendlyName, EntityRows.text(known.entity.identifiers), survivor])
        return known.id
    }
}
