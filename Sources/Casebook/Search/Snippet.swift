internal import Foundation

extension SearchHit.Piece {
    /// About so many characters stand before the first match, and in all.
    private static let lead = 60
    private static let most = 220

    /// The part of a text around the first of some words, with all of them marked.
    static func snippet(of text: String, words: [String]) -> [SearchHit.Piece] {
        let plain = String(text.prefix(100_000).map { $0.isNewline || $0 == "\t" ? " " : $0 })
        let first = words.compactMap { range(of: $0, in: plain[...])?.lowerBound }.min() ?? plain.startIndex
        let start = plain.index(first, offsetBy: -lead, limitedBy: plain.startIndex) ?? plain.startIndex
        let end = plain.index(start, offsetBy: most, limitedBy: plain.endIndex) ?? plain.endIndex
        var pieces: [SearchHit.Piece] = []
        func add(_ text: Substring, isMatch: Bool) {
            if !text.isEmpty { pieces.append(SearchHit.Piece(text: String(text), isMatch: isMatch)) }
        }
        if start > plain.startIndex { add("…", isMatch: false) }
        var rest = plain[start..<end]
        while let match = words.compactMap({ range(of: $0, in: rest) }).min(by: { $0.lowerBound < $1.lowerBound }),
            !match.isEmpty
        {
            add(rest[..<match.lowerBound], isMatch: false)
            add(rest[match], isMatch: true)
            rest = rest[match.upperBound...]
        }
        add(rest, isMatch: false)
        if end < plain.endIndex { add("…", isMatch: false) }
        return pieces
    }

    private static func range(of word: String, in text: Substring) -> Range<Substring.Index>? {
        text.range(of: word, options: [.caseInsensitive, .diacriticInsensitive])
    }
}
