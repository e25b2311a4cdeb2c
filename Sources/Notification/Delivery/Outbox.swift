internal import Casebook
public import Chronology
internal import GRDB
internal import StateStore
internal import Vocabulary

/// A row of the outbox: what is to reach whom, and how far it is.
public struct OutboxItem: Sendable, Hashable {
    /// Journal sequence, contact and address: recording it again changes nothing.
    public let id: String
    public let incidentID: String
    public let contact: String
    public let address: MailAddress
    public let occasion: Contact.Occasion
    public let maximumPerHour: Int
    public let createdTime: Instant
    /// Empty until the first try, when the message is written.
    public internal(set) var subject: String
    public internal(set) var text: String
    public internal(set) var html: String
    public internal(set) var delivery: Delivery
}

/// The outbox in the state database.
struct Outbox: Sendable {
    let database: StateDatabase

    static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "notification")
        migrations.add("outbox") { database in
            try database.execute(
                sql: """
                    CREATE TABLE notification_outbox (
                        id TEXT PRIMARY KEY,
                        incident TEXT NOT NULL,
                        contact TEXT NOT NULL,
                        address TEXT NOT NULL,
                        occasion TEXT NOT NULL,
                        maximum_per_hour INTEGER NOT NULL,
                        created INTEGER NOT NULL,
                        subject TEXT NOT NULL DEFAULT '',
                        text TEXT NOT NULL DEFAULT '',
                        html TEXT NOT NULL DEFAULT '',
                        state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'delivered', 'abandoned')),
                        state_time INTEGER NOT NULL,
                        attempts INTEGER NOT NULL DEFAULT 0,
                        failure TEXT
                    ) STRICT;
                    CREATE INDEX notification_outbox_state ON notification_outbox (state, state_time);
                    CREATE INDEX notification_outbox_incident ON notification_outbox (incident);
                    """)
        }
        return migrations
    }()

    func insert(_ item: OutboxItem, in database: Database) throws {
        let (state, time) = Outbox.columns(of: item.delivery.state)
        try database.cachedStatement(
            sql: """
                INSERT INTO notification_outbox
                    (id, incident, contact, address, occasion, maximum_per_hour, created, state, state_time)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """
        ).execute(arguments: [
            item.id, item.incidentID, item.contact, item.address.text, item.occasion.rawValue,
            item.maximumPerHour, item.createdTime.ticks, state, time,
        ])
    }

    func save(_ item: OutboxItem) async throws {
        let (state, time) = Outbox.columns(of: item.delivery.state)
        try await database.write { database in
            try database.cachedStatement(
                sql: """
                    UPDATE notification_outbox
                    SET subject = ?, text = ?, html = ?, state = ?, state_time = ?, attempts = ?, failure = ?
                    WHERE id = ?
                    """
            ).execute(arguments: [
                item.subject, item.text, item.html, state, time, item.delivery.attempts,
                item.delivery.lastFailure, item.id,
            ])
        }
    }

    /// Due messages, the longest waiting first.
    func due(at now: Instant, limit: Int) async throws -> [OutboxItem] {
        try await items(
            "WHERE state = 'due' AND state_time <= ? ORDER BY state_time, id LIMIT ?", [now.ticks, limit])
    }

    /// Messages whose sending was broken off when the process ended.
    func interrupted() async throws -> [OutboxItem] { try await items("WHERE state = 'sending'", []) }

    func newest(limit: Int) async throws -> [OutboxItem] {
        try await items("ORDER BY created DESC, id LIMIT ?", [limit])
    }

    func items(ofIncident id: String) async throws -> [OutboxItem] {
        try await items("WHERE incident = ? ORDER BY created, id", [id])
    }

    func nextDue() async throws -> Instant? {
        try await database.read { database in
            try Int64.fetchOne(
                database.cachedStatement(sql: "SELECT min(state_time) FROM notification_outbox WHERE state = 'due'"))
        }.map { Instant(ticks: $0) }
    }

    /// Messages by state.
    func counts() async throws -> [String: Int] {
        try await database.read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: "SELECT state, count(*) AS messages FROM notification_outbox GROUP BY state"))
            return Dictionary(rows.map { ($0["state"], $0["messages"]) }, uniquingKeysWith: +)
        }
    }

    /// When the message that is now the oldest of the last `count` was delivered to an address since `start`; nil when
    /// there were fewer.
    func delivered(to address: MailAddress, since start: Instant, count: Int) async throws -> Instant? {
        try await database.read { database in
            try Int64.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT state_time FROM notification_outbox
                        WHERE address = ? AND state = 'delivered' AND state_time > ?
                        ORDER BY state_time DESC LIMIT 1 OFFSET ?
                        """), arguments: [address.text, start.ticks, count - 1])
        }.map { Instant(ticks: $0) }
    }

    private func items(_ condition: String, _ arguments: StatementArguments) async throws -> [OutboxItem] {
        try await database.read { database in
            try Row.fetchAll(
                database.cachedStatement(sql: "SELECT * FROM notification_outbox \(condition)"), arguments: arguments
            )
            .map(Outbox.item)
        }
    }

    private static func columns(of state: Delivery.State) -> (state: String, time: Int64) {
        switch state {
        case .due(let time): ("due", time.ticks)
        case .sending(let time): ("sending", time.ticks)
        case .delivered(let time): ("delivered", time.ticks)
        case .abandoned(let time): ("abandoned", time.ticks)
        }
    }

    private static func item(_ row: Row) throws -> OutboxItem {
        let time = Instant(ticks: row["state_time"])
        let state: Delivery.State? =
            switch row["state"] as String {
            case "due": .due(time)
            case "sending": .sending(since: time)
            case "delivered": .delivered(time)
            case "abandoned": .abandoned(time)
            default: nil
            }
        guard let state, let address = MailAddress(row["address"] as String),
            let occasion = Contact.Occasion(rawValue: row["occasion"])
        else { throw StateStoreError(.corrupt, "a row of the notification outbox is malformed") }
        return OutboxItem(
            id: row["id"], incidentID: row["incident"], contact: row["contact"], address: address, occasion: occasion,
            maximumPerHour: row["maximum_per_hour"], createdTime: Instant(ticks: row["created"]),
            subject: row["subject"], text: row["text"], html: row["html"],
            delivery: Delivery(state: state, attempts: row["attempts"], lastFailure: row["failure"]))
    }
}
