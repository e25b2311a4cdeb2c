import KQLValues

/// UTF-8 searched as KQL's string operators do, without making strings.
typealias UTF8Bytes = UnsafeBufferPointer<UInt8>

@inline(__always)
func asciiLowered(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// Where `needle` stands in `text` at or after byte `start`; with `folding`, ASCII letters of both cases are equal and
/// the needle must be in lower case.
func firstIndex(of needle: UTF8Bytes, in text: UTF8Bytes, from start: Int = 0, folding: Bool) -> Int? {
    guard let first = needle.first else { return start <= text.count ? start : nil }
    var index = start
    let last = text.count - needle.count
    while index <= last {
        let byte = folding ? asciiLowered(text[index]) : text[index]
        if byte == first, holds(needle, in: text, at: index, folding: folding) { return index }
        index += 1
    }
    return nil
}

/// Whether `needle` stands in `text` at byte `index`.
func holds(_ needle: UTF8Bytes, in text: UTF8Bytes, at index: Int, folding: Bool) -> Bool {
    guard index >= 0, index + needle.count <= text.count else { return false }
    var offset = 0
    if folding {
        while offset < needle.count {
            if asciiLowered(text[index + offset]) != needle[offset] { return false }
            offset += 1
        }
    } else {
        while offset < needle.count {
            if text[index + offset] != needle[offset] { return false }
            offset += 1
        }
    }
    return true
}

/// Which of a found needle's edges must be the edge of a term.
struct TermEdges: OptionSet, Sendable {
    let rawValue: Int
    static let start = TermEdges(rawValue: 1)
    static let end = TermEdges(rawValue: 2)
}

/// Whether `needle` stands in `text` with the given edges on term boundaries. A term is a run of letters and digits; an
/// edge of the needle that is no term character needs no boundary.
func hasTerm(_ needle: UTF8Bytes, in text: UTF8Bytes, edges: TermEdges, folding: Bool) -> Bool {
    guard !needle.isEmpty else { return true }
    let checksStart = edges.contains(.start) && isTermCharacter(startingAt: 0, of: needle)
    let checksEnd = edges.contains(.end) && isTermCharacter(endingAt: needle.count, of: needle)
    var start = 0
    while let found = firstIndex(of: needle, in: text, from: start, folding: folding) {
        let end = found + needle.count
        let startIsFree = !checksStart || found == 0 || !isTermCharacter(endingAt: found, of: text)
        if startIsFree, !checksEnd || end == text.count || !isTermCharacter(startingAt: end, of: text) { return true }
        start = found + 1
    }
    return false
}

@inline(__always)
private func isASCIITermCharacter(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
}

func isTermCharacter(startingAt index: Int, of text: UTF8Bytes) -> Bool {
    let byte = text[index]
    if byte < 0x80 { return isASCIITermCharacter(byte) }
    var end = index + 1
    while end < text.count, text[end] & 0xC0 == 0x80 { end += 1 }
    return isTermScalar(UTF8Bytes(rebasing: text[index..<end]))
}

func isTermCharacter(endingAt end: Int, of text: UTF8Bytes) -> Bool {
    let byte = text[end - 1]
    if byte < 0x80 { return isASCIITermCharacter(byte) }
    var start = end - 1
    while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
    return isTermScalar(UTF8Bytes(rebasing: text[start..<end]))
}

private func isTermScalar(_ bytes: UTF8Bytes) -> Bool {
    guard let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first else { return false }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
        .letterNumber, .otherNumber:
        return true
    default: return false
    }
}

extension String {
    /// Each character in lower case by itself, as .NET's invariant culture does it: no final sigma, no combining dots.
    var loweredByCharacter: String {
        if utf8.allSatisfy({ $0 < 0x80 }) { return lowercased() }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            result.append(scalar.properties.lowercaseMapping.unicodeScalars.first ?? scalar)
        }
        return String(result)
    }

    /// Each character in upper case by itself; characters that would become several stay as they are.
    var raisedByCharacter: String {
        if utf8.allSatisfy({ $0 < 0x80 }) { return uppercased() }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            let mapping = scalar.properties.uppercaseMapping.unicodeScalars
            result.append(mapping.count == 1 ? mapping.first ?? scalar : scalar)
        }
        return String(result)
    }
}

/// A test of a text against a needle: `(text, needle, folding)`.
typealias TextTest = @Sendable (UTF8Bytes, UTF8Bytes, Bool) -> Bool

/// A needle made ready once for many texts.
struct Needle {
    private let utf8: [UInt8]
    /// A needle beyond ASCII is sought in lower-cased copies of the texts; an ASCII needle in the texts themselves.
    private let lowersText: Bool
    private let folding: Bool

    init(_ text: String, ignoringCase: Bool) {
        let isASCII = text.utf8.allSatisfy { $0 < 0x80 }
        utf8 = Array((ignoringCase ? text.loweredByCharacter : text).utf8)
        folding = ignoringCase
        lowersText = ignoringCase && !isASCII
    }

    func test(_ text: UTF8Bytes, _ test: TextTest) -> Bool {
        utf8.withUnsafeBufferPointer { needle in
            guard lowersText else { return test(text, needle, folding) }
            var lowered = String(decoding: text, as: UTF8.self).loweredByCharacter
            return lowered.withUTF8 { test($0, needle, folding) }
        }
    }
}

/// A string operator of a text and a needle, as its positive or its negated form.
func matching(ignoringCase: Bool, negated: Bool, _ test: @escaping TextTest) -> Evaluation {
    { call in
        let texts = call.arguments[0].texts
        let needles = call.arguments[1].texts
        var values = [Bool](repeating: false, count: call.rowCount)
        if call.isConstant[1] {
            let needle = Needle(needles[0], ignoringCase: ignoringCase)
            for row in 0..<call.rowCount {
                values[row] = texts.withUTF8(call.row(row, of: 0)) { needle.test($0, test) } != negated
            }
        } else {
            for row in 0..<call.rowCount {
                let needle = Needle(needles[row], ignoringCase: ignoringCase)
                values[row] = texts.withUTF8(call.row(row, of: 0)) { needle.test($0, test) } != negated
            }
        }
        return .bool(Vector(values))
    }
}
