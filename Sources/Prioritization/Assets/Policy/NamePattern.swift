/// A name with `*` for any characters and `?` for one; letter case is disregarded.
struct NamePattern: Sendable, Hashable {
    private let pattern: [Character]

    init(_ text: String) {
        pattern = Array(text.lowercased())
    }

    /// Asks for a tag's name and value.
    var holdsEquals: Bool { pattern.contains("=") }

    /// Takes at most time in proportion to the product of both lengths: a star is retried from where it last stood.
    func matches(_ text: some StringProtocol) -> Bool {
        let text = Array(text.lowercased())
        var inPattern = 0
        var inText = 0
        var star: (pattern: Int, text: Int)?
        while inText < text.count {
            if inPattern < pattern.count, pattern[inPattern] == "*" {
                star = (inPattern, inText)
                inPattern += 1
            } else if inPattern < pattern.count, pattern[inPattern] == "?" || pattern[inPattern] == text[inText] {
                inPattern += 1
                inText += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                inPattern = last.pattern + 1
                inText = last.text + 1
            } else {
                return false
            }
        }
        return pattern[inPattern...].allSatisfy { $0 == "*" }
    }
}
