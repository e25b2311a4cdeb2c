import Foundation
import JSON
import KQLValues
import RE2

/// Extracting, replacing and trimming by regular expression (RE2).
let regexFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "extract", family: .regex, summary: "The text of a capturing group in the first match, or as another type.",
        signatures: [
            .takes(.constantString("regex"), .long("group"), .string("text"), returns: .string),
            .takes(
                .constantString("regex"), .long("group"), .string("text"), .init("type", .any, mustBeConstant: true),
                gives: .namedByArgument(3, default: .string)),
        ],
        sql: .rules(
            duckDB: extractSQL { "regexp_extract($3, \(SQLText.literal($0)), \($1))" },
            clickHouse: extractSQL { "regexpExtract($3, \(SQLText.clickHouseLiteral("(?-s)" + $0)), \($1))" })
    ) { call throws(EvaluationError) in
        let groups = call.reader(1, Int64.self)
        let textCall = ScalarCall(
            arguments: call.arguments, isConstant: call.isConstant, rowCount: call.rowCount, resultType: .string,
            context: call.context)
        let found = try eachWithRegex(pattern: 0, text: 2) { pattern, text, _, row -> String? in
            guard let group = groups[row], group >= 0, group <= pattern.groupCount,
                let range = pattern.firstMatch(in: text)?[Int(group)]
            else { return nil }
            return String(decoding: text[range], as: UTF8.self)
        }(textCall)
        return found.converted(to: call.resultType)
    }
    ScalarFunction(
        "extract_all", aliases: ["extractall"], family: .regex,
        summary:
            "The capturing groups of all matches: flat for one group, else an array per match; null without match.",
        signatures: [
            .takes(.constantString("regex"), .string("text"), returns: .dynamic),
            .takes(.constantString("regex"), .dynamic("captureGroups"), .string("text"), returns: .dynamic),
        ],
        evaluate: extractAll)
    ScalarFunction(
        "replace_regex", family: .regex, summary: #"The text with all matches replaced; `\1`… stand for the groups."#,
        signatures: [.takes(.string("text"), .constantString("regex"), .string("rewrite"), returns: .string)],
        evaluate: replacing(text: 0, pattern: 1, rewrite: 2))
    ScalarFunction(
        "replace", family: .regex, summary: "`replace_regex` with the text last.",
        signatures: [.takes(.constantString("regex"), .string("rewrite"), .string("text"), returns: .string)],
        evaluate: replacing(text: 2, pattern: 0, rewrite: 1))
    trimming("trim", "The text without matches of the regular expression at both ends.", start: true, end: true)
    trimming("trim_start", "The text without a match of the regular expression at its start.", start: true, end: false)
    trimming("trim_end", "The text without a match of the regular expression at its end.", start: false, end: true)
    ScalarFunction(
        "regex_quote", family: .regex, summary: "The text with the signs of regular expressions escaped.",
        signatures: [.takes(.any("text"), returns: .string)],
        evaluate: each { (text: String) -> String? in
            let signs = Set(#"\.+*?()[]{}|^$/-"#.unicodeScalars)
            var result = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                if signs.contains(scalar) { result.append("\\") }
                result.append(scalar)
            }
            return String(result)
        })
}

private func extractSQL(_ form: @escaping @Sendable (_ regex: String, _ group: Int64) -> String) -> SQLForms.Rule {
    { arguments in
        guard arguments.types.count == 3, arguments.types[2] == .string,
            case .string(let regex)? = arguments.constants[0],
            case .long(let group)? = arguments.constants[1], !regex.unicodeScalars.contains("\0")
        else { return nil }
        do {
            guard (0...Int64(min(9, try RE2Pattern(regex).groupCount))).contains(group) else { return nil }
        } catch {
            return nil
        }
        return form(regex, group)
    }
}

extension RE2Pattern {
    /// All matches from left to right that do not overlap; each as the ranges of the match and its groups.
    func allMatches(in text: UTF8Bytes) -> [[Range<Int>?]] {
        var matches: [[Range<Int>?]] = []
        var from = 0
        while from <= text.count, let match = firstMatch(in: text, from: from), let whole = match[0] {
            matches.append(match)
            from = whole.upperBound
            if whole.isEmpty {
                from += 1
                while from < text.count, text[from] & 0xC0 == 0x80 { from += 1 }
            }
        }
        return matches
    }
}

private let extractAll: Evaluation = { call throws(EvaluationError) in
    let hasGroups = call.arguments.count == 3
    let chosen = call.reader(1, JSON.self)
    return try eachWithRegex(pattern: 0, text: hasGroups ? 2 : 1) { pattern, text, _, row -> JSON? in
        var groups = pattern.groupCount == 0 ? [0] : Array(1...pattern.groupCount)
        if hasGroups, let wanted = chosen[row]?.arrayValue {
            let valid = wanted.compactMap { value -> Int? in
                if case .string(let name) = value { return groups.first { pattern.groupName($0) == name } }
                return value.intValue.map { Int(clamping: $0) }
            }.filter { $0 >= 0 && $0 <= pattern.groupCount }
            if !valid.isEmpty { groups = valid }
        }
        let matches = pattern.allMatches(in: text)
        guard !matches.isEmpty else { return nil }
        let texts = matches.map { match in
            groups.map { JSON.string(match[$0].map { String(decoding: text[$0], as: UTF8.self) } ?? "") }
        }
        return .array(groups.count == 1 ? texts.map { $0[0] } : texts.map { .array($0) })
    }(call)
}

private func replacing(text: Int, pattern: Int, rewrite: Int) -> Evaluation {
    { call throws(EvaluationError) in
        let rewrites = call.reader(rewrite, String.self)
        return try eachWithRegex(pattern: pattern, text: text) { regex, bytes, _, row -> String? in
            guard let rewrite = rewrites[row] else { return nil }
            return replaced(bytes, regex, Array(rewrite.utf8))
        }(call)
    }
}

/// The text with all matches rewritten: `\0` to `\9` stand for the match and its groups, `\\` for a backslash.
private func replaced(_ text: UTF8Bytes, _ pattern: RE2Pattern, _ rewrite: [UInt8]) -> String {
    var result: [UInt8] = []
    var end = 0
    for match in pattern.allMatches(in: text) {
        guard let whole = match[0] else { continue }
        result += text[end..<whole.lowerBound]
        var index = 0
        while index < rewrite.count {
            if rewrite[index] == UInt8(ascii: "\\"), index + 1 < rewrite.count {
                index += 1
                let digit = Int(rewrite[index]) - 0x30
                if (0...9).contains(digit) {
                    if digit < match.count, let range = match[digit] { result += text[range] }
                } else {
                    result.append(rewrite[index])
                }
            } else {
                result.append(rewrite[index])
            }
            index += 1
        }
        end = whole.upperBound
    }
    result += text[end...]
    return String(decoding: result, as: UTF8.self)
}

private func trimming(_ name: String, _ summary: String, start: Bool, end: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .regex, summary: summary,
        signatures: [.takes(.constantString("regex"), .string("text"), returns: .string)]
    ) { call throws(EvaluationError) in
        let regexes = call.arguments[0].texts
        var anchored: [String: (start: RE2Pattern, end: RE2Pattern)] = [:]
        let texts = call.arguments[1].texts
        return try eachRow(call) { row throws(EvaluationError) -> String? in
            let regex = regexes[call.row(row, of: 0)]
            let pair: (start: RE2Pattern, end: RE2Pattern)
            if let known = anchored[regex] {
                pair = known
            } else {
                pair = (
                    try PatternReader.compile("^(?:\(regex))", isConstant: true),
                    try PatternReader.compile("(?:\(regex))$", isConstant: true)
                )
                anchored[regex] = pair
            }
            return texts.withUTF8(call.row(row, of: 1)) { bytes in
                var body = UTF8Bytes(rebasing: bytes[...])
                if start, let match = pair.start.firstMatch(in: body)?[0] {
                    body = UTF8Bytes(rebasing: body[match.upperBound...])
                }
                if end, let match = pair.end.firstMatch(in: body)?[0] {
                    body = UTF8Bytes(rebasing: body[..<match.lowerBound])
                }
                return String(decoding: body, as: UTF8.self)
            }
        }
    }
}
