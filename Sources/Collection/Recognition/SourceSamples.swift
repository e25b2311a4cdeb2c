public import Chronology
internal import EventStore
public import Foundation
public import JSON
internal import KQLValues
internal import OrderedCollections
internal import Records

/// The samples of a source: files with lines of it, and the rows that each must give.
///
/// `samples/NAME` is read as a file of unknown origin; `expected/NAME.json` holds the rows as an array of objects, each with
/// its `Type` and all columns that have a value. Times without a year, and times of receipt, are those of `clock`.
public struct SourceSamples: Sendable {
    /// What came of one sample.
    public struct Result: Sendable {
        public var file: String
        /// The rows that it gave, as `expected` holds them.
        public var rows: [JSON]
        /// In words; empty when all is as expected.
        public var differences: [String]
    }

    /// When samples arrive.
    public static let clock = Instant(unixSeconds: 1_790_000_000)

    public let source: String
    private let folder: URL

    /// - Parameter folder: The source's folder.
    public init(_ source: String, in folder: URL) {
        self.source = source
        self.folder = folder
    }

    /// The samples' files, by name; empty when there are none.
    public func files() -> [URL] {
        // A source without samples has no such folder.
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "samples"), includingPropertiesForKeys: nil)
        return (files ?? []).sorted { $0.path < $1.path }
    }

    /// Where the rows of a sample are described.
    public func expectation(of sample: URL) -> URL {
        folder.appending(path: "expected/\(sample.lastPathComponent).json")
    }

    /// Collects all samples and compares their rows with those expected.
    public func run(_ collector: Collector) throws -> [Result] {
        try files().map { file in
            let bytes = try [UInt8](Data(contentsOf: file))
            let collected = SourceSamples.collect(bytes, named: file.lastPathComponent, collector)
            var differences = collected.faults
            let others = Set(collected.sources).subtracting([source])
            if !others.isEmpty {
                differences.append("some records are taken for \(others.sorted().joined(separator: ", "))")
            }
            let expectation = expectation(of: file)
            if FileManager.default.fileExists(atPath: expectation.path) {
                let expected = try JSON(parsing: [UInt8](Data(contentsOf: expectation))).arrayValue ?? []
                differences += SourceSamples.differences(expected, collected.rows)
            } else {
                differences.append("there is no \(expectation.lastPathComponent)")
            }
            return Result(file: file.lastPathComponent, rows: collected.rows, differences: differences)
        }
    }

    private static func collect(
        _ bytes: [UInt8], named name: String, _ collector: Collector
    ) -> (rows: [JSON], sources: [String], faults: [String]) {
        let options = CollectionOptions(origin: name)
        var reader = collector.reader(options, now: clock)
        reader.feed(bytes)
        reader.finish()
        var rows: [JSON] = []
        var sources: [String] = []
        var faults: [String] = []
        while let block = reader.next() {
            let chunk = collector.collect(block, options, now: clock)
            sources += chunk.sources
            faults += chunk.deadLetters.map { "a dead letter: \($0.reason): \($0.raw.prefix(200))" }
            for batch in chunk.batches where batch.table != "DeadLetter_CL" {
                for row in 0..<batch.rowCount {
                    rows.append(SampleRow.json(batch.schema, batch.columns, row))
                }
            }
        }
        return (rows, sources, faults)
    }

    private static func differences(_ expected: [JSON], _ found: [JSON]) -> [String] {
        var differences: [String] = []
        if expected.count != found.count { differences.append("\(expected.count) rows expected, \(found.count) found") }
        for (number, (wanted, row)) in zip(expected, found).enumerated() {
            let wanted = wanted.objectValue ?? [:]
            let row = row.objectValue ?? [:]
            for key in Set(wanted.keys).union(row.keys).sorted() where wanted[key] != row[key] {
                differences.append(
                    "row \(number + 1), \(key): expected \(wanted[key]?.description ?? "nothing"), found "
                        + (row[key]?.description ?? "nothing"))
            }
        }
        return differences
    }
}

/// A row as an object of its columns that have a value.
enum SampleRow {
    static func json(_ schema: TableSchema, _ columns: [Column], _ row: Int) -> JSON {
        var members: [(String, JSON)] = []
        for (column, values) in zip(schema.columns, columns) {
            let value = values[row]
            guard let text = value.text, !text.isEmpty else { continue }
            // Dynamic values come as text; what is none stays as it is.
            let json = column.type == .dynamic ? (try? JSON(parsing: text)) ?? .string(text) : value.json
            members.append((column.name, json))
        }
        return .object(JSONObject(members.sorted { $0.0 < $1.0 }) { first, _ in first })
    }
}
