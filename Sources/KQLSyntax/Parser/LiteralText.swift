/// Reads the text of constants.
enum LiteralText {
    /// Without outer blanks; other blanks of Unicode become plain ones.
    static func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars.map { $0.properties.isWhitespace ? " " : $0 }[...]
        while scalars.first == " " { scalars = scalars.dropFirst() }
        while scalars.last == " " { scalars = scalars.dropLast() }
        var output = String.UnicodeScalarView()
        output.append(contentsOf: scalars)
        return String(output)
    }

    /// Without the quotes of `datetime("…")`.
    static func unquoted(_ text: String) -> String {
        guard text.utf8.count >= 2, let quote = text.utf8.first, text.utf8.last == quote else { return text }
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return text }
        return trimmed(String(text.dropFirst().dropLast()))
    }

    /// The constant between the parentheses of `type(…)`; nil when it is none.
    static func value(of text: String, as type: TypeName) -> LiteralValue? {
        if text == "null" { return .null(type) }
        switch type {
        case .bool: return bool(text).map(LiteralValue.bool)
        case .int: return int(text).map(LiteralValue.int)
        case .long: return long(text).map(LiteralValue.long)
        case .real: return real(text).map(LiteralValue.real)
        case .decimal: return isDecimal(text) ? .decimal(text) : nil
        case .timespan: return timespan(text).map(LiteralValue.timespan)
        case .datetime: return isPlain(text) ? .datetime(text) : nil
        case .guid: return isGuid(text) ? .guid(text) : nil
        case .dynamic, .string: return nil
        }
    }

    static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": true
        case "false": false
        default: long(text).map { $0 != 0 }
        }
    }

    /// Decimal or hexadecimal; a hexadecimal number may use all 64 bits.
    static func long(_ text: String) -> Int64? {
        let (digits, isNegative) = signed(text)
        guard digits.hasPrefix("0x") || digits.hasPrefix("0X") else { return Int64(text) }
        return UInt64(digits.dropFirst(2), radix: 16).map {
            let bits = Int64(bitPattern: $0)
            return isNegative ? 0 &- bits : bits
        }
    }

    static func int(_ text: String) -> Int32? {
        let (digits, isNegative) = signed(text)
        if digits.hasPrefix("0x") || digits.hasPrefix("0X"), let bits = UInt32(digits.dropFirst(2), radix: 16) {
            let value = Int32(bitPattern: bits)
            return isNegative ? 0 &- value : value
        }
        return Int32(text)
    }

    static func real(_ text: String) -> Double? {
        let (word, isNegative) = signed(text)
        switch word.lowercased() {
        case "nan": return .nan
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        default:
            guard let first = word.utf8.first, first.isDigit || first == UInt8(ascii: ".") else { return nil }
            return Double(text.hasSuffix(".") ? text + "0" : text)
        }
    }

    private static func isDecimal(_ text: String) -> Bool {
        real(text)?.isFinite ?? false
    }

    /// Any text without quotes and parentheses; its meaning as a date is checked later.
    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: "\"") }
    }

    private static func isGuid(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0.hexValue != nil || $0 == UInt8(ascii: "-") }
            && text.utf8.count { $0.hexValue != nil } == 32
    }

    private static func signed(_ text: String) -> (digits: Substring, isNegative: Bool) {
        if text.hasPrefix("-") { return (text.dropFirst(), true) }
        if text.hasPrefix("+") { return (text.dropFirst(), false) }
        return (text[...], false)
    }
}
