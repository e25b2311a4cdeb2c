internal import Chronology
internal import EventStore
internal import GRDB
internal import KQLValues
public import Logging
public import StateStore

/// Where the slices of scheduled rules are kept between their runs, and what tells whether they are worth it.
///
/// A set of slices is changed in one transaction, and only by the run that saw it last, so that after a crash, or when two
/// runs look at the same set, what is kept is what one of them saw. The sets of the last runs are remembered besides, so
/// that they are read from the database after a restart only.
public struct RuleSlices: Sendable {
    /// How much is kept.
    public struct Limits: Sendable, Hashable {
        /// Bytes of the slices of one summary; beyond, the rule runs as a whole.
        public var bytesPerSummary = 48 << 20
        /// Bytes of all slices; beyond, those that were used longest ago are dropped.
        public var bytes = 512 << 20
        /// Bytes of the slices that are remembered, counted as in the database; in memory they take a few times as much.
        public var bytesRemembered = 48 << 20

        public init() {}
    }

    let limits: Limits
    let logger: Logger
    let choices: ReadingChoices
    private let memory: SliceMemory
    private let database: StateDatabase
    private let time: TimeSource

    /// - Parameters:
    ///   - database: opened with `DetectionTables.migrations` among its rooms.
    ///   - policy: when slices are used.
    public init(
        _ database: StateDatabase, time: TimeSource = .system, limits: Limits = Limits(),
        policy: ReadingPolicy = ReadingPolicy(), logger: Logger = Logger(label: "tocsin.detection")
    ) {
        self.database = database
        self.time = time
        self.limits = limits
        self.logger = logger
        memory = SliceMemory(limit: limits.bytesRemembered)
        choices = ReadingChoices(database, time: time, policy: policy)
    }

    /// A set as it was kept; `empty` when there is none. Slices that cannot be read, or have another length, are left out.
    ///
    /// - Parameter schema: of the parts.
    func load(_ empty: SliceSet, _ schema: TableSchema) async throws -> SliceSet {
        let now = time.now()
        let remembered = memory.set(empty.key)
        return try await database.read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM detection_slice_set WHERE key = ?", arguments: [empty.key])
            guard let row else { return empty }
            // What was too large is tried again when the look-back has passed.
            let until = Instant(ticks: row["used"]) + empty.window
            let isTooLarge = row["is_too_large"] && until >= now
            if var remembered, remembered.revision == row["revision"] {
                remembered.isTooLarge = isTooLarge
                return remembered
            }
            var set = empty
            let id: Int64 = row["id"]
            set.revision = row["revision"]
            set.isTooLarge = isTooLarge
            set.grid = SliceGrid(
                phase: Instant(ticks: row["phase"]), length: TimeSpan(ticks: row["length"]), window: empty.window)
            try Self.readSlices(of: id, schema, into: &set, database)
            return set
        }
    }

    private static func readSlices(
        of id: Int64, _ schema: TableSchema, into set: inout SliceSet, _ database: Database
    ) throws {
        let marks = try Row.fetchAll(
            database, sql: "SELECT * FROM detection_slice_mark WHERE slice_set = ?", arguments: [id])
        for mark in marks {
            set.marks[mark["table_name"]] = SliceSet.Mark(instant: Instant(ticks: mark["instant"]), rows: mark["rows"])
        }
        let slices = try Row.fetchCursor(
            database, sql: "SELECT * FROM detection_slice WHERE slice_set = ?", arguments: [id])
        while let slice = try slices.next() {
            // A slice that cannot be read is made anew.
            guard let part = try? PartText.table(slice["part"], schema) else { continue }
            let newest = (slice["newest"] as Int64?).map { Instant(ticks: $0) }
            let piece = SliceSet.Piece(start: Instant(ticks: slice["start"]), slices: slice["slices"])
            set.slices[piece] = SliceSet.Slice(
                trace: RowArrivals.Trace(rows: slice["rows"], newest: newest), part: part, bytes: slice["bytes"])
        }
    }

    /// Keeps a set as a run left it, unless another run has changed it since it was loaded.
    ///
    /// - Parameter loaded: the set as it was loaded.
    func save(_ set: SliceSet, loaded: SliceSet) async throws {
        var kept = set
        var fresh: [Fresh] = []
        for (piece, slice) in set.slices where slice.bytes == 0 || loaded.slices[piece] == nil {
            let text = PartText.text(slice.part)
            kept.slices[piece]?.bytes = text.utf8.count
            fresh.append(Fresh(piece: piece, trace: slice.trace, text: text))
        }
        let isTooLarge = set.isTooLarge || kept.bytes > limits.bytesPerSummary
        if isTooLarge {
            kept.isTooLarge = true
            kept.slices = [:]
            fresh = []
        }
        // One that is made anew is another than all before of that name.
        kept.revision = set.revision == 0 ? Int64.random(in: 1..<1 << 48) : set.revision + 1
        let stale = loaded.slices.keys.filter { kept.slices[$0] == nil }
        let change = Change(set: kept, from: loaded.revision, stale: Array(stale), fresh: fresh)
        let now = time.now()
        memory.forget(set.key)
        let isSaved = try await database.write { [limits] database in
            guard let id = try change.write(at: now, in: database) else { return false }
            try Self.bound(id, now, limits, in: database)
            return true
        }
        if isSaved { memory.remember(kept) }
    }

    private struct Fresh: Sendable {
        var piece: SliceSet.Piece
        var trace: RowArrivals.Trace
        var text: String
    }

    /// What becomes of a set in the database.
    private struct Change: Sendable {
        var set: SliceSet
        /// The revision that is changed.
        var from: Int64
        var stale: [SliceSet.Piece]
        var fresh: [Fresh]

        /// The set's row; nil when another run was faster, and nothing was changed.
        func write(at now: Instant, in database: Database) throws -> Int64? {
            guard let id = try claim(at: now, in: database) else { return nil }
            try database.execute(sql: "DELETE FROM detection_slice_mark WHERE slice_set = ?", arguments: [id])
            for (table, mark) in set.marks {
                try database.execute(
                    sql: "INSERT INTO detection_slice_mark (slice_set, table_name, instant, rows) VALUES (?, ?, ?, ?)",
                    arguments: [id, table, mark.instant.ticks, mark.rows])
            }
            for piece in stale {
                try database.execute(
                    sql: "DELETE FROM detection_slice WHERE slice_set = ? AND start = ? AND slices = ?",
                    arguments: [id, piece.start.ticks, piece.slices])
            }
            for slice in fresh {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO detection_slice (slice_set, start, slices, rows, newest, bytes, part)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        id, slice.piece.start.ticks, slice.piece.slices, slice.trace.rows, slice.trace.newest?.ticks,
                        slice.text.utf8.count, slice.text,
                    ])
            }
            return id
        }

        private func claim(at now: Instant, in database: Database) throws -> Int64? {
            let arguments: StatementArguments = [
                set.key, set.revision, set.window.ticks, set.grid.phase.ticks, set.grid.length.ticks, now.ticks,
                set.bytes, set.isTooLarge, from,
            ]
            return try Int64.fetchOne(
                database,
                sql: """
                    INSERT INTO detection_slice_set (key, revision, window, phase, length, used, bytes, is_too_large)
                    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                    ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, phase = excluded.phase,
                        length = excluded.length, used = excluded.used, bytes = excluded.bytes,
                        is_too_large = excluded.is_too_large
                    WHERE revision = ?9
                    RETURNING id
                    """, arguments: arguments)
        }
    }

    /// Drops sets that nobody will need again or that are too many.
    private static func bound(_ id: Int64, _ now: Instant, _ limits: Limits, in database: Database) throws {
        // All slices of a set that was not used for as long as its look-back have left it.
        try database.execute(
            sql: "DELETE FROM detection_slice_set WHERE used + window < ? AND id <> ?", arguments: [now.ticks, id])
        var total = try Int.fetchOne(database, sql: "SELECT sum(bytes) FROM detection_slice_set") ?? 0
        while total > limits.bytes {
            let oldest = try Row.fetchOne(
                database,
                sql: "SELECT id, bytes FROM detection_slice_set WHERE id <> ? AND bytes > 0 ORDER BY used LIMIT 1",
                arguments: [id])
            guard let oldest else { break }
            total -= oldest["bytes"] as Int
            try database.execute(
                sql: "DELETE FROM detection_slice_set WHERE id = ?", arguments: [oldest["id"] as Int64])
        }
    }
}
