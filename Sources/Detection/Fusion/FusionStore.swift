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
    }

    let database: StateDatabase

    /// The attacks that any of these findings is a part of, the oldest first.
    func raised(with signals: [String]) async throws -> [Raised] {
        try await database.read { database in
            var found: [Raised] = []
            let statement = try database.cachedStatement(
                sql: """
                    SELECT f.id, f.incident, f.joins FROM detection_fusion_member m JOIN detection_fusion f ON f.id = m.fusion
                    WHERE m.signal = ?
                    """)
            for signal in signals {
                guard let row = try Row.fetchOne(statement, arguments: [signal]) else { continue }
                let raised = Raised(
                    id: AlertID(row["id"] as String), incident: IncidentID(row["incident"] as String),
                    joins: row["joins"])
                if !found.contains(raised) { found.append(raised) }
            }
            return found
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
