internal import Records

/// Searches a record's fields for the texts of rules and tells which programs are worth running on it.
struct EventSearch: Sendable {
    /// The tests found in the record by searching, by the numbers that the candidates give them; some more than once.
    private var found: [Int32] = []
    /// Where the memory keeps what is found in the record's other values.
    private var recalled: [Int] = []
    /// The record's state.
    private var state: [UInt64] = []
    private var memory = ValueMemory()
    /// The value under search in lower case, and places of it where needles may be.
    private var folded = FoldedText()
    private var hits: [NeedleHit] = []

    /// Adds the programs that may accept the record.
    mutating func search(
        _ slots: EventSlots, _ candidates: Candidates, _ fields: UnsafeFields, awake: inout [Int32]
    ) {
        memory.makeRoom()
        found.removeAll(keepingCapacity: true)
        recalled.removeAll(keepingCapacity: true)
        state.removeAll(keepingCapacity: true)
        state.append(contentsOf: candidates.layout.start)
        candidates.searches.withUnsafeBufferPointer { searches in
            for place in searches.indices {
                let slot = searches[place].slot
                if slot < 0 {
                    guard StateLayout.isOpen(searches[place].stakes, state) else { continue }
                    search(searches[place].needles, slots.record, candidates, fields)
                } else if let entry = slots[slot], entry.length > 0, StateLayout.isOpen(searches[place].stakes, state) {
                    let key = ValueMemory.Key(
                        search: searches[place].number, isJSON: entry.kind == .json, text: fields.value(entry))
                    search(key, searches[place].needles, candidates)
                }
            }
        }
        let first = awake.count
        candidates.layout.collect(state, into: &awake)
        for place in first..<awake.count { awake[place] = candidates.members[Int(awake[place])] }
    }

    /// The tests found in the record, by the numbers that the candidates give them.
    mutating func tests() -> [Int32] {
        for place in recalled { memory.addTests(at: place, to: &found) }
        recalled.removeAll(keepingCapacity: true)
        return found
    }

    private mutating func search(_ key: ValueMemory.Key, _ needles: NeedleSearch, _ candidates: Candidates) {
        guard memory.isWorthwhile(key) else { return search(key.text, isJSON: key.isJSON, needles, candidates) }
        let hash = ValueMemory.hash(key)
        if let place = memory.recall(key, hash, state: &state) { return recalled.append(place) }
        let first = found.count
        search(key.text, isJSON: key.isJSON, needles, candidates)
        let tests = found[first...]
        memory.remember(
            key, hash, tests: tests, marks: StateLayout.merged(tests.flatMap { candidates.layout.marks(of: $0) }))
    }

    private mutating func search(
        _ text: UnsafeBufferPointer<UInt8>, isJSON: Bool, _ needles: NeedleSearch, _ candidates: Candidates
    ) {
        let first = found.count
        if isJSON {
            var leaves: [String] = []
            JSONLeaves.collect(text, into: &leaves)
            for number in leaves.indices {
                leaves[number].withUTF8 { text in
                    folded.fill(text)
                    needles.find(in: folded, hits: &hits, into: &found)
                }
            }
        } else {
            folded.fill(text)
            needles.find(in: folded, hits: &hits, into: &found)
        }
        for place in first..<found.count {
            for mark in candidates.layout.marks(of: found[place]) { state[Int(mark.word)] |= mark.bits }
        }
    }

    private mutating func search(
        _ keywords: NeedleSearch, _ record: Int, _ candidates: Candidates, _ fields: UnsafeFields
    ) {
        let mayHave = holds(keywords, record, fields)
        for entry in fields.entries(of: record) where entry.kind == .json || mayHave && entry.kind != .null {
            search(fields.value(entry), isJSON: entry.kind == .json, keywords, candidates)
        }
    }

    /// Whether a keyword is anywhere in the record's values, which lie side by side: one pass instead of one per field. Arrays,
    /// whose JSON is escaped, are not answered for.
    private mutating func holds(_ keywords: NeedleSearch, _ record: Int, _ fields: UnsafeFields) -> Bool {
        var start = Int.max
        var end = 0
        var total = 0
        for entry in fields.entries(of: record) where entry.kind != .null {
            start = min(start, entry.start)
            end = max(end, entry.start + entry.length)
            total += entry.length
        }
        guard start < end else { return false }
        guard end - start <= 2 * total + 64, keywords.isUnbound else { return true }
        folded.fill(UnsafeBufferPointer(rebasing: fields.bytes[start..<end]))
        let first = found.count
        keywords.find(in: folded, hits: &hits, into: &found)
        defer { found.removeSubrange(first...) }
        return found.count > first
    }
}
