public import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside the tests until it ends, is ended, or the test process ends.
///
/// Programs of tests are started by Subprocess and not by Foundation's `Process`, which on a busy machine sometimes never
/// tells that a program has ended.
public final class ChildProcess: Sendable {
    public let identifier: Int32
    private let progress: Progress
    /// What it prints, line by line, each line given once.
    private let lines: AsyncStream<String>
    private let end: Task<Int32, Never>
    /// The end of a pipe to it, which it sees closed when this process ends.
    private let input: FileHandle

    private final class Progress: Sendable {
        let state = Mutex((hasEnded: false, errors: ""))
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - environment: Nil: that of this process.
    /// - Throws: `SubprocessError` if it cannot be started; `CancellationError` when the test is cancelled before it has.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String]? = nil, folder: URL? = nil
    ) async throws {
        let configuration = Configuration(program, arguments, environment: environment, folder: folder)
        let pipe = try FileDescriptor.pipe()
        let (lines, printed) = AsyncStream.makeStream(of: String.self)
        let (starts, started) = AsyncThrowingStream.makeStream(of: Int32.self)
        let progress = Progress()
        end = Task {
            defer {
                progress.state.withLock { $0.hasEnded = true }
                printed.finish()
            }
            do {
                let result = try await Subprocess.run(
                    configuration, input: .fileDescriptor(pipe.readEnd, closeAfterSpawningProcess: true),
                    output: .sequence, error: .sequence
                ) { execution in
                    let identifier = execution.processIdentifier.value
                    Leftovers.add(identifier)
                    started.yield(identifier)
                    async let complaints: Void = {
                        for try await line in execution.standardError.strings(bufferingPolicy: .unbounded) {
                            progress.state.withLock { $0.errors += line + "\n" }
                        }
                    }()
                    for try await line in execution.standardOutput.strings(bufferingPolicy: .unbounded) {
                        printed.yield(line)
                    }
                    try await complaints
                }
                Leftovers.remove(result.processIdentifier.value)
                return result.terminationStatus.code
            } catch {
                started.finish(throwing: error)
                return -1
            }
        }
        self.lines = lines
        self.progress = progress
        input = FileHandle(fileDescriptor: pipe.writeEnd.rawValue, closeOnDealloc: true)
        var iterator = starts.makeAsyncIterator()
        guard let identifier = try await iterator.next() else {
            end.cancel()
            throw CancellationError()
        }
        self.identifier = identifier
    }

    deinit { signal(SIGKILL) }

    /// The next line that it prints, without its end; nil once it has ended.
    public func nextLine() async -> String? {
        var iterator = lines.makeAsyncIterator()
        return await iterator.next()
    }

    /// What it has printed to standard error.
    public var errors: String { progress.state.withLock { $0.errors } }

    /// Sends a signal unless the process has ended.
    public func signal(_ signal: Int32) {
        progress.state.withLock { if !$0.hasEnded { kill(identifier, signal) } }
    }

    /// The exit status, or the number of the signal that ended it, once the process has ended.
    @discardableResult
    public func ended() async -> Int32 { await end.value }
}

extension TerminationStatus {
    /// As `Process.terminationStatus` has it.
    var code: Int32 {
        switch self {
        case .exited(let code), .signaled(let code): code
        }
    }
}

extension Configuration {
    init(_ program: String, _ arguments: [String], environment: [String: String]?, folder: URL?) {
        self.init(
            executable: .path(FilePath(program)), arguments: Arguments(arguments),
            environment: environment.map { variables in
                .custom(Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0), $1) }))
            } ?? .inherit,
            workingDirectory: folder.map { FilePath($0.path) })
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
