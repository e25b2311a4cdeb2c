public import Chronology
internal import EventStore
internal import Records

/// What some bytes of unknown origin are taken for.
public struct SourceDetection: Sendable {
    /// A source, or a table whose rows the records are.
    public struct Candidate: Sendable, Hashable {
        public var name: String
        /// From 0 to 1: the share of the text that is of this source, weighed by how much its conditions say.
        public var confidence: Double
        /// Records that meet the source's conditions.
        public var records: Int
        /// Whether the records are rows of the table of that name.
        public var isTable: Bool
    }

    /// The best first; empty when nothing was recognised.
    public var candidates: [Candidate]
    public var recordCount: Int
    /// Texts that were no records.
    public var rejectCount: Int
}

extension Collector {
    /// Tells which sources the records of some bytes may be of. A part of a file is enough.
    public func detect(_ bytes: [UInt8], now: Instant) -> SourceDetection {
        var reader = reader(CollectionOptions(origin: "detection"), now: now)
        reader.feed(bytes)
        reader.finish()
        var tally = DetectionTally()
        while let block = reader.next() { count(block, into: &tally) }
        return tally.detection(content.sources.sources)
    }

    private func count(_ block: RecordBlock, into tally: inout DetectionTally) {
        tally.rejectCount += block.rejects.count
        tally.recordCount += block.records.count
        let rows = tables(ofRows: block.records)
        for (record, sources) in recognizer.allSources(of: block.records).enumerated() {
            if let table = rows[record] { tally.tables[table, default: 0] += 1 }
            for source in sources { tally.sources[source, default: 0] += 1 }
            if rows[record] == nil, let best = sources.first { tally.chosen[best, default: 0] += 1 }
        }
    }
}

/// How many records of a file met which conditions.
private struct DetectionTally {
    var recordCount = 0
    var rejectCount = 0
    var tables: [String: Int] = [:]
    /// By the index of a source, the records that meet its conditions.
    var sources: [Int: Int] = [:]
    /// Those for which it is the most demanding source.
    var chosen: [Int: Int] = [:]

    func detection(_ definitions: [SourceDefinition]) -> SourceDetection {
        let total = Double(max(1, recordCount + rejectCount))
        var candidates = tables.map { table, count in
            SourceDetection.Candidate(
                name: table, confidence: 0.98 * Double(count) / total, records: count, isTable: true)
        }
        for (source, count) in sources {
            let certainty = 1 - 1 / Double(2 << min(10, definitions[source].weight))
            // Records that a more demanding source takes count little for this one.
            let own = Double(chosen[source] ?? 0)
            let share = (own + 0.5 * (Double(count) - own)) / total
            candidates.append(
                SourceDetection.Candidate(
                    name: definitions[source].name, confidence: certainty * share, records: count, isTable: false))
        }
        candidates.sort { ($0.confidence, $1.name) > ($1.confidence, $0.name) }
        return SourceDetection(candidates: candidates, recordCount: recordCount, rejectCount: rejectCount)
    }
}
