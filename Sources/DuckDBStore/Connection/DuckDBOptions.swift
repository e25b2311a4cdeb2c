public import EventStore
import Foundation

/// How the database is opened and how much of the machine it may use.
public struct DuckDBOptions: Sendable, Hashable {
    /// The database file; nil keeps everything in memory, for tests.
    public var path: String?
    /// Threads that one query may use; nil: one per core.
    public var threads: Int?
    /// Memory that the database may use in all, as DuckDB writes it (`2GB`); nil: 80 % of the machine's.
    public var memoryLimit: String?
    /// Number of queries that run at the same time; more wait in line.
    public var readers: Int
    /// How large the write-ahead log grows before it is folded into the database file, as DuckDB writes it.
    public var checkpointThreshold: String
    /// Rows that are packed together in the file, a multiple of 2,048. Folding the log in packs the last group anew, while
    /// nothing can be written; see `docs/decisions/0029-small-row-groups.md`.
    public var rowGroupSize = 32_768
    /// Bytes of the blocks of a new file, a power of two from 16 KiB to 256 KiB. What a column has of a row group begins a
    /// block of its own at times, so that small groups want small blocks.
    public var blockSize = 65_536
    /// How long rows are kept where nobody set another time.
    public var retention: RetentionPolicy
    /// Bytes of the disk that appends leave free, so that the database can always fold its log in; DuckDB gives a
    /// database up whose disk is full in the midst of that.
    public var reserve = 256 << 20
    /// Whether statements may read and write other files.
    var mayUseFiles: Bool

    public init(
        path: String?, threads: Int? = nil, memoryLimit: String? = nil, readers: Int = 4,
        checkpointThreshold: String = "128MB", retention: RetentionPolicy = RetentionPolicy()
    ) {
        self.init(
            path: path, threads: threads, memoryLimit: memoryLimit, readers: readers,
            checkpointThreshold: checkpointThreshold, retention: retention, mayUseFiles: false)
    }

    init(
        path: String?, threads: Int? = nil, memoryLimit: String? = nil, readers: Int = 4,
        checkpointThreshold: String = "128MB", retention: RetentionPolicy = RetentionPolicy(), mayUseFiles: Bool
    ) {
        self.path = path
        self.threads = threads
        self.memoryLimit = memoryLimit
        self.readers = max(1, readers)
        self.checkpointThreshold = checkpointThreshold
        self.retention = retention
        self.mayUseFiles = mayUseFiles
    }

    /// DuckDB's settings.
    var settings: [(name: String, value: String)] {
        var settings = [
            ("checkpoint_threshold", checkpointThreshold),
            ("autoinstall_known_extensions", "false"),
            ("preserve_insertion_order", "true"),
        ]
        // An attached database has no folder of its own for what does not fit into memory.
        if let path { settings.append(("temp_directory", path + ".tmp")) }
        if let threads { settings.append(("threads", String(threads))) }
        if let memoryLimit { settings.append(("memory_limit", memoryLimit)) }
        return settings
    }

    /// Statements that bound what all later statements may reach.
    var confinement: [String] {
        guard !mayUseFiles else { return [] }
        let folders = archiveFolder.map { ["SET allowed_directories = [\(SQLText.literal($0 + "/"))]"] } ?? []
        return folders + ["SET enable_external_access = false"]
    }

    /// Where archived rows lie: `events.archive` beside `events.duckdb`; nil for a store in memory.
    public var archiveFolder: String? { path.map { ($0 as NSString).deletingPathExtension + ".archive" } }
}
