/// A text with wildcards: `*` stands for any characters, `?` for one; a backslash makes them plain.
public struct SigmaText: Sendable, Hashable {
    public enum Part: Sendable, Hashable {
        case literal(String)
        case anyCharacters
        case oneCharacter
    }

    public private(set) var parts: [Part]

    public init(parts: [Part]) {
        self.parts = parts
    }

    /// Reads a rule's value. A backslash before `*`, `?` or a backslash is an escape, any other one is itself.
    public init(parsing text: String) {
        parts = []
        var literal = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                isEscaped = false
                if scalar != "*" && scalar != "?" && scalar != "\\" { literal.unicodeScalars.append("\\") }
                literal.unicodeScalars.append(scalar)
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "*" || scalar == "?" {
                append(literal: literal)
                literal = ""
                append(scalar == "*" ? .anyCharacters : .oneCharacter)
            } else {
                literal.unicodeScalars.append(scalar)
            }
        }
        if isEscaped { literal += "\\" }
        append(literal: literal)
    }

    /// A text without wildcards.
    public init(literal: String) {
        parts = literal.isEmpty ? [] : [.literal(literal)]
    }

    public var hasWildcards: Bool {
        parts.contains { if case .literal = $0 { false } else { true } }
    }

    /// The plain text, nil when there are wildcards.
    public var literal: String? {
        switch parts.count {
        case 0: ""
        case 1: if case .literal(let text) = parts[0] { text } else { nil }
        default: nil
        }
    }

    /// The same text anchored otherwise: `anywhere` puts `*` at both ends, and so on.
    public func anchored(_ anchor: SigmaAnchor) -> SigmaText {
        var result = parts
        if anchor == .suffix || anchor == .anywhere, result.first != .anyCharacters {
            result.insert(.anyCharacters, at: 0)
        }
        if anchor == .prefix || anchor == .anywhere, result.last != .anyCharacters || result.count == 1 {
            result.append(.anyCharacters)
        }
        return SigmaText(parts: result)
    }

    /// The text with each literal part replaced by what `transform` makes of it.
    public func mapLiterals(_ transform: (String) -> String) -> SigmaText {
        SigmaText(
            parts: parts.map { part in
                if case .literal(let text) = part { .literal(transform(text)) } else { part }
            })
    }

    private mutating func append(literal: String) {
        if !literal.isEmpty { parts.append(.literal(literal)) }
    }

    private mutating func append(_ wildcard: Part) {
        if wildcard == .anyCharacters && parts.last == .anyCharacters { return }
        parts.append(wildcard)
    }
}
