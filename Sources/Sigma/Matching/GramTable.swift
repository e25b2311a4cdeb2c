/// Finds by a few bytes of a text, a gram, the needles that have it: a bitmap that rejects most grams, then a hash table.
final class GramTable: Sendable {
    /// A needle that has the gram.
    struct Item {
        /// The test's number.
        var atom: Int32
        /// Where the gram begins in the needle.
        var offset: Int32
    }

    /// Bytes of a gram: 1 to 8.
    let length: Int
    /// Keeps the gram's bytes of a little-endian word.
    private let mask: UInt64
    private let bitShift: UInt64
    private let slotShift: UInt64
    private let lastSlot: Int
    // SAFETY: this memory is written in `init` only and read alone afterwards, so tasks may share it; `deinit` frees it. Arrays
    // would cost a count of references per byte of text.
    private nonisolated(unsafe) let bits: UnsafeMutablePointer<UInt64>
    /// Open addressing: the place of a gram in `grams` plus one, 0 where there is none.
    // SAFETY: as `bits`.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Int32>
    // SAFETY: as `bits`.
    private nonisolated(unsafe) let grams: UnsafeMutablePointer<UInt64>
    /// Where each gram's items start in `items`.
    // SAFETY: as `bits`.
    private nonisolated(unsafe) let starts: UnsafeMutablePointer<Int32>
    // SAFETY: as `bits`.
    private nonisolated(unsafe) let items: UnsafeMutablePointer<Item>

    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    init(length: Int, _ entries: [(gram: UInt64, item: Item)]) {
        self.length = length
        mask = length >= 8 ? .max : (1 << UInt64(length * 8)) - 1
        let sorted = entries.sorted { ($0.gram, $0.item.atom) < ($1.gram, $1.item.atom) }
        var grams: [UInt64] = []
        var starts: [Int32] = []
        for (index, entry) in sorted.enumerated() where grams.last != entry.gram {
            grams.append(entry.gram)
            starts.append(Int32(index))
        }
        starts.append(Int32(sorted.count))
        // One bit of 32 set: small enough for the first-level cache, and nearly all other grams stop at it.
        let bitCount = min(18, max(9, Self.bitWidth(grams.count * 32)))
        let slotCount = Self.bitWidth(grams.count * 2)
        bitShift = UInt64(64 - bitCount)
        slotShift = UInt64(64 - slotCount)
        lastSlot = 1 << slotCount - 1
        var bits = [UInt64](repeating: 0, count: 1 << (bitCount - 6))
        var slots = [Int32](repeating: 0, count: 1 << slotCount)
        for (index, gram) in grams.enumerated() {
            let hash = gram &* Self.factor
            let bit = Int(hash >> bitShift)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
            var slot = Int(hash >> slotShift)
            while slots[slot] != 0 { slot = (slot + 1) & lastSlot }
            slots[slot] = Int32(index + 1)
        }
        self.bits = Self.memory(bits)
        self.slots = Self.memory(slots)
        self.grams = Self.memory(grams)
        self.starts = Self.memory(starts)
        items = Self.memory(sorted.map(\.item))
    }

    deinit {
        bits.deallocate()
        slots.deallocate()
        grams.deallocate()
        starts.deallocate()
        items.deallocate()
    }

    private static func memory<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, values.count))
        _ = memory.initialize(from: values)
        // A buffer of at least one element has a base address.
        guard let base = memory.baseAddress else { preconditionFailure("allocated memory has an address") }
        return base
    }

    private static func bitWidth(_ count: Int) -> Int {
        max(1, Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
    }

    /// Adds the needles whose grams stand in a text, wherever. Eight bytes after the text must be readable.
    func scan(_ text: UnsafeRawPointer, count: Int, into hits: inout [NeedleHit]) {
        guard count >= length else { return }
        for position in 0...(count &- length) {
            find(text.loadUnaligned(fromByteOffset: position, as: UInt64.self) & mask, at: position, into: &hits)
        }
    }

    /// Adds the needles of the gram that begins at `position` of a text, or that ends a text that ends where `word` ends.
    @inline(__always)
    func find(ending word: UInt64, at position: Int, into hits: inout [NeedleHit]) {
        find(word >> UInt64(64 &- length &* 8), at: position, into: &hits)
    }

    @inline(__always)
    func find(beginning word: UInt64, into hits: inout [NeedleHit]) {
        find(word & mask, at: 0, into: &hits)
    }

    @inline(__always)
    private func find(_ gram: UInt64, at position: Int, into hits: inout [NeedleHit]) {
        let hash = gram &* Self.factor
        let bit = Int(truncatingIfNeeded: hash >> bitShift)
        if bits[bit >> 6] & (1 << UInt64(truncatingIfNeeded: bit & 63)) != 0 {
            add(gram, hash, position, &hits)
        }
    }

    private func add(_ gram: UInt64, _ hash: UInt64, _ position: Int, _ hits: inout [NeedleHit]) {
        var slot = Int(truncatingIfNeeded: hash >> slotShift)
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if grams[index] == gram {
                for number in Int(starts[index])..<Int(starts[index + 1]) {
                    let item = items[number]
                    hits.append(NeedleHit(atom: item.atom, start: position &- Int(item.offset)))
                }
                return
            }
            slot = (slot + 1) & lastSlot
        }
    }
}

/// A place of a text where a test's needle may begin.
struct NeedleHit {
    var atom: Int32
    var start: Int
}
