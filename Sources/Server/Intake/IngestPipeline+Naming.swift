internal import API
internal import Collection
internal import EventStore
internal import KQLValues
internal import Records
internal import StateStore

extension IngestPipeline {
    func recognise(_ lines: [[UInt8]], sender: String?) -> [Bool] {
        var isKnown = Array(repeating: false, count: lines.count)
        guard !lines.isEmpty else { return isKnown }
        var reader = collector.reader(CollectionOptions(origin: "", sender: sender), now: time.now())
        reader.feed(Array(lines.joined(separator: [0x0A])))
        reader.finish()
        func note(_ block: RecordBlock) {
            for (line, known) in zip(block.lines, collector.recognises(block.records)) where known {
                if isKnown.indices.contains(line - 1) { isKnown[line - 1] = true }
            }
        }
        while let block = reader.next() { note(block) }
        if let block = reader.flush() { note(block) }
        return isKnown
    }

    func meaning(of name: String) -> IntakeTarget? {
        let wanted = name.lowercased()
        if let source = collector.content.sources.sources.first(where: { $0.name.lowercased() == wanted }) {
            return .source(source.name)
        }
        if let table = collector.content.tables.tables.keys.first(where: { $0.lowercased() == wanted }) {
            return .table(table)
        }
        return sink.schemas.keys.first { $0.lowercased() == wanted }.map { .table($0) }
    }

    func fault(ofTransformation query: String, over input: TableSchema, into table: String) -> String? {
        do {
            _ = try transformations.transformation(IntakeTransformation(query, over: input), into: table)
            return nil
        } catch {
            return error.description
        }
    }

    /// How the collector is to read what a sender describes.
    ///
    /// - Throws: `IntakeRefusal` when it names no known source or table.
    func options(_ description: IntakeDescription) throws -> CollectionOptions {
        var options = CollectionOptions(
            origin: description.source, place: description.place, source: description.format, table: description.table,
            sender: description.host)
        if let fault = collector.fault(of: options) { throw IntakeRefusal(fault) }
        if let wanted = description.transformation, let table = description.table {
            do {
                options.transformation = try transformations.transformation(wanted, into: table)
            } catch {
                throw IntakeRefusal("the transformation into \(table) cannot be used: \(error)")
            }
        }
        return options
    }
}
