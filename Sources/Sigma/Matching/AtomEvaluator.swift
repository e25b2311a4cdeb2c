internal import JSON
internal import RE2
internal import Records

/// Runs programs on a record: answers their tests, each at most once per record.
struct AtomEvaluator: Sendable {
    /// Twice the event's number, plus one when the test holds.
    private var answers: [UInt64]
    /// The event in which a test's text was found last.
    private var found: [UInt64]
    private let ways: [TestAnswer]
    private let table: AtomTable
    private let steps: [SigmaRuleSet.Step]

    init(_ ruleSet: SigmaRuleSet) {
        table = ruleSet.table
        steps = ruleSet.steps
        ways = ruleSet.answers
        answers = [UInt64](repeating: 0, count: ruleSet.table.atoms.count)
        found = [UInt64](repeating: 0, count: ruleSet.table.atoms.count)
    }

    /// Takes the tests whose texts a search found in the record; no others of those that it looks for can hold.
    mutating func take(_ places: [Int32], of candidates: Candidates, event: UInt64) {
        for place in places { found[Int(candidates.tests[Int(place)])] = event }
    }

    /// Whether the program accepts the record.
    mutating func run(_ entry: Int32, _ slots: EventSlots, _ fields: UnsafeFields) -> Bool {
        var label = entry
        while label >= 0 {
            let step = steps[Int(label)]
            label = answer(Int(step.atom), slots, fields) ? step.onTrue : step.onFalse
        }
        return label == SigmaRuleSet.accept
    }

    @inline(__always)
    private mutating func answer(_ index: Int, _ slots: EventSlots, _ fields: UnsafeFields) -> Bool {
        switch ways[index] {
        case .found: return found[index] == slots.event
        case .madeWhereFound: if found[index] != slots.event { return false }
        case .made: break
        }
        let known = answers[index]
        if known >> 1 == slots.event { return known & 1 == 1 }
        let holds = evaluate(table.atoms[index], slots, fields)
        answers[index] = slots.event << 1 | (holds ? 1 : 0)
        return holds
    }
}

extension AtomEvaluator {
    private func evaluate(_ atom: Atom, _ slots: EventSlots, _ fields: UnsafeFields) -> Bool {
        guard atom.slot >= 0 else { return anyField(atom, slots, fields) }
        let entry = slots[atom.slot]
        switch atom.kind {
        case .isNull, .missing: return entry == nil
        case .exists: return entry != nil
        default:
            guard let entry else { return false }
            return holds(atom, entry, slots, fields)
        }
    }

    private func anyField(_ atom: Atom, _ slots: EventSlots, _ fields: UnsafeFields) -> Bool {
        for entry in fields.entries(of: slots.record) where entry.kind != .null {
            if holds(atom, entry, slots, fields) { return true }
        }
        return false
    }

    /// Whether the field's value satisfies the test; of an array, whether one of its values does.
    private func holds(
        _ atom: Atom, _ entry: RecordBatch.Entry, _ slots: EventSlots, _ fields: UnsafeFields
    ) -> Bool {
        guard entry.kind == .json else { return holds(atom, text: fields.value(entry), slots, fields) }
        var leaves: [String] = []
        JSONLeaves.collect(fields.value(entry), into: &leaves)
        for index in leaves.indices {
            let isFound = leaves[index].withUTF8 { holds(atom, text: $0, slots, fields) }
            if isFound { return true }
        }
        return false
    }

    private func holds(
        _ atom: Atom, text: UnsafeBufferPointer<UInt8>, _ slots: EventSlots, _ fields: UnsafeFields
    ) -> Bool {
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
        case .field: return holdsField(table.fieldComparisons[Int(atom.start)], text, slots, fields)
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
        _ comparison: AtomTable.FieldComparison, _ text: UnsafeBufferPointer<UInt8>, _ slots: EventSlots,
        _ fields: UnsafeFields
    ) -> Bool {
        guard let other = slots[comparison.slot] else { return false }
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
