public import Chronology
public import Logging
internal import Synchronization

/// Follows files in folders: what is added to them is delivered in parts, each exactly once whatever becomes of the process.
///
/// A file is known again by its content, not by its name: rotation by renaming, by copying and truncating, and by
/// compressing is followed to the last byte. Before a part is delivered its end is written down, so that after a crash
/// the same part is delivered again under the same identifier, and the store keeps it once.
public struct FileFollower: Sendable {
    private let settings: FollowSettings
    private let positions: FilePositions
    private let now: @Sendable () -> Instant
    private let logger: Logger
    private let sink: FilePartSink
    public let statistics = FollowStatistics()

    public init(
        _ settings: FollowSettings, positions: FilePositions, now: @escaping @Sendable () -> Instant, logger: Logger,
        sink: @escaping FilePartSink
    ) {
        self.settings = settings
        self.positions = positions
        self.now = now
        self.logger = logger
        self.sink = sink
    }

    /// Follows the files until the task is cancelled.
    ///
    /// - Throws: what the sink or the database throws; when run again it goes on where it was.
    public func run() async throws {
        let round = try await FollowRound(settings, positions, now, logger, statistics, sink)
        let watch = ChangeWatch(interval: settings.pollInterval)
        for await _ in watch.signals {
            let (folders, isMoreLeft) = try await round.look()
            watch.watch(folders)
            if isMoreLeft { watch.ring() }
            // Many small writes are read together.
            try await Task.sleep(for: .milliseconds(50))
        }
        try Task.checkCancellation()
    }

    /// Looks through the folders until nothing is left to read, and ends.
    public func catchUp() async throws {
        let round = try await FollowRound(settings, positions, now, logger, statistics, sink)
        while try await round.look().isMoreLeft {}
    }
}

/// What was read from followed files since the start.
public final class FollowStatistics: Sendable {
    public struct Counts: Sendable, Hashable {
        /// Files that match at present.
        public var files = 0
        public var parts = 0
        public var bytes = 0
        /// Files with unreadable content, and files that could not be opened.
        public var faults = 0
    }

    private let state = Mutex(Counts())

    public var counts: Counts { state.withLock { $0 } }

    func change(_ body: @Sendable (inout Counts) -> Void) { state.withLock { body(&$0) } }
}
