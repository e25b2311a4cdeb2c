internal import StateStore

/// Somebody whom a text names, and how.
struct MentionedPerson: Sendable, Hashable {
    let name: String
    let person: JournalActor
}

/// Names after an `@` in a text.
enum Mention {
    /// At most this many are looked up in one text.
    private static let most = 20

    /// The names that a text mentions, without repetition: after an `@` that begins a word, letters, digits, `.`, `_`, `-`,
    /// one more `@`, or anything in quotation marks.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = text[...]
        var before: Character?
        while let at = rest.firstIndex(of: "@"), names.count < most {
            if at > rest.startIndex { before = rest[rest.index(before: at)] }
            rest = rest[rest.index(after: at)...]
            defer { before = "@" }
            if let before, before.isLetter || before.isNumber || ".-_@".contains(before) { continue }
            let name = name(at: &rest)
            if !name.isEmpty, !names.contains(where: { $0.lowercased() == name.lowercased() }) { names.append(name) }
        }
        return names
    }

    private static func name(at rest: inout Substring) -> String {
        if rest.first == "\"" {
            let inside = rest.dropFirst()
            guard let end = inside.firstIndex(of: "\""), inside.distance(from: inside.startIndex, to: end) <= 100 else {
                return ""
            }
            rest = inside[inside.index(after: end)...]
            return String(inside[..<end]).trimmedBlanks
        }
        var hasAt = false
        let word = rest.prefix { character in
            if character == "@", !hasAt {
                hasAt = true
                return true
            }
            return character.isLetter || character.isNumber || ".-_".contains(character)
        }
        rest = rest[word.endIndex...]
        var name = word.prefix(200)
        while let last = name.last, ".-_@".contains(last) { name.removeLast() }
        return String(name)
    }
}
