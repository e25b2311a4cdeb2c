internal import Chronology
internal import Foundation
internal import Logging

/// Looks through the folders of a connector, round after round, and remembers between them what it saw.
final class FollowRound {
    private let settings: FollowSettings
    private let store: FilePositions
    private let now: @Sendable () -> Instant
    private let logger: Logger
    private let statistics: FollowStatistics
    private let reader: PartReader
    private let patterns: [PathPattern]
    private var positions: [String: FilePosition]
    /// Files of which nothing can come until they change.
    private var quiet: [String: FileStatus] = [:]
    /// Files whose fault was logged.
    private var complained: Set<String> = []
    private var isFirst: Bool

    /// How long the position of a content that is nowhere any more is remembered.
    private static let memory = TimeSpan.days(7)

    init(
        _ settings: FollowSettings, _ store: FilePositions, _ now: @escaping @Sendable () -> Instant, _ logger: Logger,
        _ statistics: FollowStatistics, _ sink: @escaping FilePartSink
    ) async throws {
        self.settings = settings
        self.store = store
        self.now = now
        self.logger = logger
        self.statistics = statistics
        reader = PartReader(settings, store, now, statistics, sink)
        patterns = settings.paths.map { PathPattern($0) }
        isFirst = try await store.begin(settings.name, at: now())
        try await store.forget(settings.name, before: now() - FollowRound.memory)
        positions = Dictionary(uniqueKeysWithValues: try await store.all(of: settings.name).map { ($0.id, $0) })
    }

    /// Reads what is new; gives the folders to watch, and whether there is more than was read in this round.
    func look() async throws -> (folders: Set<String>, isMoreLeft: Bool) {
        var files: Set<String> = []
        var folders: Set<String> = []
        for pattern in patterns {
            let found = pattern.matches()
            files.formUnion(found.files)
            folders.formUnion(found.folders)
        }
        statistics.change { [count = files.count] in $0.files = count }
        quiet = quiet.filter { files.contains($0.key) }
        var isMoreLeft = try await lookForMoved(files)
        let candidates = files.compactMap { path in FileStatus(path: path).map { (path: path, status: $0) } }
            .sorted { ($0.status.modified, $0.path) < ($1.status.modified, $1.path) }
        for (path, status) in candidates where quiet[path] != status {
            do {
                if try await read(path, status) { isMoreLeft = true }
                complained.remove(path)
            } catch let fault as FileFault {
                complain(path, fault.description)
            }
        }
        isFirst = false
        return (folders, isMoreLeft)
    }

    private func complain(_ path: String, _ reason: String) {
        guard complained.insert(path).inserted else { return }
        statistics.change { $0.faults += 1 }
        logger.warning("a followed file cannot be read", metadata: ["file": "\(path)", "reason": "\(reason)"])
    }

    private func content(_ path: String) throws -> FileContent {
        try FileContent(OpenFile(path), takesRecovered: settings.takesRecoveredRecords)
    }

    // MARK: Which content is where

    /// Reads a file that is there; true when more is left.
    private func read(_ path: String, _ status: FileStatus) async throws -> Bool {
        let content = try self.content(path)
        let isSettled = self.isSettled(status)
        var position: FilePosition
        if let known = positions.values.first(where: { $0.device == status.device && $0.inode == status.inode }) {
            if known.readSize == status.size, known.readModified == status.modified, known.path == path {
                quiet[path] = status
                return false
            }
            if try known.comparison(to: content) == .same {
                position = known
            } else {
                // Truncated or replaced: its rest, if anything was left, may be in a copy beside it.
                try await detach(known)
                position = try await fresh(path, status, content, isFirst: false)
            }
        } else {
            switch try await adopt(path, status, content, isSettled: isSettled) {
            case .known(let adopted): position = adopted
            case .copy:
                quiet[path] = status
                return false
            case .undecided: return false
            case .unknown: position = try await fresh(path, status, content, isFirst: isFirst)
            }
        }
        position.path = path
        let outcome = try await reader.read(&position, content, status, isSettled: isSettled)
        positions[position.id] = position
        if outcome == .finished { quiet[path] = status }
        return outcome == .moreLeft
    }

    private func isSettled(_ status: FileStatus) -> Bool {
        let written = Instant(unixSeconds: 0) + .seconds(Double(status.modified) / 1e9)
        return (now() - written).seconds >= settings.settleTime.inSeconds
    }

    private func fresh(
        _ path: String, _ status: FileStatus, _ content: FileContent, isFirst: Bool
    ) async throws -> FilePosition {
        var position = FilePosition(
            id: UUID().uuidString, path: path, device: status.device, inode: status.inode)
        if isFirst, settings.start == .end { try reader.skipToEnd(&position, content, status) }
        try await save(position)
        return position
    }

    private func save(_ position: FilePosition) async throws {
        positions[position.id] = position
        try await store.save(position, of: settings.name, at: now())
    }

    /// Notes that a content is not where it was; what of it was not read is looked for beside it, now and later.
    private func detach(_ known: FilePosition) async throws {
        var position = known
        position.device = nil
        position.inode = nil
        (position.readSize, position.readModified) = (nil, nil)
        try await save(position)
        for sibling in siblings(of: position.path) {
            guard let status = FileStatus(path: sibling), !isKnown(status) else { continue }
            let content = try self.content(sibling)
            guard try position.comparison(to: content) == .same else { continue }
            position.path = sibling
            position.device = status.device
            position.inode = status.inode
            try await save(position)
            _ = try await reader.read(&position, content, status, isSettled: isSettled(status))
            positions[position.id] = position
            return
        }
    }

    private func isKnown(_ status: FileStatus) -> Bool {
        positions.values.contains { $0.device == status.device && $0.inode == status.inode }
    }

    /// Files that rotation may have made of a file: in the same folder, named alike.
    private func siblings(of path: String) -> [String] {
        let folder = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        return Folder.entries(folder).filter { $0.kind == .file }.map { "\(folder)/\($0.name)" }
            .filter { $0 != path && FollowRound.isRelated($0, path) }.sorted()
    }

    /// Whether one name may come of the other by rotation: `app.log` to `app.log.1`, `app.log.1.gz`, `app-20261122.log.zst`.
    private static func isRelated(_ path: String, _ other: String) -> Bool {
        func folder(_ path: String) -> Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }
        func stem(_ path: String) -> Substring {
            let name = path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...]
            return name.prefix { $0 != "." }
        }
        let (first, second) = (stem(path), stem(other))
        return folder(path) == folder(other) && (first.hasPrefix(second) || second.hasPrefix(first))
    }

    private enum Adoption {
        /// The file holds the content of a position that was nowhere.
        case known(FilePosition)
        /// The file is a copy of another that is still followed.
        case copy
        /// The file may be a copy that is still being written.
        case undecided
        case unknown
    }

    /// Finds out whether a file that was not seen before holds a content that was.
    private func adopt(
        _ path: String, _ status: FileStatus, _ content: FileContent, isSettled: Bool
    ) async throws -> Adoption {
        var isUndecided = false
        for candidate in positions.values where candidate.offset > 0 && FollowRound.isRelated(path, candidate.path) {
            switch try candidate.comparison(to: content) {
            case .different: continue
            case .shorter: isUndecided = !isSettled
            case .same where candidate.inode == nil:
                var position = candidate
                position.device = status.device
                position.inode = status.inode
                position.path = path
                try await save(position)
                return .known(position)
            case .same: return .copy
            }
        }
        return isUndecided ? .undecided : .unknown
    }

    /// Finds what was moved out of the sight of the patterns, or removed; true when more of it is left to read.
    private func lookForMoved(_ files: Set<String>) async throws -> Bool {
        let present = Set(files.compactMap { FileStatus(path: $0) }.map { [$0.device, $0.inode] })
        var isMoreLeft = false
        for known in Array(positions.values) {
            guard let device = known.device, let inode = known.inode, !present.contains([device, inode]) else {
                continue
            }
            let sibling = (siblings(of: known.path) + [known.path]).lazy
                .compactMap { path in FileStatus(path: path).map { (path, $0) } }
                .first { $0.1.device == device && $0.1.inode == inode }
            guard let (path, status) = sibling else {
                try await detach(known)
                continue
            }
            if known.readSize == status.size, known.readModified == status.modified { continue }
            let content = try self.content(path)
            guard try known.comparison(to: content) == .same else {
                try await detach(known)
                continue
            }
            var position = known
            position.path = path
            let outcome = try await reader.read(&position, content, status, isSettled: isSettled(status))
            positions[position.id] = position
            if outcome == .moreLeft { isMoreLeft = true }
        }
        return isMoreLeft
    }
}

extension FilePosition {
    enum Comparison {
        /// The content goes on from here.
        case same
        /// The content is not long enough to tell.
        case shorter
        case different
    }

    /// Whether a content is the one that was read, by its head and by what lies before the position.
    func comparison(to content: FileContent) throws -> Comparison {
        let start = try content.read(at: 0, head.count)
        guard head.starts(with: start) else { return .different }
        if start.count < head.count { return .shorter }
        let last = try content.read(at: offset - tailLength, tailLength)
        if last.count < tailLength { return .shorter }
        return tailLength == 0 || Fingerprint.of(last) == tail ? .same : .different
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
