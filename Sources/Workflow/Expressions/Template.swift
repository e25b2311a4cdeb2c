internal import JSON

/// A string of a workflow definition: plain text, one `@expression`, or text with `@{expression}` in it.
public enum Template: Sendable, Hashable {
    /// Text without expressions, its escapes (`@@`) resolved.
    case literal(String)
    /// The whole string is one expression, whose value keeps its type.
    case expression(Expression)
    /// The value is a string, put together from the segments.
    case interpolation([Segment])

    public enum Segment: Sendable, Hashable {
        case text(String)
        case expression(Expression)
    }

    /// Reads a string of a definition; what begins with `@` or holds `@{` must parse.
    public init(_ text: String) throws(ExpressionError) {
        let bytes = Array(text.utf8)
        guard let mark = bytes.firstIndex(of: UInt8(ascii: "@")) else {
            self = .literal(text)
            return
        }
        if mark == 0, bytes.count > 1, ![UInt8(ascii: "@"), UInt8(ascii: "{")].contains(bytes[1]) {
            var parser = ExpressionParser(bytes, from: 1)
            let expression = try parser.expression()
            guard parser.isAtEnd else { throw parser.unexpected("the end of the expression") }
            self = .expression(expression)
            return
        }
        self = try Template.interpolation(of: bytes)
    }

    private static func interpolation(of bytes: [UInt8]) throws(ExpressionError) -> Template {
        var segments: [Segment] = []
        var text: [UInt8] = []
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            let afterNext = position + 2 < bytes.count ? bytes[position + 2] : 0
            guard byte == UInt8(ascii: "@") else {
                text.append(byte)
                position += 1
                continue
            }
            if next == byte, position == 0 || afterNext == UInt8(ascii: "{") {
                text.append(byte)
                position += 2
            } else if next == UInt8(ascii: "{") {
                if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
                text = []
                var parser = ExpressionParser(bytes, from: position + 2)
                segments.append(.expression(try parser.expression()))
                guard parser.skip("}") else { throw parser.unexpected("'}'") }
                position = parser.position
            } else {
                text.append(byte)
                position += 1
            }
        }
        if segments.isEmpty { return .literal(String(decoding: text, as: UTF8.self)) }
        if !text.isEmpty { segments.append(.text(String(decoding: text, as: UTF8.self))) }
        return .interpolation(segments)
    }

    /// Every expression in the string.
    public var expressions: [Expression] {
        switch self {
        case .literal: []
        case .expression(let expression): [expression]
        case .interpolation(let segments):
            segments.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
        }
    }
}
