internal import API
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
        let forwarded = findings.filter(\.isAlert).compactMap { finding in
            finding.alert.id.map { id in
                (
                    id: id.rawValue,
                    alert: ForwardedAlert(alert: finding.alert, grouping: finding.grouping, grows: finding.grows)
                )
            }
        }
        // Most findings repeat an alert that is there: reading takes no transaction.
        let known = try await database.read { database in
            try Set(
                forwarded.map(\.id).filter { id in
                    try Bool.fetchOne(
                        database, sql: "SELECT EXISTS (SELECT 1 FROM sensor_alert WHERE id = ?)", arguments: [id])
                        ?? false
                })
        }
        let wanted = forwarded.filter { $0.alert.grows || !known.contains($0.id) }
        guard !wanted.isEmpty else { return }
        let changed = try await database.write { database in
            try wanted.reduce(false) { try Self.keep($1.id, $1.alert, now, in: database) || $0 }
        }
        if changed { bell.ring() }
    }

    /// Keeps an alert, or what it adds to the one of its identifier, which is then sent again; false when that is nothing.
    private static func keep(
        _ id: String, _ forwarded: ForwardedAlert, _ now: Int64, in database: Database
    ) throws -> Bool {
        let known = try String.fetchOne(database, sql: "SELECT body FROM sensor_alert WHERE id = ?", arguments: [id])
        guard let known else {
            try database.execute(
                sql: "INSERT INTO sensor_alert (id, body, recorded) VALUES (?, ?, ?)",
                arguments: [id, forwarded.json.description, now])
            return true
        }
        guard forwarded.grows else { return false }
        var grown = try ForwardedAlert(json: JSON(parsing: known))
        let before = grown.alert
        grown.alert = before.grown(by: forwarded.alert)
        guard grown.alert != before else { return false }
        try database.execute(
            sql: "UPDATE sensor_alert SET body = ?, sent = NULL WHERE id = ?", arguments: [grown.json.description, id])
        return true
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
    ///
    /// One that has grown meanwhile goes on waiting.
    func settle(_ alerts: [(id: String, body: String)], refusal: String? = nil) async throws {
        let now = time.now()
        try await database.write { database in
            for (id, body) in alerts {
                try database.execute(
                    sql: "UPDATE sensor_alert SET sent = ?, refusal = ? WHERE id = ? AND body = ?",
                    arguments: [now.ticks, refusal, id, body])
            }
            // What the hub refused is kept for someone to look at.
            try database.execute(
                sql: "DELETE FROM sensor_alert WHERE sent < ? AND refusal IS NULL",
                arguments: [(now - Self.remembered).ticks])
        }
    }
}
