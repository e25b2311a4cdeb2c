internal import RE2
internal import Records

/// Finds for each record of a batch the source whose conditions it meets.
struct Recognizer {
    private let sources: [SourceDefinition]
    private let conditions: [SourceDefinition.Condition]
    /// For each condition what a field must hold.
    private let tests: [Test]
    /// Conditions with regular expressions, those that ask the same fields together.
    private let patternGroups: [PatternGroup]
    /// For each source the numbers of its conditions.
    private let needs: [[Int]]

    private enum Test {
        case isThere
        case oneOf([Value])
        case matches(RE2Pattern)
        case never
    }

    private struct PatternGroup {
        let fields: [String]
        var conditions: [Int]
        /// What matches where any of them does, so that most values are looked at once.
        var any: RE2Pattern?
    }

    /// A value in lowercase, or the start of one.
    private struct Value {
        let utf8: [UInt8]
        let isPrefix: Bool

        init(_ text: String) {
            isPrefix = text.hasSuffix("*")
            utf8 = Array((isPrefix ? text.dropLast() : text[...]).utf8)
        }

        /// Compares without regard to the case of ASCII letters.
        func fits(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
            guard isPrefix ? utf8.count <= text.count : utf8.count == text.count else { return false }
            for index in utf8.indices {
                let byte = text[index]
                guard utf8[index] == ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) else { return false }
            }
            return true
        }
    }

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
        tests = conditions.map { condition in
            guard let pattern = condition.pattern else {
                return condition.values.isEmpty ? .isThere : .oneOf(condition.values.map { Value($0) })
            }
            // The patterns were checked when the content was read; one that is none is met by nothing.
            return (try? RE2Pattern(pattern, ignoringCase: true)).map { .matches($0) } ?? .never
        }
        patternGroups = Recognizer.patternGroups(conditions)
    }

    private static func patternGroups(_ conditions: [SourceDefinition.Condition]) -> [PatternGroup] {
        var groups: [PatternGroup] = []
        for (number, condition) in conditions.enumerated() where condition.pattern != nil {
            if let place = groups.firstIndex(where: { $0.fields == condition.fields }) {
                groups[place].conditions.append(number)
            } else {
                groups.append(PatternGroup(fields: condition.fields, conditions: [number]))
            }
        }
        for place in groups.indices where groups[place].conditions.count > 1 {
            let patterns = groups[place].conditions.compactMap { conditions[$0].pattern }
            // Without it each is tried on its own.
            groups[place].any = try? RE2Pattern(
                patterns.map { "(?:\($0))" }.joined(separator: "|"), ignoringCase: true)
        }
        return groups
    }

    /// For each record the index of its source in the catalogue, -1 for none.
    func sources(of batch: RecordBatch) -> [Int] {
        records(of: batch) { isMet in needs.firstIndex { $0.allSatisfy { isMet[$0] } } ?? -1 }
    }

    /// For each record the indexes of all sources whose conditions it meets, the most demanding first.
    func allSources(of batch: RecordBatch) -> [[Int]] {
        records(of: batch) { isMet in needs.indices.filter { needs[$0].allSatisfy { isMet[$0] } } }
    }

    /// For each record what follows of the conditions that it meets. Most records meet the same as the one before.
    private func records<Outcome>(of batch: RecordBatch, _ outcome: ([Bool]) -> Outcome) -> [Outcome] {
        let checks = checks(of: batch)
        var isMet = Array(repeating: false, count: conditions.count)
        var met: [Int] = []
        var before: [Int] = []
        var outcomes: [Outcome] = []
        outcomes.reserveCapacity(batch.count)
        for record in 0..<batch.count {
            for number in met { isMet[number] = false }
            swap(&met, &before)
            met.removeAll(keepingCapacity: true)
            for entry in batch.fields(of: record) {
                let checks = checks[Int(entry.field)]
                for number in checks.conditions where !isMet[number] && meets(number, entry, batch) {
                    isMet[number] = true
                    met.append(number)
                }
                for group in checks.patternGroups where mayMeet(group, entry, batch) {
                    for number in patternGroups[group].conditions where !isMet[number] && meets(number, entry, batch) {
                        isMet[number] = true
                        met.append(number)
                    }
                }
            }
            if met == before, let last = outcomes.last {
                outcomes.append(last)
            } else {
                outcomes.append(outcome(isMet))
            }
        }
        return outcomes
    }

    /// What the value of a field decides.
    private struct Checks {
        var conditions: [Int] = []
        var patternGroups: [Int] = []
    }

    private func checks(of batch: RecordBatch) -> [Checks] {
        var checks = Array(repeating: Checks(), count: batch.fieldNames.count)
        let names = FieldNameIndex(batch)
        for (number, condition) in conditions.enumerated() where condition.pattern == nil {
            for field in names.fields(matching: condition.fields) { checks[field].conditions.append(number) }
        }
        for (number, group) in patternGroups.enumerated() {
            for field in names.fields(matching: group.fields) { checks[field].patternGroups.append(number) }
        }
        return checks
    }

    private func mayMeet(_ group: Int, _ entry: RecordBatch.Entry, _ batch: RecordBatch) -> Bool {
        guard let any = patternGroups[group].any else { return true }
        return batch.withUTF8(entry) { any.matches($0) }
    }

    private func meets(_ number: Int, _ entry: RecordBatch.Entry, _ batch: RecordBatch) -> Bool {
        switch tests[number] {
        case .isThere: entry.kind != .null
        case .oneOf(let values): batch.withUTF8(entry) { text in values.contains { $0.fits(text) } }
        case .matches(let pattern): batch.withUTF8(entry) { pattern.matches($0) }
        case .never: false
        }
    }
}

extension FieldNameIndex {
    /// The fields of any of these names.
    fileprivate func fields(matching patterns: [String]) -> [Int] {
        patterns.flatMap { fields(matching: $0) }.map { Int($0) }
    }
}
