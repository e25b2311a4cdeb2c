internal import Casebook
internal import Chronology
internal import GRDB
internal import StateStore

/// Keeps which findings were fused into which incident.
struct FusionStore: Sendable {
    /// An attack that was raised.
    struct Raised: Sendable, Hashable {
        var id: AlertID
        var incident: IncidentID
        /// The incident was there before: its title and description are not fusion's.
        var joins = false
        /// How probable it was when it was last told.
        var probability = 1.0
    }

    let database: StateDatabase

    /// An attack that was raised, with those of some findings that are a part of it.
    struct Overlap: Sendable {
        var raised: Raised
        var shared: [String]
        /// All findings of the attack.
        var count: Int

        /// Are these findings mostly the attack's, or the attack mostly these?
        func isSame(as count: Int) -> Bool { shared.count * 2 >= min(count, self.count) }
        /// Is most of the attack among these?
        var isCovered: Bool { shared.count * 2 >= count }
    }

    /// The attacks that any of these findings is a part of, those with most of them first.
    func raised(with signals: [String]) async throws -> [Overlap] {
        try await database.read { database in
            var found: [AlertID: Overlap] = [:]
            let statement = try database.cachedStatement(
                sql: """
                    SELECT f.id, f.incident, f.joins, f.probability,
                        (SELECT count(*) FROM detection_fusion_member o WHERE o.fusion = f.id) AS members
                    FROM detection_fusion_member m JOIN detection_fusion f ON f.id = m.fusion WHERE m.signal = ?
                    """)
            for signal in signals {
                guard let row = try Row.fetchOne(statement, arguments: [signal]) else { continue }
                let raised = Raised(row)
                found[raised.id, default: Overlap(raised: raised, shared: [], count: row["members"])].shared
                    .append(signal)
            }
            return found.values.sorted {
                ($1.shared.count, $0.raised.id) < ($0.shared.count, $1.raised.id)
            }
        }
    }

    /// An attack with its findings.
    struct Standing: Sendable {
        var raised: Raised
        var members: [String]
    }

    /// The attacks that were raised or looked at since an instant, with their findings.
    func standing(since oldest: Instant) async throws -> [Standing] {
        try await database.read { database in
            let members = try database.cachedStatement(
                sql: "SELECT signal FROM detection_fusion_member WHERE fusion = ? ORDER BY signal")
            return try Row.fetchAll(
                database, sql: "SELECT * FROM detection_fusion WHERE updated >= ? ORDER BY id",
                arguments: [oldest.ticks]
            ).map { row in
                let raised = Raised(row)
                return Standing(
                    raised: raised,
                    members: try String.fetchAll(members, arguments: [raised.id.rawValue]))
            }
        }
    }

    func save(_ raised: Raised, probability: Double, members: [String], at now: Instant) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO detection_fusion (id, incident, probability, updated, joins)
                        VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET incident = excluded.incident, probability = excluded.probability,
                        updated = excluded.updated
                    """,
                arguments: [raised.id.rawValue, raised.incident.rawValue, probability, now.ticks, raised.joins])
            for member in members {
                try database.execute(
                    sql: """
                        INSERT INTO detection_fusion_member (signal, fusion) VALUES (?, ?)
                        ON CONFLICT (signal) DO UPDATE SET fusion = excluded.fusion
                        """, arguments: [member, raised.id.rawValue])
            }
        }
    }

    /// Makes the findings of an attack another's.
    func merge(_ raised: Raised, into other: Raised) async throws {
        try await database.write { database in
            try database.execute(
                sql: "UPDATE detection_fusion_member SET fusion = ? WHERE fusion = ?",
                arguments: [other.id.rawValue, raised.id.rawValue])
            try database.execute(sql: "DELETE FROM detection_fusion WHERE id = ?", arguments: [raised.id.rawValue])
        }
    }

    func cursor(_ name: String) async throws -> Instant? {
        try await database.read { database in
            try Int64.fetchOne(
                database, sql: "SELECT position FROM detection_fusion_cursor WHERE name = ?", arguments: [name]
            ).map { Instant(ticks: $0) }
        }
    }

    func setCursor(_ name: String, _ position: Instant) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT INTO detection_fusion_cursor (name, position) VALUES (?1, ?2)
                    ON CONFLICT (name) DO UPDATE SET position = max(position, ?2)
                    """, arguments: [name, position.ticks])
        }
    }
}

extension FusionStore.Raised {
    fileprivate init(_ row: Row) {
        self.init(
            id: AlertID(row["id"] as String), incident: IncidentID(row["incident"] as String), joins: row["joins"],
            probability: row["probability"])
    }
}
