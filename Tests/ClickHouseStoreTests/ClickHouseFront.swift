import Chronology
import ClickHouseStore
import EventStore
import Foundation
import Synchronization
import TestSupport

/// ClickHouse's engine in a process of its own behind HTTP; ends with the test process at the latest.
final class ClickHouseFront: Sendable {
    let url: URL
    private let process: Process
    private let input: Pipe

    /// - Parameter arguments: Those of `clickhouse_front.py` after the folder.
    init(folder: URL, _ arguments: [String] = [], scheme: String = "http") throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Process()
        process.executableURL = URL(filePath: Self.python)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Front/clickhouse_front.py")
        process.arguments = [script.path, folder.path] + arguments
        let output = Pipe()
        input = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        var line = ""
        while !line.hasSuffix("\n") {
            guard let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty else {
                throw FrontFailure()
            }
            line += String(decoding: byte, as: UTF8.self)
        }
        guard let port = Int(line.dropLast()), let url = URL(string: "\(scheme)://localhost:\(port)") else {
            throw FrontFailure()
        }
        self.url = url
    }

    /// Ends the process at once, as a crash would.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    struct FrontFailure: Error {}

    /// `scripts/bootstrap --test` makes the environment.
    private static let python: String = {
        let own = SharedFolder.checkout.appending(path: ".deps/venv/bin/python").path
        return ProcessInfo.processInfo.environment["TOCSIN_TEST_PYTHON"]
            ?? (FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/python3")
    }()

    /// One for all tests that do not end it.
    static let shared: Result<ClickHouseFront, any Error> = Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-clickhouse-\(UUID().uuidString)")
        return try ClickHouseFront(folder: folder)
    }
}

/// Opens stores for tests.
enum OpenStore {
    /// A store in a database of its own.
    static func at(
        _ front: ClickHouseFront? = nil, database: String = "test_\(UUID().uuidString.lowercased())",
        _ change: (inout ClickHouseOptions) -> Void = { _ in }
    ) async throws -> ClickHouseEventStore {
        var options = ClickHouseOptions(url: try (front ?? ClickHouseFront.shared.get()).url)
        options.database = database
        change(&options)
        return try await ClickHouseEventStore.open(options, now: { .unixEpoch })
    }
}
