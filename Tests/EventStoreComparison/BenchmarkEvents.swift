package import EventStore
import Foundation
package import JSON
import KQLFunctions
import KQLValues
import TestSupport
import Testing

/// The shared benchmark's events and queries.
package enum BenchmarkEvents {
    /// Schemas and queries.
    package static func file() throws -> JSON {
        try JSON(parsing: Data(contentsOf: SharedFolder.file("bench/queries.json")))
    }

    /// Generates rows and puts them into a store.
    package static func load(into store: any EventStore, rows: Int) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            // A folder left behind in the temporary directory harms nobody.
            try? FileManager.default.removeItem(at: folder)
        }
        let generator = try await Command.run(
            "/usr/bin/env",
            ["python3", SharedFolder.file("bench/gen_events.py").path, "--rows", String(rows), "--out", folder.path])
        #expect(generator.status == 0, "\(generator.errors)")
        for (name, columns) in try #require(try file()["schema"]?.objectValue) {
            let schema = TableSchema(
                try #require(columns.objectValue).map { name, type in
                    ColumnSchema(name, KQLType(name: type.stringValue ?? "") ?? .string)
                })
            let text = try String(contentsOf: folder.appending(path: "\(name).ndjson"), encoding: .utf8)
            let table = Table(
                schema: schema,
                rows: try text.split(separator: "\n").map { line in
                    let event = try JSON(parsing: String(line))
                    return schema.columns.map { value(event[$0.name] ?? .null, $0.type) }
                })
            try await store.append([EventBatch(table: name, rows: table)])
        }
    }

    private static func value(_ json: JSON, _ type: KQLType) -> Value {
        type == .dynamic ? Value(dynamic: json) : Column.dynamic([json]).converted(to: type)[0]
    }
}
