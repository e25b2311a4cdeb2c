/// Remembers what searches found in values, as logs repeat theirs: a program's path, a user, a host.
///
/// Its size is bounded: when it is full it forgets all, and values that still come are soon known again. A search whose values
/// hardly ever repeat is not remembered for a while. What it says is what the search would say.
struct ValueMemory: Sendable {
    /// A value under search.
    struct Key {
        let search: UInt32
        /// Whether the text is JSON, whose leaves are searched.
        let isJSON: Bool
        let text: UnsafeBufferPointer<UInt8>

        /// Tells values of one search from those of another.
        var label: UInt64 { UInt64(search) << 1 | (isJSON ? 1 : 0) }
    }

    private struct Habit {
        var asked: UInt16 = 0
        var known: UInt16 = 0
        /// So many values are not to be remembered.
        var rest: UInt16 = 0
    }

    /// Per hash a set of four: the upper half of the value's hash, and the place in `store` plus one (0: free).
    private var sets: [UInt64] = []
    /// Per value a `Header`, then the text, marks as pairs of word and bits, and tests.
    private var store: [UInt64] = []
    /// Of searches, which share them when they are very many.
    private var habits = [Habit](repeating: Habit(), count: Self.mostHabits)

    private static let setBits = 14
    private static let ways = 4
    /// In words of 8 bytes: 4 MiB.
    private static let fullStore = 1 << 19
    static let longestText = 4096
    private static let trial: UInt16 = 256
    private static let rest: UInt16 = 8192
    private static let mostHabits = 1024

    /// Makes room where there is none; to be called between records.
    mutating func makeRoom() {
        guard store.count >= Self.fullStore else { return }
        store.removeAll(keepingCapacity: true)
        sets = []
    }

    /// Whether values of the search are worth remembering now.
    mutating func isWorthwhile(_ key: Key) -> Bool {
        guard key.text.count <= Self.longestText else { return false }
        let search = Self.habit(of: key)
        guard habits[search].rest == 0 else {
            habits[search].rest -= 1
            return false
        }
        if habits[search].asked == Self.trial {
            let isRepeating = habits[search].known >= Self.trial / 8
            habits[search] = Habit(rest: isRepeating ? 0 : Self.rest)
        }
        return true
    }

    /// Adds the marks of the tests found in the value to `state`, where the value is known.
    ///
    /// - Returns: the value's place, for `addTests`; nil where it is not known.
    mutating func recall(_ key: Key, _ hash: UInt64, state: inout [UInt64]) -> Int? {
        habits[Self.habit(of: key)].asked += 1
        guard let place = place(of: key, hash) else { return nil }
        habits[Self.habit(of: key)].known += 1
        store.withUnsafeBytes { bytes in
            let header = Header(bytes, at: place)
            var offset = header.marksOffset(at: place)
            for _ in 0..<header.marks {
                let word = bytes.load(fromByteOffset: offset, as: UInt64.self)
                state[Int(word)] |= bytes.load(fromByteOffset: offset + 8, as: UInt64.self)
                offset += 16
            }
        }
        return place
    }

    /// Adds the tests found in the value at a place, which `makeRoom` may take away.
    func addTests(at place: Int, to found: inout [Int32]) {
        store.withUnsafeBytes { bytes in
            let header = Header(bytes, at: place)
            let offset = header.testsOffset(at: place)
            found.append(
                contentsOf: UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + header.tests * 4)])
                    .assumingMemoryBound(to: Int32.self))
        }
    }

    /// Remembers what a search found in a value.
    mutating func remember(_ key: Key, _ hash: UInt64, tests: ArraySlice<Int32>, marks: [StateLayout.Mark]) {
        guard tests.count <= UInt16.max, marks.count <= UInt16.max else { return }
        if sets.isEmpty { sets = [UInt64](repeating: 0, count: Self.ways << Self.setBits) }
        let place = store.count
        let header = Header(label: key.label, text: key.text.count, tests: tests.count, marks: marks.count)
        store.append(contentsOf: repeatElement(0, count: header.length))
        store.withUnsafeMutableBytes { bytes in
            header.write(to: bytes, at: place)
            UnsafeMutableRawBufferPointer(rebasing: bytes[header.textOffset(at: place)...])
                .copyMemory(from: UnsafeRawBufferPointer(key.text))
            var offset = header.marksOffset(at: place)
            for mark in marks {
                bytes.storeBytes(of: UInt64(mark.word), toByteOffset: offset, as: UInt64.self)
                bytes.storeBytes(of: mark.bits, toByteOffset: offset + 8, as: UInt64.self)
                offset += 16
            }
            for test in tests {
                bytes.storeBytes(of: test, toByteOffset: offset, as: Int32.self)
                offset += 4
            }
        }
        let first = Self.set(of: hash)
        // Where the set is full, chance chooses who has to go.
        let way = (first..<(first + Self.ways)).first { sets[$0] == 0 } ?? first + place % Self.ways
        sets[way] = hash & ~0xFFFF_FFFF | UInt64(place + 1)
    }

    private func place(of key: Key, _ hash: UInt64) -> Int? {
        guard !sets.isEmpty else { return nil }
        let first = Self.set(of: hash)
        for way in first..<(first + Self.ways) where sets[way] != 0 && sets[way] >> 32 == hash >> 32 {
            let place = Int(sets[way] & 0xFFFF_FFFF) - 1
            let isSame = store.withUnsafeBytes { bytes in
                let header = Header(bytes, at: place)
                guard header.label == key.label, header.text == key.text.count, let base = bytes.baseAddress else {
                    return false
                }
                return ByteSearch.equal(base + header.textOffset(at: place), UnsafeRawBufferPointer(key.text))
            }
            if isSame { return place }
        }
        return nil
    }

    private static func habit(of key: Key) -> Int { Int(key.search) % mostHabits }

    private static func set(of hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash & (1 << UInt64(setBits) - 1)) * ways
    }

    /// A hash of the value, to be given to `recall` and `remember`.
    static func hash(_ key: Key) -> UInt64 {
        let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
        var hash = (key.label ^ UInt64(key.text.count) << 40) &* factor
        let bytes = UnsafeRawBufferPointer(key.text)
        var offset = 0
        while offset + 8 <= bytes.count {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* factor
            hash ^= hash >> 32
            offset += 8
        }
        if offset > 0 {
            hash = (hash ^ bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)) &* factor
        } else {
            var short: UInt64 = 0
            for byte in bytes { short = short << 8 | UInt64(byte) }
            hash = (hash ^ short) &* factor
        }
        hash ^= hash >> 29
        return hash &* factor ^ hash >> 32
    }
}

/// What stands before a remembered value: two words, then the text, marks and tests.
private struct Header {
    static let words = 2

    let label: UInt64
    let text: Int
    let tests: Int
    let marks: Int

    init(label: UInt64, text: Int, tests: Int, marks: Int) {
        self.label = label
        self.text = text
        self.tests = tests
        self.marks = marks
    }

    @inline(__always)
    init(_ store: UnsafeRawBufferPointer, at place: Int) {
        label = store.load(fromByteOffset: place * 8, as: UInt64.self)
        let lengths = store.load(fromByteOffset: place * 8 + 8, as: UInt64.self)
        text = Int(lengths & 0xFFFF_FFFF)
        tests = Int(lengths >> 32 & 0xFFFF)
        marks = Int(lengths >> 48)
    }

    func write(to store: UnsafeMutableRawBufferPointer, at place: Int) {
        let lengths = UInt64(text) | UInt64(tests) << 32 | UInt64(marks) << 48
        store.storeBytes(of: label, toByteOffset: place * 8, as: UInt64.self)
        store.storeBytes(of: lengths, toByteOffset: place * 8 + 8, as: UInt64.self)
    }

    /// In words.
    var length: Int { Self.words + (text + 7) / 8 + marks * 2 + (tests + 1) / 2 }

    func textOffset(at place: Int) -> Int { (place + Self.words) * 8 }

    func marksOffset(at place: Int) -> Int { (place + Self.words + (text + 7) / 8) * 8 }

    func testsOffset(at place: Int) -> Int { marksOffset(at: place) + marks * 16 }
}
