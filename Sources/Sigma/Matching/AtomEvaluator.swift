internal import JSON
internal import RE2
internal import Records

/// Holds one record's fields by slot and answers tests about them, each at most once per record.
struct AtomEvaluator: Sendable {
    /// Counts the records seen; what is stamped with another number is stale.
    private(set) var event: UInt32 = 0
    private var current = 0
    private var slotEvents: [UInt32]
    private var slotEntries: [RecordBatch.Entry]
    private var slotRanks: [UInt8]
    /// Twice the event's number, plus one when the test holds.
    private var answers: [UInt64]
    /// The event in which a test's needle was found last.
    private var found: [UInt32]
    /// The event for which a program was woken last.
    private var wokenAt: [UInt32]
    private let isIndexed: [Bool]
    /// The value under search in lower case, and what was found in it.
    private var folded = FoldedText()
    private var hits: [NeedleHit] = []
    private var confirmed: [Int32] = []
    private let table: AtomTable

    init(_ ruleSet: SigmaRuleSet) {
        let slots = ruleSet.slotNames.count
        slotEvents = [UInt32](repeating: 0, count: slots)
        slotEntries = [RecordBatch.Entry](
            repeating: RecordBatch.Entry(field: 0, kind: .null, start: 0, length: 0), count: slots)
        slotRanks = [UInt8](repeating: 0, count: slots)
        table = ruleSet.table
        answers = [UInt64](repeating: 0, count: ruleSet.table.atoms.count)
        found = [UInt32](repeating: 0, count: ruleSet.table.atoms.count)
        wokenAt = [UInt32](repeating: 0, count: ruleSet.programs.count)
        isIndexed = ruleSet.index.isIndexed
    }

    /// Takes the next record.
    mutating func begin(_ record: Int, _ fields: UnsafeFields, plan: FieldPlan) {
        if event == .max {
            event = 0
            for slot in slotEvents.indices { slotEvents[slot] = 0 }
            for atom in answers.indices {
                answers[atom] = 0
                found[atom] = 0
            }
            for program in wokenAt.indices { wokenAt[program] = 0 }
        }
        event += 1
        current = record
        for entry in fields.entries(of: record) where entry.kind != .null {
            for index in Int(plan.starts[Int(entry.field)])..<Int(plan.starts[Int(entry.field) + 1]) {
                let use = plan.uses[index]
                let slot = Int(use.slot)
                if slotEvents[slot] == event && slotRanks[slot] <= use.rank { continue }
                slotEvents[slot] = event
                slotRanks[slot] = use.rank
                slotEntries[slot] = entry
            }
        }
    }

    /// The field of a slot, nil when the record lacks it or it is null.
    @inline(__always)
    func entry(_ slot: Int32) -> RecordBatch.Entry? {
        slotEvents[Int(slot)] == event ? slotEntries[Int(slot)] : nil
    }

    /// Whether the program accepts the record.
    mutating func run(_ entry: Int32, _ ruleSet: SigmaRuleSet, _ fields: UnsafeFields) -> Bool {
        var label = entry
        while label >= 0 {
            let step = ruleSet.steps[Int(label)]
            label = answer(Int(step.atom), fields) ? step.onTrue : step.onFalse
        }
        return label == SigmaRuleSet.accept
    }
}

extension AtomEvaluator {
    /// Finds the needles of the candidates' fields in the record and the programs that they wake.
    mutating func search(
        _ candidates: Candidates, _ index: NeedleIndex, _ fields: UnsafeFields, woken: inout [Int32]
    ) {
        for (slot, needles) in candidates.searches {
            guard let entry = entry(slot) else { continue }
            search(entry, needles, candidates, index, fields, &woken)
        }
        guard let keywords = candidates.keywords else { return }
        let mayHaveKeywords = holdsGrams(of: keywords, fields)
        for entry in fields.entries(of: current) where entry.kind == .json || mayHaveKeywords && entry.kind != .null {
            search(entry, keywords, candidates, index, fields, &woken)
        }
    }

    /// Whether a keyword's gram is anywhere in the record's values, which lie side by side: one pass instead of one per
    /// field. Arrays, whose JSON is escaped, are not answered for.
    private mutating func holdsGrams(of keywords: NeedleSearch, _ fields: UnsafeFields) -> Bool {
        var start = Int.max
        var end = 0
        var total = 0
        for entry in fields.entries(of: current) where entry.kind != .null {
            start = min(start, entry.start)
            end = max(end, entry.start + entry.length)
            total += entry.length
        }
        guard start < end else { return false }
        guard end - start <= 2 * total + 64, keywords.isUnbound else { return true }
        folded.fill(UnsafeBufferPointer(rebasing: fields.bytes[start..<end]))
        hits.removeAll(keepingCapacity: true)
        keywords.scan(folded, into: &hits)
        return !hits.isEmpty
    }

    private mutating func search(
        _ entry: RecordBatch.Entry, _ needles: NeedleSearch, _ candidates: Candidates,
        _ index: NeedleIndex, _ fields: UnsafeFields, _ woken: inout [Int32]
    ) {
        guard entry.kind == .json else {
            search(fields.value(entry), needles, candidates, index, &woken)
            return
        }
        var leaves: [String] = []
        JSONLeaves.collect(fields.value(entry), into: &leaves)
        for number in leaves.indices {
            leaves[number].withUTF8 { search($0, needles, candidates, index, &woken) }
        }
    }

    private mutating func search(
        _ text: UnsafeBufferPointer<UInt8>, _ needles: NeedleSearch, _ candidates: Candidates,
        _ index: NeedleIndex, _ woken: inout [Int32]
    ) {
        folded.fill(text)
        hits.removeAll(keepingCapacity: true)
        needles.scan(folded, into: &hits)
        if hits.isEmpty { return }
        confirmed.removeAll(keepingCapacity: true)
        table.confirm(hits, folded, into: &confirmed)
        for number in confirmed where found[Int(number)] != event {
            found[Int(number)] = event
            for program in index.programs(wokenBy: Int(number))
            where candidates.isMember[Int(program)] && wokenAt[Int(program)] != event {
                wokenAt[Int(program)] = event
                woken.append(program)
            }
        }
    }

    @inline(__always)
    private mutating func answer(_ index: Int, _ fields: UnsafeFields) -> Bool {
        if isIndexed[index] {
            guard found[index] == event else { return false }
            if table.atoms[index].kind != .segments { return true }
        }
        let known = answers[index]
        if known >> 1 == UInt64(event) { return known & 1 == 1 }
        let holds = evaluate(table.atoms[index], fields)
        answers[index] = UInt64(event) << 1 | (holds ? 1 : 0)
        return holds
    }

    private func evaluate(_ atom: Atom, _ fields: UnsafeFields) -> Bool {
        guard atom.slot >= 0 else { return anyField(atom, fields) }
        let entry = entry(atom.slot)
        switch atom.kind {
        case .isNull, .missing: return entry == nil
        case .exists: return entry != nil
        default:
            guard let entry else { return false }
            return holds(atom, entry, fields)
        }
    }

    private func anyField(_ atom: Atom, _ fields: UnsafeFields) -> Bool {
        for entry in fields.entries(of: current) where entry.kind != .null {
            if holds(atom, entry, fields) { return true }
        }
        return false
    }

    /// Whether the field's value satisfies the test; of an array, whether one of its values does.
    private func holds(_ atom: Atom, _ entry: RecordBatch.Entry, _ fields: UnsafeFields) -> Bool {
        guard entry.kind == .json else { return holds(atom, text: fields.value(entry), fields) }
        var leaves: [String] = []
        JSONLeaves.collect(fields.value(entry), into: &leaves)
        for index in leaves.indices {
            let isFound = leaves[index].withUTF8 { holds(atom, text: $0, fields) }
            if isFound { return true }
        }
        return false
    }

    private func holds(_ atom: Atom, text: UnsafeBufferPointer<UInt8>, _ fields: UnsafeFields) -> Bool {
        switch atom.kind {
        case .equal, .prefix, .suffix, .contains, .segments:
            guard atom.casing == .unicode else { return holdsText(atom, text, isFolding: atom.casing == .ascii) }
            // Such a needle has letters beyond ASCII, which plain text cannot have.
            if ByteSearch.isASCII(text) { return false }
            var folded = String(decoding: text, as: UTF8.self).lowercased()
            return folded.withUTF8 { holdsText(atom, $0, isFolding: false) }
        case .expression: return table.expressions[Int(atom.start)].matches(text)
        case .network: return table.networks[Int(atom.start)].contains(text)
        case .comparison:
            guard text.count <= 64, let number = Double(String(decoding: text, as: UTF8.self)) else { return false }
            let (comparison, bound) = table.comparisons[Int(atom.start)]
            return comparison.holds(number, bound)
        case .datePart:
            guard let date = SigmaDate(text) else { return false }
            let (part, comparison, number) = table.dateParts[Int(atom.start)]
            return comparison?.holds(Double(date[part]), Double(number)) ?? (date[part] == number)
        case .field: return holdsField(table.fieldComparisons[Int(atom.start)], text, fields)
        case .exists: return true
        case .isNull, .missing: return false
        }
    }

    private func holdsText(_ atom: Atom, _ text: UnsafeBufferPointer<UInt8>, isFolding: Bool) -> Bool {
        table.needles.withUnsafeBufferPointer { needles in
            if atom.kind == .segments {
                return holdsSegments(table.segments[Int(atom.start)], text, needles, isFolding: isFolding)
            }
            let needle = UnsafeBufferPointer(rebasing: needles[Int(atom.start)..<Int(atom.start + atom.length)])
            return Self.holds(atom.kind, needle, text, isFolding: isFolding)
        }
    }

    private static func holds(
        _ kind: Atom.Kind, _ needle: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>, isFolding: Bool
    ) -> Bool {
        switch kind {
        case .equal: ByteSearch.equal(text, needle, folding: isFolding)
        case .prefix: ByteSearch.hasPrefix(text, needle, folding: isFolding)
        case .suffix: ByteSearch.hasSuffix(text, needle, folding: isFolding)
        default: ByteSearch.find(needle, in: text, from: 0, folding: isFolding) >= 0
        }
    }

    private func holdsSegments(
        _ segments: AtomTable.Segments, _ text: UnsafeBufferPointer<UInt8>, _ needles: UnsafeBufferPointer<UInt8>,
        isFolding: Bool
    ) -> Bool {
        var offset = 0
        for (index, range) in segments.pieces.enumerated() {
            let piece = UnsafeBufferPointer(rebasing: needles[range])
            let isLast = index == segments.pieces.count - 1
            if index == 0 && segments.isAnchoredAtStart {
                guard ByteSearch.hasPrefix(text, piece, folding: isFolding) else { return false }
                offset = piece.count
            } else if isLast && segments.isAnchoredAtEnd {
                return text.count - piece.count >= offset && ByteSearch.hasSuffix(text, piece, folding: isFolding)
            } else {
                let found = ByteSearch.find(piece, in: text, from: offset, folding: isFolding)
                guard found >= 0 else { return false }
                offset = found + piece.count
            }
        }
        return true
    }

    private func holdsField(
        _ comparison: AtomTable.FieldComparison, _ text: UnsafeBufferPointer<UInt8>, _ fields: UnsafeFields
    ) -> Bool {
        guard let other = entry(comparison.slot) else { return false }
        var left = String(decoding: text, as: UTF8.self)
        var right = String(decoding: fields.value(other), as: UTF8.self)
        if !comparison.isCased {
            left = left.lowercased()
            right = right.lowercased()
        }
        switch comparison.anchor {
        case .whole: return left == right
        case .prefix: return left.hasPrefix(right)
        case .suffix: return left.hasSuffix(right)
        case .anywhere: return left.contains(right)
        }
    }
}
