internal import Chronology
internal import EventStore
internal import GRDB
internal import KQLValues
public import Logging
public import StateStore

/// Where the slices of scheduled rules are kept between their runs.
///
/// A set of slices is changed in one transaction, and only by the run that saw it last, so that after a crash, or when two
/// runs look at the same set, what is kept is what one of them saw.
public struct RuleSlices: Sendable {
    /// How much is kept.
    public struct Limits: Sendable, Hashable {
        /// Bytes of the slices of one summary; beyond, the rule runs as a whole.
        public var bytesPerSummary = 16 << 20
        /// Bytes of all slices; beyond, those that were used longest ago are dropped.
        public var bytes = 512 << 20

        public init() {}
    }

    let limits: Limits
    let logger: Logger
    private let database: StateDatabase
    private let time: TimeSource

    /// - Parameter database: opened with `DetectionTables.migrations` among its rooms.
    public init(
        _ database: StateDatabase, time: TimeSource = .system, limits: Limits = Limits(),
        logger: Logger = Logger(label: "tocsin.detection")
    ) {
        self.database = database
        self.time = time
        self.limits = limits
        self.logger = logger
    }

    /// A set as it was kept; `empty` when there is none. Slices that cannot be read, or have another length, are left out.
    ///
    /// - Parameter schema: of the parts.
    func load(_ empty: SliceSet, _ schema: TableSchema) async throws -> SliceSet {
        let now = time.now()
        return try await database.read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM detection_slice_set WHERE key = ?", arguments: [empty.key])
            guard let row else { return empty }
            var set = empty
            let id: Int64 = row["id"]
            set.revision = row["revision"]
            set.grid = SliceGrid(
                phase: Instant(ticks: row["phase"]), length: TimeSpan(ticks: row["length"]))
            // What was too large is tried again when the look-back has passed.
            let until = Instant(ticks: row["used"]) + empty.window
            set.isTooLarge = row["is_too_large"] && until >= now
            let marks = try Row.fetchAll(
                database, sql: "SELECT * FROM detection_slice_mark WHERE slice_set = ?", arguments: [id])
            for mark in marks {
                set.marks[mark["table_name"]] = SliceSet.Mark(
                    instant: Instant(ticks: mark["instant"]), rows: mark["rows"])
            }
            let slices = try Row.fetchCursor(
                database, sql: "SELECT * FROM detection_slice WHERE slice_set = ?", arguments: [id])
            while let slice = try slices.next() {
                // A slice that cannot be read is made anew.
                guard let part = try? PartText.table(slice["part"], schema) else { continue }
                let newest = (slice["newest"] as Int64?).map { Instant(ticks: $0) }
                set.slices[Instant(ticks: slice["start"])] = SliceSet.Slice(
                    trace: RowArrivals.Trace(rows: slice["rows"], newest: newest), part: part)
            }
            return set
        }
    }

    /// Keeps a set as a run left it, unless another run has changed it since it was loaded.
    ///
    /// - Parameter loaded: the set as it was loaded.
    func save(_ set: SliceSet, loaded: SliceSet) async throws {
        let stale = loaded.slices.keys.filter { set.slices[$0] == nil }
        let fresh = set.slices.filter { start, slice in
            loaded.slices[start].map { $0.trace != slice.trace } ?? true
        }.map { (start: $0, trace: $1.trace, text: PartText.text($1.part)) }
        let now = time.now()
        try await database.write { [limits] database in
            guard let id = try Self.claim(set, at: now, in: database) else { return }
            try database.execute(sql: "DELETE FROM detection_slice_mark WHERE slice_set = ?", arguments: [id])
            for (table, mark) in set.marks {
                try database.execute(
                    sql: "INSERT INTO detection_slice_mark (slice_set, table_name, instant, rows) VALUES (?, ?, ?, ?)",
                    arguments: [id, table, mark.instant.ticks, mark.rows])
            }
            for start in stale {
                try database.execute(
                    sql: "DELETE FROM detection_slice WHERE slice_set = ? AND start = ?", arguments: [id, start.ticks])
            }
            for slice in fresh {
                try database.execute(
                    sql: """
                        INSERT OR REPLACE INTO detection_slice (slice_set, start, rows, newest, part)
                        VALUES (?, ?, ?, ?, ?)
                        """,
                    arguments: [id, slice.start.ticks, slice.trace.rows, slice.trace.newest?.ticks, slice.text])
            }
            try Self.bound(id, now, limits, in: database)
        }
    }

    /// The set's row, made or moved on to the next revision; nil when another run was faster.
    private static func claim(_ set: SliceSet, at now: Instant, in database: Database) throws -> Int64? {
        let arguments: StatementArguments = [
            set.key, set.revision + 1, set.window.ticks, set.grid.phase.ticks, set.grid.length.ticks, now.ticks,
            set.isTooLarge, set.revision,
        ]
        return try Int64.fetchOne(
            database,
            sql: """
                INSERT INTO detection_slice_set (key, revision, window, phase, length, used, bytes, is_too_large)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)
                ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, phase = excluded.phase,
                    length = excluded.length, used = excluded.used, is_too_large = excluded.is_too_large
                WHERE revision = ?8
                RETURNING id
                """, arguments: arguments)
    }

    /// Counts a set's bytes, and drops sets that nobody will need again or that are too many.
    private static func bound(_ id: Int64, _ now: Instant, _ limits: Limits, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE detection_slice_set
                SET bytes = (SELECT coalesce(sum(length(CAST(part AS BLOB))), 0) FROM detection_slice WHERE slice_set = ?1)
                WHERE id = ?1
                """, arguments: [id])
        try database.execute(
            sql: "UPDATE detection_slice_set SET is_too_large = 1, bytes = 0 WHERE id = ? AND bytes > ?",
            arguments: [id, limits.bytesPerSummary])
        if database.changesCount > 0 {
            try database.execute(sql: "DELETE FROM detection_slice WHERE slice_set = ?", arguments: [id])
        }
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
