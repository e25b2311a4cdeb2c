internal import RE2
internal import Records

/// Finds for each record of a batch the source whose conditions it meets.
struct Recognizer {
    private let sources: [SourceDefinition]
    private let conditions: [SourceDefinition.Condition]
    /// For each condition its regular expression, if it has one.
    private let patterns: [RE2Pattern?]
    /// For each source the numbers of its conditions.
    private let needs: [[Int]]

    init(_ catalogue: SourceCatalogue) {
        sources = catalogue.sources
        var conditions: [SourceDefinition.Condition] = []
        needs = sources.map { source in
            source.conditions.map { condition in
                if let known = conditions.firstIndex(of: condition) { return known }
                conditions.append(condition)
                return conditions.count - 1
            }
        }
        self.conditions = conditions
        // The patterns were checked when the content was read; one that is none is met by nothing.
        patterns = conditions.map { $0.pattern.flatMap { try? RE2Pattern($0, ignoringCase: true) } }
    }

    /// For each record the index of its source in the catalogue, -1 for none.
    func sources(of batch: RecordBatch) -> [Int] {
        records(of: batch) { isMet in needs.firstIndex { $0.allSatisfy { isMet[$0] } } ?? -1 }
    }

    /// For each record the indexes of all sources whose conditions it meets, the most demanding first.
    func allSources(of batch: RecordBatch) -> [[Int]] {
        records(of: batch) { isMet in needs.indices.filter { needs[$0].allSatisfy { isMet[$0] } } }
    }

    /// For each record what follows of the conditions that it meets.
    private func records<Outcome>(of batch: RecordBatch, _ outcome: ([Bool]) -> Outcome) -> [Outcome] {
        var checks: [[Int]] = Array(repeating: [], count: batch.fieldNames.count)
        let names = FieldNameIndex(batch)
        for (number, condition) in conditions.enumerated() {
            for name in condition.fields {
                for field in names.fields(matching: name) { checks[Int(field)].append(number) }
            }
        }
        var isMet = Array(repeating: false, count: conditions.count)
        return (0..<batch.count).map { record in
            for number in isMet.indices { isMet[number] = false }
            for entry in batch.fields(of: record) {
                for number in checks[Int(entry.field)] where !isMet[number] {
                    isMet[number] = meets(number, entry, batch)
                }
            }
            return outcome(isMet)
        }
    }

    private func meets(_ number: Int, _ entry: RecordBatch.Entry, _ batch: RecordBatch) -> Bool {
        let condition = conditions[number]
        if condition.pattern != nil { return batch.withUTF8(entry) { patterns[number]?.matches($0) ?? false } }
        if condition.values.isEmpty { return entry.kind != .null }
        return batch.withUTF8(entry) { utf8 in condition.values.contains { Recognizer.fits($0.utf8, utf8) } }
    }

    private static func fits(_ value: String.UTF8View, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let isPrefix = value.last == UInt8(ascii: "*")
        let wanted = isPrefix ? value.dropLast() : value[...]
        guard isPrefix ? wanted.count <= text.count : wanted.count == text.count else { return false }
        return zip(wanted, text).allSatisfy { $0 == ((0x41...0x5A).contains($1) ? $1 | 0x20 : $1) }
    }
}
