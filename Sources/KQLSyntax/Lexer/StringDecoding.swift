/// The meaning of string tokens.
enum StringDecoding {
    /// The content of one string token and the offset (from the token's start) of a bad escape, if any.
    static func decode(_ token: ArraySlice<UInt8>) -> (text: String, badEscape: Int?) {
        var body = token
        if let first = body.first, first | 0x20 == UInt8(ascii: "h") { body = body.dropFirst() }
        guard let first = body.first else { return ("", nil) }
        switch first {
        case UInt8(ascii: "@"):
            let quote = body.dropFirst().first ?? 0
            return (verbatim(strip(body.dropFirst(), 1), quote), nil)
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            return (String(decoding: strip(body, 3), as: UTF8.self), nil)
        default:
            let content = strip(body, 1)
            if !content.contains(UInt8(ascii: "\\")) { return (String(decoding: content, as: UTF8.self), nil) }
            let (text, bad) = escaped(content)
            return (text, bad.map { $0 - token.startIndex })
        }
    }

    /// Cuts the quotes off; an unfinished string may lack the closing ones.
    private static func strip(_ body: ArraySlice<UInt8>, _ width: Int) -> ArraySlice<UInt8> {
        guard let quote = body.first else { return body }
        var content = body.dropFirst(width)
        if content.count >= width, content.suffix(width).allSatisfy({ $0 == quote }) {
            content = content.dropLast(width)
        }
        return content
    }

    private static func verbatim(_ content: ArraySlice<UInt8>, _ quote: UInt8) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            output.append(content[index])
            let isDoubled = content[index] == quote && index + 1 < content.endIndex && content[index + 1] == quote
            index += isDoubled ? 2 : 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func escaped(_ content: ArraySlice<UInt8>) -> (String, Int?) {
        var output = ""
        var bad: Int?
        var index = content.startIndex
        var plain = index
        while index < content.endIndex {
            guard content[index] == UInt8(ascii: "\\") else {
                index += 1
                continue
            }
            output += String(decoding: content[plain..<index], as: UTF8.self)
            let escape = index
            index += 1
            if let scalar = scalar(after: &index, in: content) {
                output.unicodeScalars.append(scalar)
            } else {
                bad = bad ?? escape
            }
            plain = index
        }
        output += String(decoding: content[plain..<content.endIndex], as: UTF8.self)
        return (output, bad)
    }

    /// Reads what follows a backslash and moves past it; nil for an unknown escape.
    private static func scalar(after index: inout Int, in content: ArraySlice<UInt8>) -> Unicode.Scalar? {
        guard index < content.endIndex else { return nil }
        let byte = content[index]
        if let simple = simpleEscapes[byte] {
            index += 1
            return simple
        }
        switch byte {
        case UInt8(ascii: "u"): return hexadecimal(after: &index, digits: 4, in: content)
        case UInt8(ascii: "U"): return hexadecimal(after: &index, digits: 8, in: content)
        case UInt8(ascii: "x"): return hexadecimal(after: &index, digits: 2, in: content)
        case 48...55: return octal(from: &index, in: content)
        default: return nil
        }
    }

    private static let simpleEscapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "'"): "'", UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "n"): "\n",
        UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}",
        UInt8(ascii: "f"): "\u{C}", UInt8(ascii: "v"): "\u{B}",
    ]

    private static func hexadecimal(
        after index: inout Int, digits: Int, in content: ArraySlice<UInt8>
    ) -> Unicode.Scalar? {
        var value: UInt32 = 0
        var place = index + 1
        for _ in 0..<digits {
            guard place < content.endIndex, let digit = content[place].hexValue, value < 0x1000_0000 else { return nil }
            value = value << 4 | digit
            place += 1
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        index = place
        return scalar
    }

    private static func octal(from index: inout Int, in content: ArraySlice<UInt8>) -> Unicode.Scalar? {
        var value: UInt32 = 0
        let longest = content[index] <= 51 ? 3 : 2
        var count = 0
        while count < longest, index < content.endIndex, content[index] >= 48, content[index] <= 55 {
            value = value << 3 | UInt32(content[index] - 48)
            index += 1
            count += 1
        }
        return Unicode.Scalar(value)
    }
}
