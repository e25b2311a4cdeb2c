internal import Chronology

/// A word of `$filter` with the place where it begins.
struct ODataToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// A name, which may be a keyword, and the parts after its slashes: `properties/labels/any`.
        case name([String])
        case literal(ODataLiteral)
        case open, close, comma, colon
        case end
    }

    let kind: Kind
    let position: Int
}

/// Splits `$filter` into words.
struct ODataLexer {
    private let characters: [Character]
    private var index = 0

    init(_ text: String) {
        characters = Array(text)
    }

    static func tokens(of text: String) throws(ODataFault) -> [ODataToken] {
        var lexer = ODataLexer(text)
        var tokens: [ODataToken] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.kind == .end { return tokens }
        }
    }

    private mutating func next() throws(ODataFault) -> ODataToken {
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        let start = index
        guard index < characters.count else { return ODataToken(kind: .end, position: start) }
        let character = characters[index]
        switch character {
        case "(", ")", ",", ":":
            index += 1
            let kinds: [Character: ODataToken.Kind] = ["(": .open, ")": .close, ",": .comma, ":": .colon]
            return ODataToken(kind: kinds[character] ?? .end, position: start)
        case "'":
            return ODataToken(kind: .literal(.text(try quoted())), position: start)
        case "0"..."9", "-", "+":
            return ODataToken(kind: .literal(try numeral()), position: start)
        default:
            guard character.isLetter || character == "_" || character == "@" else {
                throw ODataFault(message: "'\(character)' has no meaning here", position: start)
            }
            return try word(start)
        }
    }

    /// Text in single quotes; two of them stand for one.
    private mutating func quoted() throws(ODataFault) -> String {
        let start = index
        index += 1
        var text = ""
        while index < characters.count {
            let character = characters[index]
            index += 1
            guard character == "'" else {
                text.append(character)
                continue
            }
            guard index < characters.count, characters[index] == "'" else { return text }
            text.append("'")
            index += 1
        }
        throw ODataFault(message: "the text has no closing quote", position: start)
    }

    /// A number, a time such as `2024-05-01T10:00:00Z`, or a GUID, all without quotes.
    private mutating func numeral() throws(ODataFault) -> ODataLiteral {
        let start = index
        let text = run { $0.isLetter || $0.isNumber || "+-.:".contains($0) }
        if let number = Double(text), number.isFinite { return .number(number) }
        if let time = Instant(iso8601: text) { return .time(time) }
        if ODataLexer.isGUID(text) { return .text(text) }
        throw ODataFault(message: "'\(text)' is no number, time or GUID", position: start)
    }

    private mutating func word(_ start: Int) throws(ODataFault) -> ODataToken {
        let text = run { $0.isLetter || $0.isNumber || "_/@.-".contains($0) }
        if index < characters.count, characters[index] == "'", ["datetime", "guid", "datetimeoffset"].contains(text) {
            return ODataToken(kind: .literal(try prefixed(text, start)), position: start)
        }
        if ODataLexer.isGUID(text) { return ODataToken(kind: .literal(.text(text)), position: start) }
        switch text {
        case "null": return ODataToken(kind: .literal(.null), position: start)
        case "true": return ODataToken(kind: .literal(.boolean(true)), position: start)
        case "false": return ODataToken(kind: .literal(.boolean(false)), position: start)
        default:
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.allSatisfy({ !$0.isEmpty }) else {
                throw ODataFault(message: "the name '\(text)' has an empty part", position: start)
            }
            return ODataToken(kind: .name(parts), position: start)
        }
    }

    /// A literal as older versions of OData write it: `datetime'2024-05-01T10:00:00Z'`.
    private mutating func prefixed(_ kind: String, _ start: Int) throws(ODataFault) -> ODataLiteral {
        let text = try quoted()
        guard kind != "guid" else { return .text(text) }
        guard let time = Instant(iso8601: text) else {
            throw ODataFault(message: "'\(text)' is no time by ISO 8601", position: start)
        }
        return .time(time)
    }

    private mutating func run(_ belongs: (Character) -> Bool) -> String {
        let start = index
        while index < characters.count, belongs(characters[index]) { index += 1 }
        return String(characters[start..<index])
    }

    private static func isGUID(_ text: String) -> Bool {
        let lengths = text.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        return lengths == [8, 4, 4, 4, 12] && text.allSatisfy { $0.isHexDigit || $0 == "-" }
    }
}
