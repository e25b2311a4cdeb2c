internal import GRDB
internal import JSON
public import Sigma
public import StateStore

/// Hits of Sigma rules on their way to the hub, which joins them with those of other places; each event once.
///
/// What `add` has returned for survives the end of the process. Correlations are not worth losing events for: when the
/// outbox is full the oldest hits make room, and how many did is counted for good.
public struct HitOutbox: Sendable {
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "forwarding")
        migrations.add("hits") { database in
            try database.execute(
                sql: """
                    CREATE TABLE forwarding_hit (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
                        rule TEXT NOT NULL,
                        event TEXT NOT NULL,
                        bytes INTEGER NOT NULL,
                        body TEXT NOT NULL,
                        UNIQUE (rule, event)
                    ) STRICT;
                    CREATE TABLE forwarding_backlog (
                        hits INTEGER NOT NULL,
                        bytes INTEGER NOT NULL,
                        dropped INTEGER NOT NULL
                    ) STRICT;
                    INSERT INTO forwarding_backlog VALUES (0, 0, 0);
                    """)
        }
        return migrations
    }()

    /// What waits, and what could not.
    public struct Backlog: Sendable, Hashable {
        public var hits: Int
        public var bytes: Int
        /// Hits that the hub will never get, since the data folder was made: they made room, or the hub called them wrong.
        public var dropped: Int

        public init(hits: Int, bytes: Int, dropped: Int) {
            self.hits = hits
            self.bytes = bytes
            self.dropped = dropped
        }
    }

    /// A hit that waits.
    public struct Waiting: Sendable, Hashable {
        let sequence: Int64
        public let rule: String
        /// As the hub takes it: `SigmaHit.json`.
        public let body: String
    }

    private let database: StateDatabase
    private let mostBytes: Int
    private let bell = ChangeBell()

    /// - Parameters:
    ///   - database: opened with these migrations among its rooms.
    ///   - mostBytes: of the hits that may wait.
    public init(_ database: StateDatabase, mostBytes: Int) {
        self.database = database
        self.mostBytes = mostBytes
    }

    /// Keeps hits; one whose event waits already changes nothing.
    public func add(_ hits: [SigmaHit]) async throws {
        guard !hits.isEmpty else { return }
        let mostBytes = mostBytes
        try await database.write { database in
            let statement = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO forwarding_hit (rule, event, bytes, body) VALUES (?, ?, ?, ?)")
            var change = Backlog(hits: 0, bytes: 0, dropped: 0)
            for hit in hits {
                let body = hit.json.description
                try statement.execute(arguments: [hit.rule, hit.event, body.utf8.count, body])
                guard database.changesCount > 0 else { continue }
                change.hits += 1
                change.bytes += body.utf8.count
            }
            try Self.note(change, in: database)
            try Self.makeRoom(mostBytes, in: database)
        }
        bell.ring()
    }

    /// The hits that wait, the oldest first; waits until there are any. None when the task is cancelled.
    public func next(most: Int = 500, mostBytes: Int = 4 << 20) async throws -> [Waiting] {
        while !Task.isCancelled {
            let position = bell.position
            let hits = try await database.read { database in
                let rows = try Row.fetchCursor(
                    database, sql: "SELECT sequence, rule, body FROM forwarding_hit ORDER BY sequence LIMIT ?",
                    arguments: [most])
                var hits: [Waiting] = []
                var bytes = 0
                while let row = try rows.next() {
                    let hit = Waiting(sequence: row["sequence"], rule: row["rule"], body: row["body"])
                    bytes += hit.body.utf8.count
                    guard hits.isEmpty || bytes <= mostBytes else { break }
                    hits.append(hit)
                }
                return hits
            }
            if !hits.isEmpty { return hits }
            await bell.wait(after: position)
        }
        return []
    }

    /// Lets go of hits that the hub has.
    public func settle(_ hits: [Waiting]) async throws {
        try await database.write { database in _ = try Self.remove(hits.map(\.sequence), in: database) }
    }

    /// Lets go of hits that the hub will never take.
    public func drop(_ hits: [Waiting]) async throws {
        try await database.write { database in
            let removed = try Self.remove(hits.map(\.sequence), in: database)
            try Self.note(Backlog(hits: 0, bytes: 0, dropped: removed), in: database)
        }
    }

    public func backlog() async throws -> Backlog {
        try await database.read { try Self.backlog(in: $0) }
    }

    private static func backlog(in database: Database) throws -> Backlog {
        let row = try Row.fetchOne(database, sql: "SELECT hits, bytes, dropped FROM forwarding_backlog")
        return Backlog(hits: row?["hits"] ?? 0, bytes: row?["bytes"] ?? 0, dropped: row?["dropped"] ?? 0)
    }

    private static func note(_ change: Backlog, in database: Database) throws {
        try database.execute(
            sql: "UPDATE forwarding_backlog SET hits = hits + ?, bytes = bytes + ?, dropped = dropped + ?",
            arguments: [change.hits, change.bytes, change.dropped])
    }

    /// Takes the oldest hits away until a tenth of the room is free, so that not every hit has to make some.
    private static func makeRoom(_ mostBytes: Int, in database: Database) throws {
        var excess = try backlog(in: database).bytes - mostBytes
        guard excess > 0 else { return }
        excess += mostBytes / 10
        var oldest: [Int64] = []
        let rows = try Row.fetchCursor(database, sql: "SELECT sequence, bytes FROM forwarding_hit ORDER BY sequence")
        while excess > 0, let row = try rows.next() {
            oldest.append(row["sequence"])
            excess -= row["bytes"] as Int
        }
        let removed = try remove(oldest, in: database)
        try note(Backlog(hits: 0, bytes: 0, dropped: removed), in: database)
    }

    /// - Returns: how many of them were still there.
    private static func remove(_ sequences: [Int64], in database: Database) throws -> Int {
        let statement = try database.cachedStatement(
            sql: "DELETE FROM forwarding_hit WHERE sequence = ? RETURNING bytes")
        let bytes = try sequences.compactMap { try Int.fetchOne(statement, arguments: [$0]) }
        try note(Backlog(hits: -bytes.count, bytes: -bytes.reduce(0, +), dropped: 0), in: database)
        return bytes.count
    }
}
