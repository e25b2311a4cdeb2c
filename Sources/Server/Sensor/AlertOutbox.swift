internal import Casebook
internal import Chronology
internal import Detection
internal import GRDB
internal import JSON
internal import StateStore

/// Alerts on their way to the hub, each once by its identifier.
struct AlertOutbox: Sendable {
    static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "sensor")
        migrations.add("1 alerts") { database in
            try database.execute(
                sql: """
                    CREATE TABLE sensor_alert (
                        id TEXT PRIMARY KEY,
                        body TEXT NOT NULL,
                        recorded INTEGER NOT NULL,
                        sent INTEGER,
                        refusal TEXT
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX sensor_alert_waiting ON sensor_alert (recorded) WHERE sent IS NULL;
                    """)
        }
        return migrations
    }()

    /// How long identifiers of alerts that were sent are kept, so that they are not sent again at every hit.
    private static let remembered = TimeSpan.days(2)

    private let database: StateDatabase
    private let time: TimeSource
    private let bell = ChangeBell()

    /// - Parameter database: opened with these migrations among its rooms.
    init(_ database: StateDatabase, time: TimeSource) {
        self.database = database
        self.time = time
    }

    /// Keeps the alerts of findings; when it returns they survive the end of the process.
    func add(_ findings: [StreamFinding]) async throws {
        let now = time.now().ticks
        let rows: [(String, String)] = findings.compactMap { finding in
            guard finding.isAlert, let id = finding.alert.id, var members = finding.alert.json.objectValue else {
                return nil
            }
            members["createsIncident"] = .bool(finding.createsIncident)
            return (id.rawValue, JSON.object(members).description)
        }
        // Most findings repeat an alert that is there: reading takes no transaction.
        let known = try await database.read { database in
            try Set(
                rows.map(\.0).filter { id in
                    try Bool.fetchOne(
                        database, sql: "SELECT EXISTS (SELECT 1 FROM sensor_alert WHERE id = ?)", arguments: [id])
                        ?? false
                })
        }
        let new = rows.filter { !known.contains($0.0) }
        guard !new.isEmpty else { return }
        try await database.write { database in
            for (id, body) in new {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO sensor_alert (id, body, recorded) VALUES (?, ?, ?)",
                    arguments: [id, body, now])
            }
        }
        bell.ring()
    }

    /// How many alerts wait.
    func waitingCount() async throws -> Int {
        try await database.read { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM sensor_alert WHERE sent IS NULL") ?? 0
        }
    }

    /// The alerts that wait, the oldest first, as the hub takes them; waits until there are any.
    func next(limit: Int = 100) async throws -> [(id: String, body: String)] {
        while !Task.isCancelled {
            let position = bell.position
            let rows = try await database.read { database in
                try Row.fetchAll(
                    database, sql: "SELECT id, body FROM sensor_alert WHERE sent IS NULL ORDER BY recorded, id LIMIT ?",
                    arguments: [limit]
                ).map { (id: $0["id"] as String, body: $0["body"] as String) }
            }
            if !rows.isEmpty { return rows }
            await bell.wait(after: position)
        }
        return []
    }

    /// Notes that the hub has these alerts, or will not take them, with its reason.
    func settle(_ ids: [String], refusal: String? = nil) async throws {
        let now = time.now()
        try await database.write { database in
            for id in ids {
                try database.execute(
                    sql: "UPDATE sensor_alert SET sent = ?, refusal = ? WHERE id = ?",
                    arguments: [now.ticks, refusal, id])
            }
            // What the hub refused is kept for someone to look at.
            try database.execute(
                sql: "DELETE FROM sensor_alert WHERE sent < ? AND refusal IS NULL",
                arguments: [(now - Self.remembered).ticks])
        }
    }
}
