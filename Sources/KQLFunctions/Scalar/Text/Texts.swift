import Foundation
import JSON
import KQLValues

/// Making and measuring strings.
let textFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "strlen", family: .string, summary: "The number of characters (Unicode code points) of a string.",
        signatures: [.takes(.string("text"), returns: .long)],
        naming: .prefixed("strlen"), sql: .forms(duckDB: "length($1)", clickHouse: "toInt64(lengthUTF8($1))"),
        evaluate: eachText { bytes in bytes.reduce(into: Int64(0)) { if $1 & 0xC0 != 0x80 { $0 += 1 } } })
    ScalarFunction(
        "string_size", family: .string, summary: "The number of bytes of a string in UTF-8.",
        signatures: [.takes(.string("text"), returns: .long)],
        naming: .prefixed("string_size"), sql: .forms(duckDB: "strlen($1)", clickHouse: "toInt64(length($1))"),
        evaluate: eachText { bytes in Int64(bytes.count) })
    ScalarFunction(
        "tolower", family: .string, summary: "The text in lower case.",
        signatures: [.takes(.any("text"), returns: .string)],
        sql: .duckDB { $0.types[0] == .string ? "lower($1)" : nil },
        evaluate: each { (text: String) in text.loweredByCharacter })
    ScalarFunction(
        "toupper", family: .string, summary: "The text in upper case.",
        signatures: [.takes(.any("text"), returns: .string)],
        evaluate: each { (text: String) in text.raisedByCharacter })
    ScalarFunction(
        "reverse", family: .string, summary: "The text backwards.",
        signatures: [.takes(.any("text"), returns: .string)],
        evaluate: each { (text: String) in String(String.UnicodeScalarView(text.unicodeScalars.reversed())) })
    ScalarFunction(
        "strcat", family: .string, summary: "The texts of all arguments, one after the other.",
        signatures: [.takes(.any("value"), .any("more", .repeated), returns: .string)],
        sql: .rules(duckDB: { strcatSQL($0, .duckDB) }, clickHouse: { strcatSQL($0, .clickHouse) }),
        evaluate: eachList { (texts: [String]) in texts.joined() })
    ScalarFunction(
        "strcat_delim", family: .string,
        summary: "The texts of all arguments but the first, with the first in between.",
        signatures: [.takes(.any("delimiter"), .any("value"), .any("more", .repeated), returns: .string)],
        evaluate: eachList { (texts: [String]) in texts.dropFirst().joined(separator: texts[0]) })
    ScalarFunction(
        "strcat_array", aliases: ["array_strcat"], family: .string,
        summary: "The texts of an array's elements, with a delimiter in between.",
        signatures: [.takes(.dynamic("array"), .any("delimiter"), returns: .string)],
        evaluate: each { (array: JSON, delimiter: String) in
            array.arrayValue?.map(\.kqlText).joined(separator: delimiter)
        })
    ScalarFunction(
        "strcmp", family: .string,
        summary: "-1, 0 or 1 as the first text comes before, equals or comes after the second.",
        signatures: [.takes(.any("first"), .any("second"), returns: .long)],
        evaluate: each { (first: String, second: String) -> Int64? in
            first == second ? 0 : first.unicodeScalars.lexicographicallyPrecedes(second.unicodeScalars) ? -1 : 1
        })
}

/// Strings repeated, cut and split.
let textPartFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "strrep", family: .string, summary: "The text repeated, with a delimiter in between.",
        signatures: [.takes(.any("value"), .long("count"), .any("delimiter", .optional), returns: .string)]
    ) { call throws(EvaluationError) in
        try each { (text: String, count: Int64, delimiter: String?) throws(EvaluationError) -> String? in
            guard count <= 1024 else { throw EvaluationError("strrep() repeats at most 1024 times, not \(count)") }
            return Array(repeating: text, count: Int(max(0, count))).joined(separator: delimiter ?? "")
        }(call)
    }
    ScalarFunction(
        "substring", family: .string,
        summary: "The part of a text from a character position on; a negative one counts from the end.",
        signatures: [.takes(.any("text"), .long("start"), .long("length", .optional), returns: .string)],
        sql: .rules(
            duckDB: { substringSQL($0, "substring") }, clickHouse: { substringSQL($0, "substringUTF8") }),
        evaluate: substring)
    ScalarFunction(
        "split", family: .string, summary: "The parts of a text between delimiters, or only the part at a position.",
        signatures: [.takes(.any("text"), .string("delimiter"), .long("index", .optional), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (text: String, delimiter: String, index: Int64?) -> JSON? in
            let parts = delimiter.isEmpty ? [text] : parts(of: text, separatedBy: delimiter)
            guard let index else { return .array(parts.map { .string($0) }) }
            return .array(index >= 0 && index < parts.count ? [.string(parts[Int(index)])] : [])
        })
}

/// The parts of a text between the places where a delimiter stands, compared byte by byte.
func parts(of text: String, separatedBy delimiter: String) -> [String] {
    var text = text
    var delimiter = delimiter
    return text.withUTF8 { bytes in
        delimiter.withUTF8 { needle in
            var parts: [String] = []
            var start = 0
            while let found = firstIndex(of: needle, in: bytes, from: start, folding: false) {
                parts.append(String(decoding: bytes[start..<found], as: UTF8.self))
                start = found + needle.count
            }
            parts.append(String(decoding: bytes[start...], as: UTF8.self))
            return parts
        }
    }
}

private func strcatSQL(_ arguments: SQLArguments, _ dialect: SQLDialect) -> String? {
    var parts: [String] = []
    for (index, type) in arguments.types.enumerated() {
        guard let text = SQLConversion.text(SQLArguments(types: [type], constants: []), dialect) else { return nil }
        parts.append("(" + text.replacing("$1", with: "$\(index + 1)") + ")")
    }
    return parts.joined(separator: " || ")
}

/// Constant positions from 0 on, which SQL counts from 1.
private func substringSQL(_ arguments: SQLArguments, _ function: String) -> String? {
    guard arguments.types[0] == .string, case .long(let start)? = arguments.constants[1],
        (0..<1_000_000).contains(start)
    else { return nil }
    guard arguments.types.count > 2 else { return "\(function)($1, \(start + 1))" }
    guard case .long(let length)? = arguments.constants[2], (0..<1_000_000).contains(length) else { return nil }
    return "\(function)($1, \(start + 1), \(length))"
}

private let substring: Evaluation = { call throws(EvaluationError) in
    let hasLength = call.arguments.count > 2
    return try each { (text: String, start: Int64, length: Int64?) -> String? in
        if hasLength, length == nil { return nil }
        let scalars = text.unicodeScalars
        let count = start < 0 || length ?? 0 < 0 ? Int64(scalars.count) : Int64.max
        let from = start < 0 ? count + start : start
        guard from >= 0, length ?? 0 >= 0, length != 0 || !hasLength else { return "" }
        guard let first = scalars.index(scalars.startIndex, offsetBy: Int(from), limitedBy: scalars.endIndex) else {
            return ""
        }
        let rest = scalars[first...]
        return length.map { String(rest.prefix(Int($0))) } ?? String(rest)
    }(call)
}

/// A function of the UTF-8 of one text, row by row, without making strings.
func eachText<R: KernelResult>(_ body: @escaping @Sendable (UTF8Bytes) -> R?) -> Evaluation {
    { call in
        let texts = call.arguments[0].texts
        var output = R.output(capacity: call.rowCount)
        for row in 0..<call.rowCount { R.append(texts.withUTF8(call.row(row, of: 0), body), to: &output) }
        return R.column(output, call.resultType)
    }
}
