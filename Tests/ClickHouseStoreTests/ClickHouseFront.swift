import Chronology
import ClickHouseStore
import EventStore
import Foundation
import TestSupport

/// ClickHouse's engine in a process of its own behind HTTP; ends with the test process at the latest.
final class ClickHouseFront: Sendable {
    let url: URL
    private let process: ChildProcess

    /// - Parameter arguments: Those of `clickhouse_front.py` after the folder.
    init(folder: URL, _ arguments: [String] = [], scheme: String = "http") async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Front/clickhouse_front.py")
        process = try await ChildProcess(Self.python, [script.path, folder.path] + arguments)
        guard let line = await process.nextLine(), let port = Int(line),
            let url = URL(string: "\(scheme)://localhost:\(port)")
        else { throw FrontFailure(description: "ClickHouse's engine did not start: \(process.errors)") }
        self.url = url
    }

    /// Ends the process at once, as a crash would.
    func kill() async {
        process.signal(SIGKILL)
        await process.ended()
    }

    struct FrontFailure: Error {
        let description: String
    }

    /// `scripts/bootstrap --test` makes the environment.
    private static let python: String = {
        let own = SharedFolder.checkout.appending(path: ".deps/venv/bin/python").path
        return ProcessInfo.processInfo.environment["TOCSIN_TEST_PYTHON"]
            ?? (FileManager.default.isExecutableFile(atPath: own) ? own : "/usr/bin/python3")
    }()

    /// One for all tests that do not end it.
    static let shared = Task {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-clickhouse-\(UUID().uuidString)")
        return try await ClickHouseFront(folder: folder)
    }
}

/// Opens stores for tests.
enum OpenStore {
    /// A store in a database of its own.
    static func at(
        _ front: ClickHouseFront? = nil, database: String = "test_\(UUID().uuidString.lowercased())",
        _ change: (inout ClickHouseOptions) -> Void = { _ in }
    ) async throws -> ClickHouseEventStore {
        let server = if let front { front } else { try await ClickHouseFront.shared.value }
        var options = ClickHouseOptions(url: server.url)
        options.database = database
        change(&options)
        return try await ClickHouseEventStore.open(options, now: { .unixEpoch })
    }
}
