internal import JSON

/// `concat`, `substring`, `replace`… Positions and lengths count UTF-16 units, as .NET does.
enum StringFunctions {
    static let all: [WorkflowFunction] = [
        .init("concat", 1...1000, concat),
        .init("substring", 2...3, substring),
        .init("slice", 2...3, slice),
        .init("replace", 3...3, replace),
        .init("split", 1...2, split),
        .init("toLower", 1...1) { arguments, _ throws(ExpressionError) in .string(try arguments.text(0).lowercased()) },
        .init("toUpper", 1...1) { arguments, _ throws(ExpressionError) in .string(try arguments.text(0).uppercased()) },
        .init("trim", 1...1, trim),
        .init("guid", 0...1, guid),
        .init("formatNumber", 2...3) { arguments, _ throws(ExpressionError) in
            guard let text = NumberFormat(try arguments.text(1)).text(of: try arguments.number(0).double) else {
                throw arguments.wrong(1, "a number format such as 'N2', 'C2', '0.00' or '#,##0'")
            }
            return .string(text)
        },
        .init("isInt", 1...1) { arguments, _ throws(ExpressionError) in
            .bool(Int64(trimmed(try arguments.text(0))) != nil)
        },
        .init("isFloat", 1...1) { arguments, _ throws(ExpressionError) in
            .bool(Double(trimmed(try arguments.text(0)))?.isFinite == true)
        },
    ]

    static func trimmed(_ text: String) -> String {
        let blanks = text.unicodeScalars.drop { $0.properties.isWhitespace }
        guard let last = blanks.lastIndex(where: { !$0.properties.isWhitespace }) else { return "" }
        return String(String.UnicodeScalarView(blanks[...last]))
    }

    static func concat(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        .string(arguments.values.map(\.interpolated).joined())
    }

    private static func substring(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let units = Array(try arguments.text(0).utf16)
        let start = try arguments.int(1)
        let length = try arguments.optionalInt(2) ?? max(units.count - start, 0)
        guard start >= 0, length >= 0, start <= units.count, length <= units.count - start else {
            throw ExpressionError(
                .wrongArgument,
                "'substring' cannot take \(length) characters from \(start) of a text of \(units.count) characters")
        }
        return .string(String(decoding: units[start..<(start + length)], as: UTF16.self))
    }

    /// Positions below zero count from the end; what lies outside is cut off.
    private static func slice(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let units = Array(try arguments.text(0).utf16)
        func position(_ given: Int) -> Int { min(max(given < 0 ? given + units.count : given, 0), units.count) }
        let start = position(try arguments.int(1))
        let end = position(try arguments.optionalInt(2) ?? units.count)
        return .string(start < end ? String(decoding: units[start..<end], as: UTF16.self) : "")
    }

    private static func replace(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let old = try arguments.text(1)
        guard !old.isEmpty else { throw arguments.wrong(1, "a text that is not empty") }
        return .string(try arguments.text(0).replacing(old, with: try arguments.text(2)))
    }

    private static func split(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let text = try arguments.text(0)
        let separator = try arguments.optionalText(1) ?? ","
        guard !separator.isEmpty else { return [.string(text)] }
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return .array(parts.map { .string(String($0)) })
    }

    private static func trim(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        .string(trimmed(try arguments.text(0)))
    }

    /// A random UUID (RFC 9562, version 4) in the .NET formats D, N, B, P.
    private static func guid(_ arguments: Arguments, _ sources: inout EvaluationSources) throws(ExpressionError) -> JSON
    {
        let high = (sources.random.next() & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
        let low = (sources.random.next() & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
        let digits = hexadecimal(high) + hexadecimal(low)
        let dashed = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            String(Array(digits)[range])
        }.joined(separator: "-")
        switch try arguments.optionalText(0)?.uppercased() ?? "D" {
        case "", "D": return .string(dashed)
        case "N": return .string(digits)
        case "B": return .string("{\(dashed)}")
        case "P": return .string("(\(dashed))")
        default: throw arguments.wrong(0, "the format 'D', 'N', 'B' or 'P'")
        }
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
