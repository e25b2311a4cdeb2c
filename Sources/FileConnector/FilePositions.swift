internal import Chronology
internal import Foundation
internal import GRDB
public import StateStore

/// How far a file was read: what was delivered, and what is being delivered.
struct FilePosition: Hashable {
    /// Names the content, whatever path it has at the moment.
    var id: String
    var path: String
    /// Where the content is; nil when the file was truncated, replaced or removed, and its rest may be in a copy.
    var device: Int64?
    var inode: Int64?
    /// The first bytes of the content, at most `Fingerprint.length`.
    var head: [UInt8] = []
    /// Everything before this offset was delivered.
    var offset = 0
    /// A hash of the last bytes (at most `Fingerprint.length`) before `offset`.
    var tail: [UInt8] = []
    /// The end of the part that is being delivered: when the process ends meanwhile, exactly this part is delivered again.
    var pending: Int?
    var layout = FileLayout.lines
    /// The layout after the pending part.
    var nextLayout = FileLayout.lines
    /// What the file was like when all of it had been read; nil while something is left to read.
    var readSize: Int?
    var readModified: Int64?
    /// Set once a fault of the content was told of.
    var isFaultTold = false

    var tailLength: Int { min(offset, Fingerprint.length) }
}

/// Where the positions of followed files are kept.
public struct FilePositions: Sendable {
    private let database: StateDatabase

    /// The tables of this room.
    public static let migrations: RoomMigrations = {
        var migrations = RoomMigrations(room: "files")
        migrations.add("1 positions") { database in
            try database.execute(
                sql: """
                    CREATE TABLE files_connector (
                        name TEXT PRIMARY KEY,
                        since INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE files_position (
                        id TEXT PRIMARY KEY,
                        connector TEXT NOT NULL,
                        path TEXT NOT NULL,
                        device INTEGER,
                        inode INTEGER,
                        head BLOB NOT NULL,
                        position INTEGER NOT NULL,
                        tail BLOB NOT NULL,
                        pending INTEGER,
                        layout TEXT NOT NULL,
                        next_layout TEXT NOT NULL,
                        read_size INTEGER,
                        read_modified INTEGER,
                        is_fault_told INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX files_position_connector ON files_position (connector);
                    """)
        }
        return migrations
    }()

    /// - Parameter database: opened with `FilePositions.migrations` among its rooms.
    public init(_ database: StateDatabase) {
        self.database = database
    }

    /// Whether a connector runs for the first time; from now on it does not.
    func begin(_ connector: String, at now: Instant) async throws -> Bool {
        try await database.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO files_connector (name, since) VALUES (?, ?)",
                arguments: [connector, now.ticks])
            return database.changesCount > 0
        }
    }

    func all(of connector: String) async throws -> [FilePosition] {
        try await database.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM files_position WHERE connector = ?", arguments: [connector]
            ).map { FilePosition($0) }
        }
    }

    func save(_ position: FilePosition, of connector: String, at now: Instant) async throws {
        try await database.write { database in
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO files_position (id, connector, path, device, inode, head, position,
                        tail, pending, layout, next_layout, read_size, read_modified, is_fault_told, changed_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    position.id, connector, position.path, position.device, position.inode, position.head.data,
                    position.offset, position.tail.data, position.pending,
                    position.layout.rawValue, position.nextLayout.rawValue, position.readSize,
                    position.readModified, position.isFaultTold, now.ticks,
                ])
        }
    }

    /// Forgets contents that are nowhere any more and were not read from since `instant`.
    func forget(_ connector: String, before instant: Instant) async throws {
        try await database.write { database in
            try database.execute(
                sql: "DELETE FROM files_position WHERE connector = ? AND inode IS NULL AND changed_at < ?",
                arguments: [connector, instant.ticks])
        }
    }
}

extension FilePosition {
    fileprivate init(_ row: Row) {
        id = row["id"]
        path = row["path"]
        device = row["device"]
        inode = row["inode"]
        head = Array(row["head"] as Data)
        offset = row["position"]
        tail = Array(row["tail"] as Data)
        pending = row["pending"]
        layout = FileLayout(rawValue: row["layout"]) ?? .lines
        nextLayout = FileLayout(rawValue: row["next_layout"]) ?? .lines
        readSize = row["read_size"]
        readModified = row["read_modified"]
        isFaultTold = row["is_fault_told"]
    }
}

extension [UInt8] {
    fileprivate var data: Data { Data(self) }
}
