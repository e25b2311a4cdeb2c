extension StringColumn {
    /// The strings numbered by their different bytes in order of first appearance: the number of each row's string, and the
    /// first row of each number. Works on the bytes, without making `String`s.
    public func numbered() -> (numbers: [Int], firstRows: [Int]) {
        var numbers: [Int] = []
        var firstRows: [Int] = []
        numbers.reserveCapacity(count)
        var slots = [Int32](repeating: -1, count: 64)
        var hashes: [UInt64] = []
        for row in 0..<count {
            let hash = withUTF8(row, hashOfBytes)
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while true {
                let number = Int(slots[slot])
                if number < 0 {
                    slots[slot] = Int32(truncatingIfNeeded: firstRows.count)
                    numbers.append(firstRows.count)
                    firstRows.append(row)
                    hashes.append(hash)
                    break
                }
                if hashes[number] == hash, isEqual(row, to: firstRows[number], of: self) {
                    numbers.append(number)
                    break
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            if firstRows.count * 2 > slots.count { slots = rehashed(hashes, into: slots.count * 4) }
        }
        return (numbers, firstRows)
    }
}

private func rehashed(_ hashes: [UInt64], into size: Int) -> [Int32] {
    var slots = [Int32](repeating: -1, count: size)
    for (number, hash) in hashes.enumerated() {
        var slot = Int(truncatingIfNeeded: hash) & (size - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
        slots[slot] = Int32(truncatingIfNeeded: number)
    }
    return slots
}

/// A hash of some bytes, eight at a time (multiply and fold); not for hostile collisions across processes.
private func hashOfBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        hash = product.high ^ product.low
        offset += 8
    }
    var tail: UInt64 = 0
    while offset < raw.count {
        tail = tail << 8 | UInt64(raw[offset])
        offset += 1
    }
    let product = (hash ^ tail).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
}
