internal import Collection
internal import Foundation
internal import GRDB
internal import StateStore

/// Where what is known of sources and sensors survives a restart.
struct SourceMemory: Sendable {
    static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "health")
        migrations.add("1 sources") { database in
            try database.execute(
                sql: """
                    CREATE TABLE health_source (
                        key TEXT PRIMARY KEY,
                        state TEXT NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """)
        }
        return migrations
    }()

    private let database: StateDatabase

    /// - Parameter database: opened with these migrations among its rooms.
    init(_ database: StateDatabase) {
        self.database = database
    }

    func save(_ sources: [SourceStatus]) async throws {
        guard !sources.isEmpty else { return }
        let encoder = JSONEncoder()
        let rows = try sources.map { (name(of: $0.key), String(decoding: try encoder.encode($0), as: UTF8.self)) }
        try await database.write { database in
            let statement = try database.cachedStatement(
                sql:
                    "INSERT INTO health_source (key, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state"
            )
            for (key, state) in rows { try statement.execute(arguments: [key, state]) }
        }
    }

    /// The sources that were kept; what another version wrote and this one cannot read is learnt anew.
    func load() async throws -> [SourceStatus] {
        let texts = try await database.read { database in
            try String.fetchAll(database, sql: "SELECT state FROM health_source ORDER BY key")
        }
        let decoder = JSONDecoder()
        return texts.compactMap { try? decoder.decode(SourceStatus.self, from: Data($0.utf8)) }
    }

    func forget(_ keys: [SourceKey]) async throws {
        guard !keys.isEmpty else { return }
        let names = keys.map(name(of:))
        try await database.write { database in
            for name in names {
                try database.execute(sql: "DELETE FROM health_source WHERE key = ?", arguments: [name])
            }
        }
    }

    /// The parts of a key apart by a character that none of them holds.
    private func name(of key: SourceKey) -> String {
        [key.origin, key.source, key.table, key.sender].joined(separator: "\u{1F}")
    }
}
