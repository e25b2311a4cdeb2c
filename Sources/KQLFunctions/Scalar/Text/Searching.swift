import Foundation
import JSON
import KQLValues
import RE2

/// Finding, counting and replacing in strings without regular expressions.
let searchFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "indexof", family: .string,
        summary: "The character position of a text in another at or after a start, -1 when it is not there.",
        signatures: [
            .takes(
                .any("text"), .any("search"), .long("start", .optional), .long("length", .optional),
                .long("occurrence", .optional), returns: .long)
        ],
        evaluate: positionOf { text, search, from in
            guard let range = text.range(of: search, options: .literal, range: from..<text.endIndex) else { return nil }
            return range.lowerBound
        })
    ScalarFunction(
        "indexof_regex", family: .regex,
        summary: "The character position of the first match of a regular expression, -1 when there is none.",
        signatures: [
            .takes(
                .any("text"), .any("regex"), .long("start", .optional), .long("length", .optional),
                .long("occurrence", .optional), returns: .long)
        ],
        evaluate: positionOfMatch)
    ScalarFunction(
        "countof", family: .string,
        summary: "How often a text stands in another, overlaps included, or a regex matches.",
        signatures: [.takes(.string("text"), .string("search"), .string("kind", .optional), returns: .long)],
        evaluate: countOf)
    ScalarFunction(
        "replace_string", family: .string, summary: "The text with all occurrences of one text changed to another.",
        signatures: [.takes(.string("text"), .string("search"), .string("replacement"), returns: .string)],
        sql: .shared { arguments in
            guard case .string(let search)? = arguments.constants[1], !search.isEmpty else { return nil }
            return "replace($1, $2, $3)"
        },
        evaluate: each { (text: String, search: String, replacement: String) in
            search.isEmpty ? text : parts(of: text, separatedBy: search).joined(separator: replacement)
        })
    ScalarFunction(
        "replace_strings", family: .string,
        summary: "The text with several texts changed to others, the first ones first.",
        signatures: [.takes(.string("text"), .dynamic("searches"), .dynamic("replacements"), returns: .string)],
        evaluate: each { (text: String, searches: JSON, replacements: JSON) in
            replaceAll(in: text, searches, replacements)
        })
    ScalarFunction(
        "translate", family: .string,
        summary: "The text with each character of one list changed to the one at its place in another.",
        signatures: [.takes(.string("searchList"), .string("replacementList"), .string("text"), returns: .string)],
        evaluate: each { (search: String, replacement: String, text: String) in
            translate(text, from: Array(search.unicodeScalars), to: Array(replacement.unicodeScalars))
        })
}

/// Changes characters as `translate` does: a short replacement list repeats its last character; an empty one deletes.
private func translate(_ text: String, from search: [Unicode.Scalar], to replacement: [Unicode.Scalar]) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        guard let index = search.firstIndex(of: scalar) else {
            result.append(scalar)
            continue
        }
        if let last = replacement.last { result.append(index < replacement.count ? replacement[index] : last) }
    }
    return String(result)
}

/// Changes the searched texts one after the other, but nothing inside of a replacement. A replacement that is no string
/// leaves its text as it is.
private func replaceAll(in text: String, _ searches: JSON, _ replacements: JSON) -> String? {
    guard let searches = searches.arrayValue else { return nil }
    var pieces: [(text: String, isFinal: Bool)] = [(text, false)]
    for (index, search) in searches.enumerated() where !search.kqlText.isEmpty {
        let replacement = replacements.arrayValue.map { index < $0.count ? $0[index] : .null } ?? replacements
        let substitute = replacement.stringValue ?? search.kqlText
        pieces = pieces.flatMap { piece -> [(text: String, isFinal: Bool)] in
            guard !piece.isFinal else { return [piece] }
            let rest = parts(of: piece.text, separatedBy: search.kqlText).map { (text: $0, isFinal: false) }
            return Array(rest.map { [$0] }.joined(separator: [(text: substitute, isFinal: true)]))
        }
    }
    return pieces.map(\.text).joined()
}

/// The position of the wanted occurrence: `start` and `length` bound where an occurrence may begin.
private func positionOf(
    _ find: @escaping @Sendable (String, String, String.Index) -> String.Index?
) -> Evaluation {
    { call throws(EvaluationError) in
        let occurrence = call.reader(4, Int64?.self)
        let search = SearchWindow(call)
        let needles = call.reader(1, String.self)
        return try eachRow(call) { row -> Int64? in
            guard let text = call.reader(0, String.self)[row], let needle = needles[row] else { return nil }
            guard let window = search.window(of: text, row: row) else { return -1 }
            let index = nth(Int(occurrence[row].flatMap(\.self) ?? 1), from: window.start, in: text) {
                find(text, needle, $0)
            }
            guard let index else { return -1 }
            let position = text.unicodeScalars.distance(from: text.startIndex, to: index)
            return position <= window.last ? Int64(position) : -1
        }
    }
}

/// The `count`th place that `find` gives; after one was found the search goes on one character later.
private func nth(
    _ count: Int, from start: String.Index, in text: String, _ find: (String.Index) -> String.Index?
) -> String.Index? {
    var from = start
    var left = count
    while left > 0, let found = find(from) {
        left -= 1
        if left == 0 { return found }
        guard found < text.endIndex else { return nil }
        from = text.unicodeScalars.index(after: found)
    }
    return nil
}

/// The `start` and `length` arguments of the `indexof` functions.
private struct SearchWindow {
    private let starts: Reader<Int64?>
    private let lengths: Reader<Int64?>

    init(_ call: ScalarCall) {
        starts = call.reader(2)
        lengths = call.reader(3)
    }

    /// Where the search begins, and the last position where a match may begin; nil when there is none.
    func window(of text: String, row: Int) -> (start: String.Index, last: Int)? {
        let count = text.unicodeScalars.count
        let given = Int(clamping: starts[row].flatMap(\.self) ?? 0)
        let start = given < 0 ? max(0, count + given) : given
        let length = Int(clamping: lengths[row].flatMap(\.self) ?? -1)
        guard start <= count, length >= -1 else { return nil }
        let index = text.unicodeScalars.index(text.startIndex, offsetBy: start)
        return (index, length < 0 ? count : start + min(count - start, length))
    }
}

private let positionOfMatch: Evaluation = { call throws(EvaluationError) in
    var patterns = PatternReader(call, 1)
    let texts = call.reader(0, String.self)
    let occurrence = call.reader(4, Int64?.self)
    let search = SearchWindow(call)
    return try eachRow(call) { row throws(EvaluationError) -> Int64? in
        guard var text = texts[row] else { return nil }
        let pattern = try patterns.pattern(row)
        guard let window = search.window(of: text, row: row) else { return -1 }
        var from = text.utf8.distance(from: text.startIndex, to: window.start)
        var left = occurrence[row].flatMap(\.self) ?? 1
        while left > 0 {
            let match = text.withUTF8 { pattern.firstMatch(in: $0, from: from)?[0] }
            guard let match else { return -1 }
            left -= 1
            if left == 0 {
                let index = text.utf8.index(text.startIndex, offsetBy: match.lowerBound)
                let position = text.unicodeScalars.distance(from: text.startIndex, to: index)
                return position <= window.last ? Int64(position) : -1
            }
            from = max(match.upperBound, match.lowerBound + 1)
            guard from <= text.utf8.count else { return -1 }
        }
        return -1
    }
}

private let countOf: Evaluation = { call throws(EvaluationError) in
    let kinds = call.reader(2, String?.self)
    let texts = call.reader(0, String.self)
    let needles = call.reader(1, String.self)
    var patterns = PatternReader(call, 1)
    return try eachRow(call) { row throws(EvaluationError) -> Int64? in
        guard var text = texts[row], var needle = needles[row] else { return nil }
        if kinds[row].flatMap(\.self)?.lowercased() == "regex" {
            let pattern = try patterns.pattern(row)
            return Int64(text.withUTF8 { pattern.allMatches(in: $0).count })
        }
        guard !needle.isEmpty else { return 0 }
        return text.withUTF8 { bytes in
            needle.withUTF8 { sought in
                var count: Int64 = 0
                var from = 0
                while let found = firstIndex(of: sought, in: bytes, from: from, folding: false) {
                    count += 1
                    from = found + 1
                }
                return count
            }
        }
    }
}
