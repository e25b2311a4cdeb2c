/// What somebody typed into a search box: words, `"quoted phrases"`, `beginnings*`, `-exclusions`, `#number`.
///
/// Any text is a search; what means nothing is passed over.
struct SearchText: Sendable, Hashable {
    /// The most words that count.
    static let most = 16

    /// The words and phrases to find, for marking them.
    let words: [String]
    /// The number of an incident, when the text is one.
    let number: Int?
    /// The query in FTS5's language; nil when the text has no word.
    let expression: String?

    init(_ text: String) {
        var wanted: [String] = []
        var unwanted: [String] = []
        var words: [String] = []
        for term in Self.terms(of: text.prefix(2_000)) where wanted.count + unwanted.count < Self.most {
            let quoted = "\"\(term.text.replacing("\"", with: "\"\""))\"" + (term.isPrefix ? "*" : "")
            if term.isExcluded {
                unwanted.append(quoted)
            } else {
                wanted.append(quoted)
                words.append(term.text)
            }
        }
        self.words = words
        let digits = text.trimmedBlanks
        number = Int(digits.hasPrefix("#") ? String(digits.dropFirst()) : digits)
        guard !wanted.isEmpty else {
            expression = nil
            return
        }
        let all = wanted.joined(separator: " AND ")
        expression = unwanted.isEmpty ? all : "(\(all)) NOT (\(unwanted.joined(separator: " OR ")))"
    }

    private struct Term {
        var text: String
        var isPrefix = false
        var isExcluded = false
    }

    private static func terms(of text: Substring) -> [Term] {
        var terms: [Term] = []
        var rest = text.drop(while: \.isWhitespace)
        while !rest.isEmpty, terms.count < 4 * most {
            var term = Term(text: "")
            if rest.first == "-" {
                term.isExcluded = true
                rest = rest.dropFirst()
            }
            if rest.first == "\"" {
                let inside = rest.dropFirst()
                let end = inside.firstIndex(of: "\"") ?? inside.endIndex
                term.text = String(inside[..<end])
                rest = end == inside.endIndex ? inside[end...] : inside[inside.index(after: end)...]
            } else {
                let word = rest.prefix { !$0.isWhitespace && $0 != "\"" }
                rest = rest[word.endIndex...]
                term.text = String(word)
            }
            if term.text.hasSuffix("*") {
                term.isPrefix = true
                term.text.removeLast()
            } else if rest.first == "*" {
                term.isPrefix = true
                rest = rest.dropFirst()
            }
            term.text = String(term.text.prefix(256).filter { $0 != "\0" })
            if term.text.contains(where: { $0.isLetter || $0.isNumber }) { terms.append(term) }
            rest = rest.drop(while: \.isWhitespace)
        }
        return terms
    }
}
