internal import Chronology
internal import Collection
internal import Detection
internal import EventStore
internal import Investigation
internal import KQL
internal import KQLFunctions
internal import KQLValues
internal import Logging
internal import Records
internal import StateStore

/// Lists the dead letter table and takes its letters in again.
struct DeadLetterDesk: DeadLetterBox {
    let core: Core
    let detector: StreamDetector

    private static let table = "DeadLetter_CL"
    /// Letters that are read again in one transaction.
    private static let group = 1000

    func listing(_ filter: DeadLetterFilter, limit: Int) async throws -> DeadLetterListing {
        guard core.events.layout.tables[Self.table] != nil else { return DeadLetterListing(counts: [], letters: []) }
        let counts = try await rows(
            """
            | summarize Count = count(), Latest = max(TimeGenerated)
                by SourceName, Reason, IsWhole = isempty(TargetTable)
            | top 200 by Count
            | project SourceName, Reason, IsWhole, Count, Latest
            """, filter)
        let letters = try await rows(
            """
            | top \(max(1, min(limit, 1000))) by TimeGenerated
            | project TimeGenerated, SourceName, SourceFormat, TargetTable, Reason, LineNumber, RawData
            """, filter)
        return DeadLetterListing(
            counts: counts.map { row in
                DeadLetterListing.Count(
                    source: row[0].text, reason: row[1].text, isRedrivable: row[2] == .bool(true),
                    count: row[3].number ?? 0, latest: row[4].instant)
            },
            letters: letters.map { row in
                DeadLetterListing.Letter(
                    time: row[0].instant, source: row[1].text, format: row[2].text, table: row[3].text,
                    reason: row[4].text, line: row[5].number, raw: row[6].text)
            })
    }

    func redrive(_ filter: DeadLetterFilter, by name: String) async throws -> RedriveReceipt {
        let (content, faults) = CollectionContent.load(from: core.settings.contentFolder)
        for fault in faults { core.logger.warning("content left out", metadata: ["fault": "\(fault)"]) }
        let collector = Collector(content)
        let start = core.time.now()
        var receipt = RedriveReceipt()
        while true {
            // Letters of this run are newer, so that none is read twice.
            let letters = try await table(
                """
                | where isempty(TargetTable) and TimeGenerated < _before
                | project TimeGenerated, SourceName, SourceFormat, Reason, LineNumber, ColumnNumber, RawData
                | take \(Self.group)
                """, filter, before: start)
            guard letters.rowCount > 0 else { break }
            let chunks = collect(letters, with: collector)
            try await core.upkeep().replace(
                EventBatch(table: Self.table, rows: letters), with: chunks.flatMap(\.batches))
            for chunk in chunks {
                _ = try await detector.detect(
                    StreamedBlock(records: chunk.records, rows: chunk.batches, receivedAt: core.time.now()))
                receipt.failed += chunk.deadLetters.count
                for batch in chunk.batches where batch.table != Self.table {
                    receipt.tables[batch.table, default: 0] += batch.rowCount
                }
            }
            receipt.letters += letters.rowCount
        }
        core.logger.notice(
            "dead letters taken in again",
            metadata: ["by": "\(name)", "letters": "\(receipt.letters)", "failed": "\(receipt.failed)"])
        return receipt
    }

    // MARK: - Reading anew

    private struct Origin: Hashable {
        let name: String
        let format: String
    }

    /// Reads letters as if they came in now: objects of one origin together, other texts each by itself, since how a text
    /// is framed shows in its first bytes.
    private func collect(_ letters: Table, with collector: Collector) -> [CollectedChunk] {
        var texts: [(origin: Origin, text: String)] = []
        var lines: [Origin: [String]] = [:]
        for index in 0..<letters.rowCount {
            let row = letters.row(index)
            let origin = Origin(name: row[1].text, format: row[2].text)
            let raw = row[6].text
            if raw.hasPrefix("{"), !raw.contains("\n") {
                lines[origin, default: []].append(raw)
            } else {
                texts.append((origin, raw))
            }
        }
        texts += lines.map { ($0.key, $0.value.joined(separator: "\n")) }
        return texts.flatMap { collect($0.text, from: $0.origin, with: collector) }
    }

    private func collect(_ text: String, from origin: Origin, with collector: Collector) -> [CollectedChunk] {
        let now = core.time.now()
        var options = CollectionOptions(origin: origin.name, source: origin.format.isEmpty ? nil : origin.format)
        if collector.fault(of: options) != nil { options.source = nil }
        var reader = collector.reader(options, now: now)
        var chunks: [CollectedChunk] = []
        reader.feed(Array((text + "\n").utf8))
        while let block = reader.next() { chunks.append(collector.collect(block, options, now: now)) }
        reader.finish()
        while let block = reader.next() { chunks.append(collector.collect(block, options, now: now)) }
        if let block = reader.flush() { chunks.append(collector.collect(block, options, now: now)) }
        return chunks
    }

    // MARK: - Queries

    private func rows(_ steps: String, _ filter: DeadLetterFilter) async throws -> [[Value]] {
        let found = try await table(steps, filter, before: .max)
        return (0..<found.rowCount).map { found.row($0) }
    }

    private func table(_ steps: String, _ filter: DeadLetterFilter, before: Instant) async throws -> Table {
        var conditions = ""
        var environment = core.queries.environment()
        environment.parameters["_before"] = .datetime(before)
        if let source = filter.source {
            environment.parameters["_source"] = .string(source)
            conditions += "| where SourceName == _source\n"
        }
        if let reason = filter.reason {
            environment.parameters["_reason"] = .string(reason)
            conditions += "| where Reason == _reason\n"
        }
        let query = StoreQuery(
            "\(Self.table)\n\(conditions)\(steps)", environment: environment,
            options: CompileOptions(now: core.time.now()))
        return try await core.events.query(query).result.table
    }
}

extension Value {
    fileprivate var text: String { if case .string(let text) = self { text } else { "" } }

    fileprivate var number: Int? { if case .long(let number) = self { Int(number) } else { nil } }

    fileprivate var instant: Instant { if case .datetime(let instant) = self { instant } else { .unixEpoch } }
}
