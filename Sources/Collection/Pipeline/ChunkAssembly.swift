internal import Chronology
internal import EventStore
internal import KQLValues
internal import Records

/// Gathers what the mappers of one block made.
struct ChunkAssembly {
    private let block: RecordBlock
    private var batches: [EventBatch] = []
    private var rows: [CollectedChunk.Row?]
    private var sources: [String]
    private var deadLetters: [DeadLetter]

    init(block: RecordBlock, count: Int) {
        self.block = block
        rows = Array(repeating: nil, count: count)
        sources = Array(repeating: "", count: count)
        deadLetters = block.rejects.map { reject in
            DeadLetter(
                source: nil, table: nil, reason: reject.reason, line: reject.line, column: reject.column,
                raw: reject.raw)
        }
    }

    mutating func name(_ records: [Int], _ source: String) {
        for record in records { sources[record] = source }
    }

    mutating func add(_ mapped: MappedRows) {
        for (row, record) in mapped.records.enumerated() where rows[record] == nil {
            rows[record] = CollectedChunk.Row(batch: batches.count, row: row)
        }
        batches.append(mapped.batch)
    }

    mutating func add(_ mismatches: [Mismatch]) {
        for mismatch in mismatches {
            deadLetters.append(
                DeadLetter(
                    source: sources[mismatch.record], table: mismatch.table,
                    reason: "the value of \(mismatch.table).\(mismatch.column) is no \(mismatch.type.rawValue); "
                        + "the column was left empty", line: block.lines[mismatch.record], column: nil,
                    raw: mismatch.value))
        }
    }

    /// Makes dead letters of whole records.
    mutating func reject(_ records: [Int], reason: String) {
        for record in records {
            var text = ObjectText(of: block.records, under: -1)
            for entry in block.records.fields(of: record) { text.add(entry) }
            deadLetters.append(
                DeadLetter(
                    source: sources[record].isEmpty ? nil : sources[record], table: nil, reason: reason,
                    line: block.lines[record], column: nil, raw: String(decoding: text.finish(), as: UTF8.self)))
        }
    }

    consuming func finish(
        _ definition: TableDefinition?, _ options: CollectionOptions, now: Instant
    ) -> CollectedChunk {
        if let definition, !deadLetters.isEmpty {
            var table = DeadLetterTable(definition)
            let origin = options.place.map { "\(options.origin): \($0)" } ?? options.origin
            for letter in deadLetters { table.add(letter, origin: origin, now: now) }
            if let batch = table.finish() { batches.append(batch) }
        }
        return CollectedChunk(
            records: block.records, batches: batches, rows: rows, sources: sources, lines: block.lines,
            deadLetters: deadLetters)
    }
}

/// Rows of the dead letter table.
struct DeadLetterTable {
    private var table: TableBuilder

    init(_ definition: TableDefinition) {
        table = TableBuilder(definition)
    }

    mutating func add(_ letter: DeadLetter, origin: String, now: Instant) {
        set("SourceName", origin)
        set("SourceFormat", letter.source)
        set("TargetTable", letter.table)
        set("Reason", letter.reason)
        set("RawData", letter.raw)
        set("TimeGenerated", now.ticks)
        set("LineNumber", letter.line.map(Int64.init))
        set("ColumnNumber", letter.column.map(Int64.init))
        table.endRow(record: 0)
    }

    private mutating func set(_ name: String, _ text: String?) {
        guard let text, let column = table.column(name) else { return }
        table.set(column, text: text)
    }

    private mutating func set(_ name: String, _ number: Int64?) {
        guard let number, let column = table.column(name) else { return }
        table.set(column, number: number)
    }

    consuming func finish() -> EventBatch? { table.finish().rows?.batch }
}
