public import Foundation
import KQLValues

extension Bool {
    /// Reads `true`, `false` (in any case) or a number, which is true unless 0.
    init?(kqlText text: String) {
        switch text.lowercased() {
        case "true": self = true
        case "false": self = false
        default:
            guard let number = Double(kqlText: text) else { return nil }
            self = number != 0
        }
    }
}

extension Int64 {
    /// Reads a whole number in decimal or, after `0x`, in hexadecimal notation; blanks around it are allowed.
    init?(kqlText text: String) {
        var body = text.utf8[...].trimmingBlanks
        let isNegative = body.first == UInt8(ascii: "-")
        if isNegative || body.first == UInt8(ascii: "+") { body = body.dropFirst() }
        let isHexadecimal = body.starts(with: "0x".utf8) || body.starts(with: "0X".utf8)
        if isHexadecimal { body = body.dropFirst(2) }
        guard let first = body.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        if isHexadecimal {
            guard let bits = UInt64(Substring(body), radix: 16) else { return nil }
            self = isNegative ? 0 &- Int64(bitPattern: bits) : Int64(bitPattern: bits)
        } else {
            guard let value = Int64((isNegative ? "-" : "") + Substring(body)) else { return nil }
            self = value
        }
    }

    /// The whole part of a decimal, nil outside the range.
    init?(decimal: Decimal) {
        var source = decimal
        var whole = Decimal()
        NSDecimalRound(&whole, &source, 0, decimal < 0 ? .up : .down)
        self.init(whole.description)
    }
}

extension Double {
    /// Reads a number with optional fraction and exponent, `NaN` or `[±]inf[inity]`; blanks around it are allowed.
    init?(kqlText text: String) {
        let body = Substring(text.utf8[...].trimmingBlanks)
        guard let first = body.utf8.first else { return nil }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            guard !body.utf8.contains(UInt8(ascii: "x")), !body.utf8.contains(UInt8(ascii: "X")) else { return nil }
            self.init(body.utf8.last == UInt8(ascii: ".") ? body.dropLast() : body)
        default:
            switch body.lowercased() {
            case "nan": self = .nan
            case "inf", "infinity": self = .infinity
            default: return nil
            }
        }
    }

    init(decimal: Decimal) {
        self = Double(decimal.description) ?? .nan
    }
}

extension Decimal {
    /// Reads a decimal number.
    public init?(kqlText text: String) {
        guard let body = Double(kqlText: text).map({ _ in text.filter { !$0.isWhitespace } }) else { return nil }
        self.init(string: body)
    }
}

extension UUID {
    /// Reads a guid with or without hyphens and braces.
    public init?(kqlText text: String) {
        var digits = text.filter { $0 != "-" && $0 != "{" && $0 != "}" && !$0.isWhitespace }
        guard digits.utf8.count == 32 else { return nil }
        for offset in [20, 16, 12, 8] { digits.insert("-", at: digits.index(digits.startIndex, offsetBy: offset)) }
        self.init(uuidString: digits)
    }
}

extension Substring.UTF8View {
    /// The bytes without blanks, tabs and line ends at both ends.
    var trimmingBlanks: Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        var body = self
        while let first = body.first, isBlank(first) { body = body.dropFirst() }
        while let last = body.last, isBlank(last) { body = body.dropLast() }
        return body
    }
}
