extension Lexer {
    /// How a string begins.
    struct StringStart {
        enum Form { case plain, verbatim, block }
        var form: Form
        var quote: UInt8
        /// Bytes before the content: prefix and opening quote.
        var length: Int
    }

    /// Recognises `"`, `'`, `@"`, `h"`, `h@'`, ` ``` `, `~~~` and `h` with them.
    func stringStart() -> StringStart? {
        let prefix = peek() | 0x20 == UInt8(ascii: "h") ? 1 : 0
        let first = peek(prefix)
        switch first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return StringStart(form: .plain, quote: first, length: prefix + 1)
        case UInt8(ascii: "@"):
            let quote = peek(prefix + 1)
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
            return StringStart(form: .verbatim, quote: quote, length: prefix + 2)
        case UInt8(ascii: "`"), UInt8(ascii: "~"):
            guard peek(prefix + 1) == first, peek(prefix + 2) == first else { return nil }
            return StringStart(form: .block, quote: first, length: prefix + 3)
        default:
            return nil
        }
    }

    mutating func scanString(_ start: StringStart) {
        let lower = offset
        offset += start.length
        let isClosed =
            switch start.form {
            case .plain: skipPlain(start.quote)
            case .verbatim: skipVerbatim(start.quote)
            case .block: skipBlock(start.quote)
            }
        append(.string, from: lower)
        if !isClosed {
            let mark = String(UnicodeScalar(start.quote))
            diagnostics.append(
                Diagnostic(
                    .unterminatedString, "the string that starts here has no end", at: Span(lower, offset),
                    hint: "close it with \(start.form == .block ? mark + mark + mark : mark)"))
        }
    }

    private mutating func skipPlain(_ quote: UInt8) -> Bool {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == quote {
                offset += 1
                return true
            }
            if byte == 10 || byte == 13 { return false }
            offset += byte == UInt8(ascii: "\\") && peek(1) != 10 && peek(1) != 13 ? 2 : 1
        }
        offset = bytes.count
        return false
    }

    private mutating func skipVerbatim(_ quote: UInt8) -> Bool {
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == quote {
                guard peek(1) == quote else {
                    offset += 1
                    return true
                }
                offset += 1
            }
            if byte == 10 || byte == 13 { return false }
            offset += 1
        }
        return false
    }

    private mutating func skipBlock(_ quote: UInt8) -> Bool {
        while offset < bytes.count {
            if bytes[offset] == quote, peek(1) == quote, peek(2) == quote {
                offset += 3
                return true
            }
            offset += 1
        }
        return false
    }
}
