/// Spells texts and names in the Kusto Query Language.
public enum KQLText {
    /// A string literal; verbatim where only backslashes and quotes would need escapes.
    public static func literal(_ text: String) -> String {
        if text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) { return "\"\(escaped(text))\"" }
        if text.contains("\\") || text.contains("\"") {
            return "@\"" + text.replacing("\"", with: "\"\"") + "\""
        }
        return "\"\(text)\""
    }

    /// Whether the name needs no brackets and quotes.
    public static func isIdentifier(_ name: some StringProtocol) -> Bool {
        guard let first = name.utf8.first, first == UInt8(ascii: "_") || isLetter(first) else { return false }
        return name.utf8.allSatisfy { isLetter($0) || $0 == UInt8(ascii: "_") || (48...57).contains($0) }
    }

    /// A column's name.
    public static func column(_ name: String) -> String {
        isIdentifier(name) ? name : "['\(escaped(name).replacing("'", with: "\\'"))']"
    }

    /// One step into a dynamic value.
    public static func member(_ name: some StringProtocol) -> String {
        isIdentifier(name) ? ".\(name)" : "[\(literal(String(name)))]"
    }

    /// A number as it is written in a query.
    public static func number(_ value: Double) -> String {
        value.rounded() == value && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": return "\\\\"
            case "\"": return "\\\""
            case "\n": return "\\n"
            case "\r": return "\\r"
            case "\t": return "\\t"
            default:
                guard scalar.value < 32 || scalar.value == 127 else { return String(scalar) }
                let digits = String(scalar.value, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }.joined()
    }
}
