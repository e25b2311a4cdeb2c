import KQLValues

/// A set of texts that is asked with UTF-8 in place, without making strings. Open addressing with linear probing.
struct TextSet {
    private var texts = StringColumn()
    /// Row of `texts` plus one, 0 for a free slot; the count is a power of two.
    private var slots: [Int]
    private let ignoresCase: Bool
    private var isASCII = true

    init(_ members: [String], ignoringCase: Bool) {
        ignoresCase = ignoringCase
        var size = 16
        while size < members.count * 2 { size *= 2 }
        slots = Array(repeating: 0, count: size)
        for member in members {
            let text = ignoringCase ? member.loweredByCharacter : member
            if !text.utf8.allSatisfy({ $0 < 0x80 }) { isASCII = false }
            guard case .free(let slot) = find(text) else { continue }
            texts.append(text)
            slots[slot] = texts.count
        }
    }

    /// Whether the set holds a text.
    func contains(_ text: UTF8Bytes) -> Bool {
        if ignoresCase {
            var lowered = [UInt8](text)
            var isForeign = false
            for index in lowered.indices {
                if lowered[index] >= 0x80 { isForeign = true }
                lowered[index] = asciiLowered(lowered[index])
            }
            if isForeign {
                return !isASCII && contains(String(decoding: text, as: UTF8.self).loweredByCharacter)
            }
            return lowered.withUnsafeBufferPointer { slot(of: $0).isTaken }
        }
        return slot(of: text).isTaken
    }

    private func contains(_ text: String) -> Bool { find(text).isTaken }

    private enum Slot {
        case taken
        case free(Int)
        var isTaken: Bool { if case .taken = self { true } else { false } }
    }

    private func find(_ text: String) -> Slot {
        var copy = text
        return copy.withUTF8 { slot(of: $0) }
    }

    private func slot(of text: UTF8Bytes) -> Slot {
        var index = TextSet.hash(text) & (slots.count - 1)
        while slots[index] != 0 {
            if texts.withUTF8(slots[index] - 1, { order($0, text) == 0 }) { return .taken }
            index = (index + 1) & (slots.count - 1)
        }
        return .free(index)
    }

    /// The 64-bit FNV-1a hash with a final mix.
    private static func hash(_ text: UTF8Bytes) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF_FFFF_FFFF)
    }
}
