import Chronology
import Collection
import EventStore
import Foundation
import JSON
import KQLValues
import Records
import TestSupport

/// The content that ships with the product.
enum Shipped {
    static let content = CollectionContent.load(from: folder)
    static let collector = Collector(content.content)
    static let now = Instant(unixSeconds: 1_790_000_000)

    static let folder: URL = {
        let package = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return package.appending(path: "content")
    }()
}

/// All chunks of some bytes.
func collect(_ bytes: [UInt8], _ options: CollectionOptions = CollectionOptions(origin: "test")) -> [CollectedChunk] {
    var reader = Shipped.collector.reader(options, now: Shipped.now)
    var chunks: [CollectedChunk] = []
    reader.feed(bytes)
    reader.finish()
    while let block = reader.next() { chunks.append(Shipped.collector.collect(block, options, now: Shipped.now)) }
    return chunks
}

func collect(_ text: String, _ options: CollectionOptions = CollectionOptions(origin: "test")) -> [CollectedChunk] {
    collect(Array(text.utf8), options)
}

extension [CollectedChunk] {
    /// The rows of a table, each as its columns with a value.
    func rows(_ table: String) -> [[String: String]] {
        flatMap { chunk in
            chunk.batches.filter { $0.table == table }.flatMap { batch in
                (0..<batch.rowCount).map { row in
                    var values: [String: String] = [:]
                    for (schema, column) in zip(batch.schema.columns, batch.columns) {
                        let text = column.text(row)
                        if !text.isEmpty { values[schema.name] = text }
                    }
                    return values
                }
            }
        }
    }

    var deadLetters: [DeadLetter] { flatMap(\.deadLetters) }

    var recordCount: Int { reduce(0) { $0 + $1.records.count } }
}

extension Column {
    func text(_ row: Int) -> String {
        switch self[row] {
        case .null: ""
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .long(let value): String(value)
        case .real(let value): String(value)
        case .decimal(let value): value.description
        case .datetime(let value): value.description
        case .timespan(let value): value.description
        case .guid(let value): value.uuidString
        case .string(let value): value
        case .dynamic(let value): value.description
        }
    }
}
