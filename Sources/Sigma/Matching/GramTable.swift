/// Finds by a few bytes of a text, a gram, the needles that have it: a bitmap that rejects most grams, then a hash table.
///
/// Its memory is its owner's to free (`deallocate`): a reference of its own would be counted for each value that is searched.
// SAFETY: the memory is written in `init` only and read alone afterwards, so tasks may share it.
struct GramTable: @unchecked Sendable {
    /// A needle that has the gram.
    struct Item {
        var needle: Int32
        /// Where the gram begins in the needle.
        var offset: Int32
    }

    private struct Slot: BitwiseCopyable {
        var gram: UInt64
        /// Its needles' place in `items`; none where the slot is free.
        var start: Int32
        var end: Int32
    }

    /// Bytes of a gram: 1 to 8.
    let length: Int
    /// From one place that a scan looks at to the next.
    private let stride: Int
    /// Keeps the gram's bytes of a little-endian word.
    private let mask: UInt64
    private let bitShift: UInt64
    private let slotShift: UInt64
    private let lastSlot: Int
    private let bits: UnsafeMutablePointer<UInt64>
    /// Open addressing.
    private let slots: UnsafeMutablePointer<Slot>
    private let items: UnsafeMutablePointer<Item>

    private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// - Parameter stride: a scan looks at each so manieth place; each needle has as many entries, side by side.
    init(length: Int, stride: Int = 1, _ entries: [(gram: UInt64, item: Item)]) {
        self.length = length
        self.stride = stride
        mask = length >= 8 ? .max : (1 << UInt64(length * 8)) - 1
        let sorted = entries.sorted { ($0.gram, $0.item.needle) < ($1.gram, $1.item.needle) }
        let starts = sorted.indices.filter { $0 == 0 || sorted[$0].gram != sorted[$0 - 1].gram }
        // One bit of 32 set: small enough for the first-level cache, and nearly all other grams stop at it.
        let bitCount = min(18, max(9, Self.bitWidth(starts.count * 32)))
        let slotCount = Self.bitWidth(starts.count * 2)
        bitShift = UInt64(64 - bitCount)
        slotShift = UInt64(64 - slotCount)
        lastSlot = 1 << slotCount - 1
        var bits = [UInt64](repeating: 0, count: 1 << (bitCount - 6))
        var slots = [Slot](repeating: Slot(gram: 0, start: 0, end: 0), count: 1 << slotCount)
        for (place, start) in starts.enumerated() {
            let gram = sorted[start].gram
            let hash = gram &* Self.factor
            let bit = Int(hash >> bitShift)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
            var slot = Int(hash >> slotShift)
            while slots[slot].end != 0 { slot = (slot + 1) & lastSlot }
            let end = place + 1 < starts.count ? starts[place + 1] : sorted.count
            slots[slot] = Slot(gram: gram, start: Int32(start), end: Int32(end))
        }
        self.bits = Self.memory(bits)
        self.slots = Self.memory(slots)
        items = Self.memory(sorted.map(\.item))
    }

    /// To be called once, when nobody searches any more.
    func deallocate() {
        bits.deallocate()
        slots.deallocate()
        items.deallocate()
    }

    private static func memory<Element: BitwiseCopyable>(_ values: [Element]) -> UnsafeMutablePointer<Element> {
        let memory = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(1, values.count))
        _ = memory.initialize(from: values)
        // A buffer of at least one element has a base address.
        guard let base = memory.baseAddress else { preconditionFailure("allocated memory has an address") }
        return base
    }

    /// The bytes, at most 8, as a little-endian word.
    static func gram(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bitWidth(_ count: Int) -> Int {
        max(1, Int.bitWidth - max(count - 1, 1).leadingZeroBitCount)
    }

    /// Adds the needles whose grams stand in a text, wherever. Eight bytes after the text must be readable.
    func scan(_ text: UnsafeRawPointer, count: Int, into hits: inout [NeedleHit]) {
        let (mask, bits, shift, stride) = (mask, bits, bitShift, stride)
        let end = count &- length
        var position = 0
        while position <= end {
            let gram = text.loadUnaligned(fromByteOffset: position, as: UInt64.self) & mask
            let hash = gram &* Self.factor
            if Self.holds(bits, hash &>> shift) { add(gram, hash, position, &hits) }
            position &+= stride
        }
    }

    /// Adds the needles of the gram that ends a text that ends where `word` ends; it begins at `position`.
    @inline(__always)
    func find(ending word: UInt64, at position: Int, into hits: inout [NeedleHit]) {
        find(word &>> UInt64(truncatingIfNeeded: 64 &- length &* 8), at: position, into: &hits)
    }

    @inline(__always)
    func find(beginning word: UInt64, into hits: inout [NeedleHit]) {
        find(word & mask, at: 0, into: &hits)
    }

    @inline(__always)
    private func find(_ gram: UInt64, at position: Int, into hits: inout [NeedleHit]) {
        let hash = gram &* Self.factor
        if Self.holds(bits, hash &>> bitShift) { add(gram, hash, position, &hits) }
    }

    @inline(__always)
    private static func holds(_ bits: UnsafeMutablePointer<UInt64>, _ bit: UInt64) -> Bool {
        bits[Int(truncatingIfNeeded: bit &>> 6)] &>> (bit & 63) & 1 != 0
    }

    @inline(never)
    private func add(_ gram: UInt64, _ hash: UInt64, _ position: Int, _ hits: inout [NeedleHit]) {
        var place = Int(truncatingIfNeeded: hash &>> slotShift)
        while slots[place].end != 0 {
            let slot = slots[place]
            if slot.gram == gram {
                for number in Int(slot.start)..<Int(slot.end) {
                    let item = items[number]
                    hits.append(NeedleHit(needle: item.needle, start: position &- Int(item.offset)))
                }
                return
            }
            place = (place &+ 1) & lastSlot
        }
    }
}

/// A place of a text where a needle may begin.
struct NeedleHit {
    var needle: Int32
    var start: Int
}
