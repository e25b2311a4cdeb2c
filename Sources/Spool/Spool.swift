internal import Dispatch
public import Foundation
internal import StateStore
internal import Synchronization

/// Deliveries kept on disk, in order, until they are handed on.
///
/// What `append` has returned for survives `kill -9` and a loss of power. Nothing is dropped: a spool that holds as much as
/// it may refuses, and whoever sends must wait. Deliveries that are appended at the same time share one `fsync`.
///
/// The files are segments of records, each with its length and CRC; a torn record at the end, which was never
/// acknowledged, is cut off when the spool is opened. One process at a time may have a spool open.
public final class Spool: Sendable {
    public struct Options: Sendable {
        /// Where the segments lie; made when it is not there.
        public var folder: URL
        /// The most bytes that may wait.
        public var mostBytes: Int
        /// A segment that has grown beyond this is followed by the next.
        public var segmentBytes: Int

        public init(folder: URL, mostBytes: Int = 4 << 30, segmentBytes: Int = 64 << 20) {
            self.folder = folder
            self.mostBytes = mostBytes
            self.segmentBytes = segmentBytes
        }
    }

    /// What waits.
    public struct Backlog: Sendable, Hashable {
        public var deliveries: Int
        public var bytes: Int
    }

    private struct Pending {
        let record: [UInt8]
        let done: CheckedContinuation<Void, any Error>
    }

    private struct Shared {
        var pending: [Pending] = []
        var pendingBytes = 0
        var backlog: Backlog
    }

    private let mostBytes: Int
    private let files: SpoolFiles
    private let shared: Mutex<Shared>
    /// File work blocks, so that it has a thread of its own.
    private let queue = DispatchQueue(label: "tocsin.spool")
    private let arrivals = ChangeBell()

    /// Opens the spool and finds what waits in it.
    ///
    /// - Throws: `SpoolError` with code `file`.
    public init(_ options: Options) throws(SpoolError) {
        mostBytes = options.mostBytes
        files = try SpoolFiles(options)
        shared = Mutex(Shared(backlog: files.backlog))
    }

    public var backlog: Backlog { shared.withLock(\.backlog) }

    /// Segments that could not be read to their end and were set aside, by name.
    public var damagedSegments: [String] { files.damaged }

    /// Keeps a delivery; when it returns the delivery is on the disk.
    ///
    /// - Throws: `SpoolError` with code `full`, `tooLarge` or `file`; then nothing was kept.
    public func append(_ delivery: SpooledDelivery) async throws {
        let record = try SpoolRecord.make(delivery.bytes)
        try shared.withLock { shared throws(SpoolError) in
            guard shared.backlog.bytes + shared.pendingBytes + record.count <= mostBytes else {
                throw SpoolError(.full, "the spool holds its \(mostBytes >> 20) MiB; send again later")
            }
            shared.pendingBytes += record.count
        }
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            shared.withLock { $0.pending.append(Pending(record: record, done: done)) }
            queue.async { self.writePending() }
        }
        arrivals.ring()
    }

    /// The oldest delivery that waits; waits for one. Nil when the task is cancelled.
    ///
    /// A record that is damaged is set aside with the rest of its segment, which is kept in the folder.
    public func next() async throws -> SpooledDelivery? {
        while !Task.isCancelled {
            let position = arrivals.position
            let payload = try await onQueue { files, shared in
                let payload = try files.read()
                // What was set aside waits no longer.
                shared.withLock { $0.backlog = files.backlog }
                return payload
            }
            if let payload {
                do {
                    return try SpooledDelivery(bytes: payload)
                } catch {
                    try await onQueue { files, shared in
                        try files.setAside()
                        shared.withLock { $0.backlog = files.backlog }
                    }
                    continue
                }
            }
            await arrivals.wait(after: position)
        }
        return nil
    }

    /// Says that the delivery that `next` gave was handed on.
    public func acknowledge() async throws {
        try await onQueue { files, shared in
            try files.advance()
            shared.withLock { $0.backlog = files.backlog }
        }
    }

    private func writePending() {
        let pending = shared.withLock { shared in
            defer { shared.pending = [] }
            return shared.pending
        }
        guard !pending.isEmpty else { return }
        let outcome = Result { try files.write(pending.map(\.record)) }
        shared.withLock { shared in
            shared.pendingBytes -= pending.reduce(0) { $0 + $1.record.count }
            shared.backlog = files.backlog
        }
        for each in pending { each.done.resume(with: outcome) }
    }

    private func onQueue<Value: Sendable>(
        _ body: @escaping @Sendable (SpoolFiles, borrowing Mutex<Shared>) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body(self.files, self.shared) }) }
        }
    }
}
