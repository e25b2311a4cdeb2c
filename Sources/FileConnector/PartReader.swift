internal import Chronology

/// Reads the parts of a file from its position on, and delivers each.
struct PartReader {
    enum Outcome {
        /// Nothing more until the file changes.
        case finished
        /// Something is left that may be whole records later.
        case waiting
        case moreLeft
    }

    private let settings: FollowSettings
    private let store: FilePositions
    private let now: @Sendable () -> Instant
    private let statistics: FollowStatistics
    private let sink: FilePartSink
    private let cutter: PartCutter

    /// How many parts of one file are read before the others have their turn.
    private static let turn = 16
    private static let headerBytes = 1 << 16

    init(
        _ settings: FollowSettings, _ store: FilePositions, _ now: @escaping @Sendable () -> Instant,
        _ statistics: FollowStatistics, _ sink: @escaping FilePartSink
    ) {
        self.settings = settings
        self.store = store
        self.now = now
        self.statistics = statistics
        self.sink = sink
        cutter = PartCutter(encoding: settings.encoding, limit: settings.lineBytes)
    }

    /// Delivers what there is of whole records. A packed file is read to its end at once, or it would be unpacked again.
    func read(
        _ position: inout FilePosition, _ content: FileContent, _ status: FileStatus, isSettled: Bool
    ) async throws -> Outcome {
        let isAtOnce = content.kind != .plain
        var turns = 0
        while isAtOnce || turns < PartReader.turn {
            guard let part = try nextPart(position, content, isSettled: isSettled || isAtOnce) else {
                return try await end(&position, content, status, isSettled: isSettled)
            }
            turns += 1
            try await deliver(part, of: &position, content)
            try Task.checkCancellation()
        }
        try await save(position)
        return .moreLeft
    }

    /// Moves the position behind everything that is there, without delivering it.
    func skipToEnd(_ position: inout FilePosition, _ content: FileContent, _ status: FileStatus) throws {
        while let part = try nextPart(position, content, isSettled: content.kind != .plain) {
            position.layout = part.next
            try advance(&position, by: part.bytes.count, content)
        }
        // The rest of an unfinished line belongs to what was there.
        if position.layout == .lines, position.offset < status.size, content.kind == .plain {
            position.layout = .skippedLine
        }
    }

    // MARK: Parts

    private struct Part {
        var bytes: [UInt8]
        var skipped: Int
        var next: FileLayout
        var isArray: Bool
    }

    private func nextPart(_ position: FilePosition, _ content: FileContent, isSettled: Bool) throws -> Part? {
        if let pending = position.pending {
            let bytes = try content.read(at: position.offset, pending - position.offset)
            // What is not there any more cannot be delivered again.
            guard bytes.count == pending - position.offset else { return nil }
            var skipped = bytes.count
            if case .part(bytes.count, let first, _) = cutter.cut(bytes, position.layout, isAll: true, isSettled: true)
            {
                skipped = first
            }
            return part(bytes, skipped, next: position.nextLayout)
        }
        for length in [settings.partBytes, settings.lineBytes] {
            let bytes = try content.read(at: position.offset, length)
            let isAll = bytes.count < length
            if case .part(let count, let skipped, let next) = cutter.cut(
                bytes, position.layout, isAll: isAll, isSettled: isSettled && isAll && content.fault == nil)
            {
                return part(Array(bytes.prefix(count)), skipped, next: next)
            }
            if isAll { return nil }
        }
        return nil
    }

    private func part(_ bytes: [UInt8], _ skipped: Int, next: FileLayout) -> Part {
        Part(bytes: bytes, skipped: skipped, next: next, isArray: next == .array)
    }

    private func deliver(_ part: Part, of position: inout FilePosition, _ content: FileContent) async throws {
        let end = position.offset + part.bytes.count
        position.pending = end
        position.nextLayout = part.next
        (position.readSize, position.readModified) = (nil, nil)
        try await save(position)
        let body = part.bytes[part.skipped...]
        if !body.isEmpty {
            let text = part.isArray ? JSONExtent.objects(body) : settings.encoding.utf8(Array(body))
            let header = part.isArray ? [] : try header(of: position, content)
            try await sink(
                FilePart(
                    path: position.path, offset: position.offset,
                    delivery: "file:\(position.id):\(position.offset)-\(end)",
                    content: .records(header + text)))
        }
        let count = part.bytes.count
        statistics.change {
            $0.parts += 1
            $0.bytes += count
        }
        position.pending = nil
        position.layout = part.next
        try advance(&position, by: count, content, last: part.bytes)
    }

    /// Moves the position on, and remembers what lies before it.
    private func advance(
        _ position: inout FilePosition, by count: Int, _ content: FileContent, last: [UInt8] = []
    ) throws {
        position.offset += count
        if position.head.count < Fingerprint.length {
            position.head = try content.read(at: 0, min(Fingerprint.length, position.offset))
        }
        let tail =
            last.count >= position.tailLength
            ? Array(last.suffix(position.tailLength))
            : try content.read(at: position.offset - position.tailLength, position.tailLength)
        position.tail = Fingerprint.of(tail)
    }

    /// The lines at the file's beginning that name the fields of the others, as far as they lie before the position.
    private func header(of position: FilePosition, _ content: FileContent) throws -> [UInt8] {
        guard position.offset > 0 else { return [] }
        let path = position.path
        let count =
            settings.headerLines
            ?? ([".csv", ".tsv"].contains { path.hasSuffix($0) || path.contains($0 + ".") } ? 1 : nil)
        if count == 0 { return [] }
        let isMarked = count == nil
        let start = try content.read(at: 0, min(PartReader.headerBytes, position.offset))
        if isMarked, start.first != UInt8(ascii: "#") { return [] }
        let lines = settings.encoding.utf8(start).split(separator: 0x0A, omittingEmptySubsequences: false)
        let header = isMarked ? lines.prefix { $0.first == UInt8(ascii: "#") } : lines.prefix(count ?? 0)
        return header.flatMap { Array($0) + [0x0A] }
    }

    /// What remains when no part is left: a fault of the content is told of once.
    private func end(
        _ position: inout FilePosition, _ content: FileContent, _ status: FileStatus, isSettled: Bool
    ) async throws -> Outcome {
        if let fault = content.fault {
            // A file that is still being written ends too early for now.
            guard isSettled else {
                try await save(position)
                return .waiting
            }
            if !position.isFaultTold {
                try await sink(
                    FilePart(
                        path: position.path, offset: position.offset, delivery: "file:\(position.id):fault",
                        content: .fault(fault)))
                statistics.change { $0.faults += 1 }
                position.isFaultTold = true
            }
        }
        let isDone = isSettled || content.kind != .plain || position.offset == status.size
        if isDone { (position.readSize, position.readModified) = (status.size, status.modified) }
        try await save(position)
        return isDone ? .finished : .waiting
    }

    private func save(_ position: FilePosition) async throws {
        try await store.save(position, of: settings.name, at: now())
    }
}
