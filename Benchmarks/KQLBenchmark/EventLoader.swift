import DuckDBStore
import EventStore
import Foundation
import JSON
import KQLFunctions
import KQLValues

/// Puts the generator's NDJSON files into a store's own tables through its append port.
struct EventLoader {
    let store: any EventStore
    /// The columns of each table, by its name.
    let schemas: [String: TableSchema]

    /// Bytes of NDJSON per batch; a batch is one transaction.
    private static let batchBytes = 24 << 20

    /// Appends the rows of `<table>.ndjson` for every table of the schemas; gives their number.
    func load(from folder: URL) async throws -> Int {
        var total = 0
        for (table, schema) in schemas.sorted(by: { $0.key < $1.key }) {
            total += try await load(folder.appending(path: "\(table).ndjson"), into: table, schema)
        }
        return total
    }

    private func load(_ file: URL, into table: String, _ schema: TableSchema) async throws -> Int {
        let data = try Data(contentsOf: file, options: .alwaysMapped)
        var ranges = Self.batches(of: data)[...]
        var total = 0
        // Two batches are parsed at a time and appended in the file's order.
        while !ranges.isEmpty {
            let pair = Array(ranges.prefix(2))
            ranges = ranges.dropFirst(2)
            let batches = try await withThrowingTaskGroup(of: (Int, EventBatch).self) { group in
                for (position, range) in pair.enumerated() {
                    group.addTask { (position, try Self.batch(table, schema, data[range])) }
                }
                var batches: [(Int, EventBatch)] = []
                for try await batch in group { batches.append(batch) }
                return batches.sorted { $0.0 < $1.0 }.map(\.1)
            }
            for batch in batches {
                try await store.append([batch])
                total += batch.rowCount
            }
        }
        return total
    }

    /// Stretches of whole lines.
    private static func batches(of data: Data) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = data.startIndex
        while start < data.endIndex {
            let wanted = min(start + batchBytes, data.endIndex)
            let end = data[wanted...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? data.endIndex
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    private static func batch(_ table: String, _ schema: TableSchema, _ lines: Data) throws -> EventBatch {
        var values = [[JSON]](repeating: [], count: schema.columns.count)
        try lines.withUnsafeBytes { bytes in
            for line in bytes.split(separator: UInt8(ascii: "\n")) {
                let event = try JSON(parsing: line)
                for (index, column) in schema.columns.enumerated() { values[index].append(event[column.name] ?? .null) }
            }
        }
        let columns = zip(schema.columns, values).map { Column.dynamic($1).converted(to: $0.type) }
        return EventBatch(table: table, schema: schema, columns: columns, rowCount: values.first?.count ?? 0)
    }
}
