internal import Foundation
internal import Synchronization

/// The segment files of a spool. Blocks; to be used from one thread at a time but for `backlog` and `damaged`.
final class SpoolFiles: Sendable {
    private struct State {
        /// Numbers of the segments that hold something, the oldest first; the last is written to.
        var segments: [Int]
        /// Where the oldest delivery that waits begins in the oldest segment.
        var start: Int
        /// What `read` gave and `advance` passes: its bytes with the header.
        var current = 0
        var sizes: [Int: Int] = [:]
        var counts: [Int: Int] = [:]
        var damaged: [String] = []
        var writer: FileHandle?
    }

    private let folder: URL
    private let segmentBytes: Int
    private let state: Mutex<State>

    init(_ options: Spool.Options) throws(SpoolError) {
        folder = options.folder
        segmentBytes = options.segmentBytes
        state = Mutex(State(segments: [], start: 0))
        do {
            try FileManager.default.createDirectory(
                at: options.folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try recover()
        } catch let error as SpoolError {
            throw error
        } catch {
            throw SpoolError(.file, "the spool \(options.folder.path) cannot be opened: \(error)")
        }
    }

    var backlog: Spool.Backlog {
        state.withLock { state in
            Spool.Backlog(
                deliveries: state.counts.values.reduce(0, +),
                bytes: state.sizes.values.reduce(0, +) - (state.segments.isEmpty ? 0 : state.start))
        }
    }

    var damaged: [String] { state.withLock(\.damaged) }

    // MARK: Opening

    private func recover() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let cursor = readCursor()
        try state.withLock { state in
            state.damaged = names.filter { $0.hasSuffix(".damaged") }
            for name in names where name.hasSuffix(".spool") {
                guard let number = Int(name.dropLast(".spool".count)) else { continue }
                guard number >= cursor.segment else {
                    try FileManager.default.removeItem(at: folder.appending(path: name))
                    continue
                }
                let scan = try scan(number, from: number == cursor.segment ? cursor.start : 0)
                state.segments.append(number)
                state.sizes[number] = scan.end
                state.counts[number] = scan.count
            }
            state.start = state.segments.first == cursor.segment ? cursor.start : 0
            for number in state.segments { try cutOff(number, after: state.sizes[number] ?? 0, &state) }
        }
    }

    /// Cuts off what follows the whole records of a segment. A torn record at its end was never acknowledged; what else
    /// stands there is damage, and is kept beside.
    private func cutOff(_ number: Int, after end: Int, _ state: inout State) throws {
        let handle = try FileHandle(forReadingFrom: file(number))
        defer { close(handle) }
        try handle.seek(toOffset: UInt64(end))
        let rest = try handle.readToEnd() ?? Data()
        guard !rest.isEmpty else { return }
        let header = SpoolRecord.header(Array(rest.prefix(SpoolRecord.headerBytes)))
        let isTorn =
            rest.count < SpoolRecord.headerBytes || rest.count <= SpoolRecord.headerBytes + (header?.length ?? 0)
        if !isTorn {
            let name = "\(file(number).lastPathComponent)-\(end).damaged"
            try rest.write(to: folder.appending(path: name), options: .atomic)
            state.damaged.append(name)
        }
        try truncate(number, to: end)
    }

    /// Counts the whole records of a segment from `start` on, and finds where they end.
    private func scan(_ number: Int, from start: Int) throws -> (count: Int, end: Int) {
        let handle = try FileHandle(forReadingFrom: file(number))
        defer { close(handle) }
        var (count, end) = (0, start)
        while let payload = try read(handle, at: end) {
            count += 1
            end += SpoolRecord.headerBytes + payload.count
        }
        return (count, end)
    }

    /// The payload of the record at `position`; nil when there is no whole one.
    private func read(_ handle: FileHandle, at position: Int) throws -> [UInt8]? {
        try handle.seek(toOffset: UInt64(position))
        guard let head = try handle.read(upToCount: SpoolRecord.headerBytes),
            let header = SpoolRecord.header(Array(head)),
            let payload = try handle.read(upToCount: header.length).map({ Array($0) }),
            payload.count == header.length, SpoolRecord.checksum(payload) == header.checksum
        else { return nil }
        return payload
    }

    private func truncate(_ number: Int, to end: Int) throws {
        let handle = try FileHandle(forWritingTo: file(number))
        defer { close(handle) }
        guard try handle.seekToEnd() > UInt64(end) else { return }
        try handle.truncate(atOffset: UInt64(end))
        try handle.synchronize()
    }

    // MARK: Writing

    /// Appends records and waits until they are on the disk; all of them or none.
    func write(_ records: [[UInt8]]) throws {
        try state.withLock { state in
            let number = try segment(&state)
            let before = state.sizes[number] ?? 0
            let handle = try writer(number, &state)
            do {
                try handle.seek(toOffset: UInt64(before))
                try handle.write(contentsOf: Data(records.joined()))
                try handle.synchronize()
            } catch {
                // What may stand there of these records was not acknowledged.
                state.writer = nil
                try truncate(number, to: before)
                throw SpoolError(.file, "the spool \(folder.path) cannot be written: \(error)")
            }
            state.sizes[number] = before + records.reduce(0) { $0 + $1.count }
            state.counts[number, default: 0] += records.count
        }
    }

    /// The segment to write to: the last, or a new one when that has grown large.
    private func segment(_ state: inout State) throws -> Int {
        if let last = state.segments.last, state.sizes[last] ?? 0 < segmentBytes { return last }
        let number = (state.segments.last ?? readCursor().segment) + 1
        guard FileManager.default.createFile(atPath: file(number).path, contents: nil) else {
            throw SpoolError(.file, "\(file(number).path) cannot be made; check the permissions and the space there")
        }
        try synchronizeFolder()
        state.writer = nil
        if state.segments.isEmpty { state.start = 0 }
        state.segments.append(number)
        state.sizes[number] = 0
        state.counts[number] = 0
        return number
    }

    private func writer(_ number: Int, _ state: inout State) throws -> FileHandle {
        if let open = state.writer { return open }
        let handle = try FileHandle(forWritingTo: file(number))
        state.writer = handle
        return handle
    }

    // MARK: Reading

    /// The payload of the oldest record that waits; nil when none does.
    func read() throws -> [UInt8]? {
        try state.withLock { state in
            while let number = state.segments.first {
                if state.counts[number] ?? 0 > 0 {
                    let handle = try FileHandle(forReadingFrom: file(number))
                    defer { close(handle) }
                    if let payload = try read(handle, at: state.start) {
                        state.current = SpoolRecord.headerBytes + payload.count
                        return payload
                    }
                    try setAside(&state)
                } else if number == state.segments.last {
                    return nil
                } else {
                    try drop(number, &state)
                }
            }
            return nil
        }
    }

    /// Passes the record that `read` gave.
    func advance() throws {
        try state.withLock { state in
            guard let number = state.segments.first, state.current > 0 else { return }
            state.start += state.current
            state.current = 0
            state.counts[number, default: 1] -= 1
            try writeCursor(number, state.start)
            if state.counts[number] == 0, number != state.segments.last { try drop(number, &state) }
        }
    }

    /// Sets the oldest segment aside with what is left in it, since it cannot be read further.
    func setAside() throws {
        try state.withLock { try setAside(&$0) }
    }

    private func setAside(_ state: inout State) throws {
        guard let number = state.segments.first else { return }
        let name = file(number).lastPathComponent + ".damaged"
        try FileManager.default.moveItem(at: file(number), to: folder.appending(path: name))
        state.damaged.append(name)
        try forget(number, &state)
    }

    private func drop(_ number: Int, _ state: inout State) throws {
        try FileManager.default.removeItem(at: file(number))
        try forget(number, &state)
    }

    private func forget(_ number: Int, _ state: inout State) throws {
        state.segments.removeFirst()
        state.sizes[number] = nil
        state.counts[number] = nil
        state.start = 0
        state.current = 0
        state.writer = nil
        try writeCursor(state.segments.first ?? number, state.segments.isEmpty ? .max : 0)
    }

    // MARK: The cursor

    private func readCursor() -> (segment: Int, start: Int) {
        let text = (try? String(contentsOf: folder.appending(path: "cursor"), encoding: .utf8)) ?? ""
        // Without a cursor everything waits; what was handed on already is known by its name at the other end.
        let numbers = text.split(separator: " ").compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (0, 0)
    }

    /// Replaces the cursor in one step; a crash leaves the old one, and one delivery is handed on again.
    private func writeCursor(_ segment: Int, _ start: Int) throws {
        try Data("\(segment) \(start)".utf8).write(to: folder.appending(path: "cursor"), options: .atomic)
    }

    private func synchronizeFolder() throws {
        let handle = try FileHandle(forReadingFrom: folder)
        defer { close(handle) }
        try handle.synchronize()
    }

    private func file(_ number: Int) -> URL {
        let digits = String(number)
        return folder.appending(path: String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".spool")
    }

    /// A handle that does not close cleanly was read from, or synchronised before.
    private func close(_ handle: FileHandle) { try? handle.close() }
}
