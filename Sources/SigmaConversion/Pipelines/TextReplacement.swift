internal import RE2

/// Replaces each match of an expression; `\1` in the replacement stands for the first group, and so on.
struct TextReplacement {
    let expression: RE2Pattern
    let replacement: String

    func applied(to text: String) -> String {
        var copy = text
        return copy.withUTF8 { bytes in
            var result: [UInt8] = []
            var start = 0
            while start <= bytes.count, let groups = expression.firstMatch(in: bytes, from: start),
                let whole = groups.first ?? nil
            {
                result += bytes[start..<whole.lowerBound]
                insert(groups, of: bytes, into: &result)
                start = whole.upperBound
                guard whole.isEmpty else { continue }
                if start < bytes.count { result.append(bytes[start]) }
                start += 1
            }
            if start < bytes.count { result += bytes[start...] }
            return String(decoding: result, as: UTF8.self)
        }
    }

    private func insert(_ groups: [Range<Int>?], of bytes: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
        var isEscaped = false
        for byte in replacement.utf8 {
            if isEscaped {
                isEscaped = false
                if (48...57).contains(byte) {
                    let group = Int(byte - 48)
                    if groups.indices.contains(group), let range = groups[group] { result += bytes[range] }
                } else {
                    result.append(byte)
                }
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(byte)
            }
        }
    }
}
