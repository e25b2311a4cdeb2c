public import KQLValues

extension StringColumn {
    /// This column with ill-formed UTF-8 repaired, which databases would refuse; itself when there is none.
    public var wellFormed: StringColumn {
        if isASCII || (0..<count).allSatisfy(isWellFormed) { return self }
        var repaired = StringColumn()
        repaired.reserve(count, byteCount: bytes.count)
        for row in 0..<count { repaired.append(self[row]) }
        return repaired
    }

    private var isASCII: Bool {
        bytes.withUnsafeBytes { bytes in
            let words = bytes.count / 8
            var union: UInt64 = 0
            for word in 0..<words { union |= bytes.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self) }
            for byte in bytes[(words * 8)...] { union |= UInt64(byte) }
            return union & 0x8080_8080_8080_8080 == 0
        }
    }

    private func isWellFormed(_ row: Int) -> Bool {
        withUTF8(row) { text in
            text.allSatisfy { $0 < 0x80 } || String(validating: text, as: UTF8.self) != nil
        }
    }
}
