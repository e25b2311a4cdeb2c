import Chronology
import DuckDBStore
import EventStore
import Foundation
import TestSupport

/// Opens stores for tests.
enum OpenStore {
    static let deps = SharedFolder.checkout.appending(path: ".deps/duckdb").path

    static func library() throws -> DuckDBLibrary {
        try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment, directories: [deps])
    }

    /// A store in memory, or in a file.
    static func at(_ path: String? = nil, readers: Int = 2, memory: String = "1GB") throws -> DuckDBEventStore {
        try DuckDBEventStore(
            library: library(), options: DuckDBOptions(path: path, threads: 2, memoryLimit: memory, readers: readers),
            now: { .unixEpoch })
    }

    /// A path for a database that is removed with its folder after `body`.
    static func withPath(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder left behind in the temporary directory harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        try await body(folder.appending(path: "events.duckdb").path)
    }
}
