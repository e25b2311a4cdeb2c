import Foundation
import Synchronization

/// A process whose end is awaited without blocking a thread.
final class ChildProcess: Sendable {
    private let state = Mutex(State())
    let identifier: Int32
    /// Kept alive until the end, or its end would never be told.
    private let process: Mutex<Process>

    private struct State {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    init(
        _ program: URL, _ arguments: [String], environment: [String: String], input: Pipe? = nil, output: Pipe,
        errors: Pipe, folder: URL? = nil
    ) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = input ?? FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        if let folder { process.currentDirectoryURL = folder }
        let arrival = EndNotice()
        process.terminationHandler = { arrival.end($0.terminationStatus) }
        try process.run()
        identifier = process.processIdentifier
        self.process = Mutex(process)
        Leftovers.add(identifier)
        arrival.onEnd { [weak self] status in self?.end(status) }
    }

    /// Sends a signal unless the process has ended.
    func signal(_ signal: Int32) {
        state.withLock { if $0.status == nil { kill(identifier, signal) } }
    }

    /// The exit status, once the process has ended.
    @discardableResult
    func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status: Int32? = state.withLock { state in
                if state.status == nil { state.waiting.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    private func end(_ status: Int32) {
        let waiting = state.withLock { state in
            state.status = status
            Leftovers.remove(identifier)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: status) }
    }
}

/// Passes a process's exit status on, whichever comes first: the end or who wants to know.
private final class EndNotice: Sendable {
    private let state = Mutex<(status: Int32?, receiver: (@Sendable (Int32) -> Void)?)>((nil, nil))

    func end(_ status: Int32) {
        let receiver = state.withLock { state in
            state.status = status
            return state.receiver
        }
        receiver?(status)
    }

    func onEnd(_ receiver: @escaping @Sendable (Int32) -> Void) {
        let status = state.withLock { state in
            state.receiver = receiver
            return state.status
        }
        if let status { receiver(status) }
    }
}

/// Processes that still run when the tests end; they are ended with them.
private enum Leftovers {
    private static let identifiers: Mutex<Set<Int32>> = {
        atexit { Leftovers.endAll() }
        return Mutex([])
    }()

    static func add(_ identifier: Int32) { _ = identifiers.withLock { $0.insert(identifier) } }

    static func remove(_ identifier: Int32) { _ = identifiers.withLock { $0.remove(identifier) } }

    static func endAll() {
        for identifier in identifiers.withLock({ $0 }) { kill(identifier, SIGKILL) }
    }
}
