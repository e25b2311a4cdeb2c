public import Chronology
internal import EventStore
internal import KQLValues
public import Records

/// Turns bytes of logs into rows of tables: recognises the source of each record and maps it.
///
/// A `Collector` has no state and may be shared. Feed bytes to a `reader(_:)` and give each block to `collect`.
public struct Collector: Sendable {
    public let content: CollectionContent
    let recognizer: Recognizer
    private let sourceIndex: [String: Int]
    private let patterns: LinePatterns
    private let carried: CarriedJSON?

    public init(_ content: CollectionContent) {
        self.content = content
        recognizer = Recognizer(content.sources)
        patterns = LinePatterns(content.sources.sources)
        carried = CarriedJSON(content.sources, given: nil)
        sourceIndex = Dictionary(
            content.sources.sources.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Why options cannot be followed, in words; nil when they can.
    public func fault(of options: CollectionOptions) -> String? {
        if let source = options.source, sourceIndex[source] == nil {
            return "no source is called '\(source)'; use one of "
                + content.sources.sources.map(\.name).sorted().joined(separator: ", ")
        }
        if let table = options.table, content.tables[table] == nil, !isCustom(table) {
            return "no table is called '\(table)'; the name of a table of your own must end in _CL"
        }
        return nil
    }

    /// A reader for the bytes of one file or connection.
    public func reader(
        _ options: CollectionOptions, limits: ReaderLimits = ReaderLimits(), now: Instant
    ) -> RecordReader {
        let source = options.source.flatMap { sourceIndex[$0] }.map { content.sources.sources[$0] }
        let syslog = SyslogLine(
            now: now, sender: options.sender, carried: carried(options))
        let text = TextReading(
            source?.format, syslog, source.map { LinePatterns([$0]) } ?? patterns)
        return RecordReader(limits: limits, lines: text)
    }

    /// What opens messages of syslog lines; nil when they are all left as they are.
    func carried(_ options: CollectionOptions) -> CarriedJSON? {
        guard let source = options.source.flatMap({ sourceIndex[$0] }) else { return carried }
        return CarriedJSON(content.sources, given: content.sources.sources[source])
    }

    /// Maps a block of records. `now` stands in where a record has no time of its own.
    public func collect(_ block: consuming RecordBlock, _ options: CollectionOptions, now: Instant) -> CollectedChunk {
        let records = block.records
        var assembly = ChunkAssembly(block: block, count: records.count)
        if let transformation = options.transformation {
            transform(
                Array(0..<records.count), by: [transformation], ignored: [], of: records, now: now, into: &assembly)
            return assembly.finish(content.tables["DeadLetter_CL"], options, now: now)
        }
        for (group, members) in Self.members(groups(of: records, options)) {
            map(members, as: group, of: records, now: now, into: &assembly)
        }
        return assembly.finish(content.tables["DeadLetter_CL"], options, now: now)
    }

    /// For each record whether it is known what to make of it.
    public func recognises(_ records: RecordBatch) -> [Bool] {
        groups(of: records, CollectionOptions(origin: "")).map { $0 != .unknown }
    }

    // MARK: Recognition

    /// What some records are taken for.
    private enum Group: Hashable {
        case source(Int)
        case rows(table: String)
        case unknown
    }

    /// The records of each group, groups in the order of their first records. Records of a group mostly follow each other.
    private static func members(_ groups: [Group]) -> [(group: Group, members: [Int])] {
        var members: [(group: Group, members: [Int])] = []
        var places: [Group: Int] = [:]
        var current = -1
        for (record, group) in groups.enumerated() {
            if current < 0 || members[current].group != group {
                current = places[group] ?? members.count
                if current == members.count {
                    places[group] = current
                    members.append((group, []))
                }
            }
            members[current].members.append(record)
        }
        return members
    }

    private func groups(of records: RecordBatch, _ options: CollectionOptions) -> [Group] {
        if let table = options.table { return Array(repeating: .rows(table: table), count: records.count) }
        if let source = options.source, let index = sourceIndex[source] {
            return Array(repeating: .source(index), count: records.count)
        }
        let rows = tables(ofRows: records)
        return recognizer.sources(of: records).enumerated().map { record, source in
            rows[record].map { .rows(table: $0) } ?? (source < 0 ? .unknown : .source(source))
        }
    }

    /// For each record the table whose row it is: it names one that is known, or one's own, and has a time.
    func tables(ofRows records: RecordBatch) -> [String?] {
        let times = ["TimeGenerated", "TimeGenerated [UTC]", "TimeGenerated (UTC)"].compactMap { records.field($0) }
        guard let typeField = records.field("Type"), !times.isEmpty else {
            return Array(repeating: nil, count: records.count)
        }
        return (0..<records.count).map { record in
            guard let type = records.entry(typeField, of: record),
                times.contains(where: { records.entry($0, of: record) != nil })
            else { return nil }
            let table = records.text(type)
            return content.tables[table] != nil || isCustom(table) ? table : nil
        }
    }

    private func isCustom(_ table: String) -> Bool {
        table.hasSuffix("_CL") && TableDefinition.isName(table)
    }

    // MARK: Mapping

    private func map(
        _ members: [Int], as group: Group, of records: RecordBatch, now: Instant, into assembly: inout ChunkAssembly
    ) {
        switch group {
        case .source(let index):
            let source = content.sources.sources[index]
            assembly.name(members, source.name)
            switch source.mapping {
            case .windows: mapWindows(members, of: records, now: now, into: &assembly)
            case .transformations:
                transform(members, source, of: records, now: now, into: &assembly)
            case .columns(let table):
                guard let definition = content.tables[table] else {
                    assembly.reject(members, reason: "there is no table \(table) for source \(source.name)")
                    return
                }
                map(members, source, definition, of: records, now: now, into: &assembly)
            }
        case .rows(let table):
            assembly.name(members, table)
            if let definition = content.tables[table] {
                map(members, TableRows.source(for: definition), definition, of: records, now: now, into: &assembly)
            } else {
                let inferred = TableRows.infer(table, from: records, members)
                map(members, inferred.source, inferred.definition, of: records, now: now, into: &assembly)
            }
        case .unknown:
            assembly.reject(members, reason: "no source is known that has these fields; name a source or a table")
        }
    }

    private func map(
        _ members: [Int], _ source: SourceDefinition, _ definition: TableDefinition, of records: RecordBatch,
        now: Instant, into assembly: inout ChunkAssembly
    ) {
        var mapper = ColumnMapper(source, table: definition, batch: records, now: now)
        for record in members { mapper.map(record) }
        let (rows, mismatches) = mapper.finish()
        if let rows { assembly.add(rows) }
        assembly.add(mismatches)
    }

    private func transform(
        _ members: [Int], _ source: SourceDefinition, of records: RecordBatch, now: Instant,
        into assembly: inout ChunkAssembly
    ) {
        guard let transformations = content.transformations[source.name] else {
            assembly.reject(members, reason: "the transformation of source \(source.name) is faulty")
            return
        }
        let served = transform(
            members, by: transformations, ignored: source.ignored, of: records, now: now, into: &assembly)
        let lost = members.filter { !served.contains($0) }
        if !lost.isEmpty { assembly.reject(lost, reason: "no transformation of \(source.name) makes a row of this") }
    }

    /// Gives the records that made a row or a dead letter.
    @discardableResult
    private func transform(
        _ members: [Int], by transformations: [Transformation], ignored: [String], of records: RecordBatch,
        now: Instant, into assembly: inout ChunkAssembly
    ) -> Set<Int> {
        var served: Set<Int> = []
        for transformation in transformations {
            let run = TransformationRun(transformation, of: records, ignored: ignored, now: now)
            for outcome in run.transform(members) {
                if let rows = outcome.rows {
                    served.formUnion(rows.records)
                    assembly.add(rows)
                }
                assembly.add(outcome.mismatches)
                for failure in outcome.failures {
                    served.insert(failure.record)
                    assembly.reject([failure.record], reason: failure.reason)
                }
            }
        }
        return served
    }

    private func mapWindows(
        _ members: [Int], of records: RecordBatch, now: Instant, into assembly: inout ChunkAssembly
    ) {
        guard let definition = content.windows else {
            assembly.reject(members, reason: "the content has no usable sources/windows")
            return
        }
        var mapper = WindowsMapper(definition, tables: content.tables, batch: records, now: now)
        for record in members { mapper.map(record) }
        let (rows, mismatches) = mapper.finish()
        for rows in rows { assembly.add(rows) }
        assembly.add(mismatches)
    }
}
