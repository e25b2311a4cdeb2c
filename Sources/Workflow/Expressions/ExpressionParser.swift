internal import JSON

/// A recursive-descent parser of expressions:
/// `expr := (call | literal) { ['?'] '[' expr ']' | ['?'] '.' NAME }`.
///
/// The same grammar serves the expressions of ARM templates.
struct ExpressionParser {
    private static let maximumDepth = 100

    private let bytes: [UInt8]
    private(set) var position: Int
    private var depth = 0

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Parses an expression that must fill the whole rest of the text.
    static func parse(_ text: some StringProtocol) throws(ExpressionError) -> Expression {
        var parser = ExpressionParser(Array(text.utf8))
        let expression = try parser.expression()
        guard parser.isAtEnd else { throw parser.unexpected("the end of the expression") }
        return expression
    }

    /// Parses one expression and the blanks after it.
    mutating func expression() throws(ExpressionError) -> Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else {
            throw ExpressionError(
                .tooDeep, "the expression is nested deeper than \(Self.maximumDepth) levels; split it", offset: position
            )
        }
        skipBlanks()
        var result = try primary()
        while let next = try accessor(of: result) { result = next }
        return result
    }

    /// Whether nothing follows.
    var isAtEnd: Bool { position >= bytes.count }

    /// Takes `mark` when it comes next.
    mutating func skip(_ mark: Unicode.Scalar) -> Bool {
        guard !isAtEnd, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    func unexpected(_ wanted: String) -> ExpressionError {
        let found = isAtEnd ? "the text ends" : "'\(rest(from: position).prefix(1))' stands there"
        return ExpressionError(.syntax, "expected \(wanted), but \(found)", offset: position)
    }
}

extension ExpressionParser {
    private mutating func primary() throws(ExpressionError) -> Expression {
        guard !isAtEnd else { throw unexpected("a function, a string in single quotes, or a number") }
        let byte = bytes[position]
        if byte == UInt8(ascii: "'") { return .literal(.string(try string())) }
        if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || isDigit(byte) { return .literal(try number()) }
        guard isNameStart(byte) else { throw unexpected("a function, a string in single quotes, or a number") }
        let start = position
        let name = self.name()
        skipBlanks()
        if skip("(") { return .call(.init(name: name, arguments: try arguments(), offset: start)) }
        switch name.lowercased() {
        case "true": return .literal(true)
        case "false": return .literal(false)
        case "null": return .literal(nil)
        default:
            throw ExpressionError(
                .syntax, "'\(name)' is no function call: write \(name)(…), or '\(name)' in quotes for text",
                offset: start)
        }
    }

    private mutating func arguments() throws(ExpressionError) -> [Expression] {
        var arguments: [Expression] = []
        skipBlanks()
        if skip(")") { return arguments }
        repeat {
            arguments.append(try expression())
        } while skip(",")
        guard skip(")") else { throw unexpected("',' or ')'") }
        return arguments
    }

    private mutating func accessor(of base: Expression) throws(ExpressionError) -> Expression? {
        skipBlanks()
        let isOptional = skip("?")
        if skip("[") {
            let key = try expression()
            guard skip("]") else { throw unexpected("']'") }
            return .member(base: base, key: key, isOptional: isOptional)
        }
        if skip(".") {
            let name = self.name()
            guard !name.isEmpty else { throw unexpected("a property name after '.'") }
            return .member(base: base, key: .literal(.string(name)), isOptional: isOptional)
        }
        if isOptional { throw unexpected("'[' or '.' after '?'") }
        return nil
    }
}

// Lexical elements.
extension ExpressionParser {
    private mutating func skipBlanks() {
        while !isAtEnd, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    /// A string in single quotes, in which `''` stands for one quote.
    private mutating func string() throws(ExpressionError) -> String {
        let start = position
        position += 1
        var content: [UInt8] = []
        while !isAtEnd {
            let byte = bytes[position]
            position += 1
            if byte != UInt8(ascii: "'") {
                content.append(byte)
            } else if !isAtEnd, bytes[position] == byte {
                content.append(byte)
                position += 1
            } else {
                return String(decoding: content, as: UTF8.self)
            }
        }
        throw ExpressionError(.syntax, "the string that begins here has no closing quote", offset: start)
    }

    private mutating func number() throws(ExpressionError) -> JSON {
        let start = position
        position += 1
        while !isAtEnd, isDigit(bytes[position]) || [0x2E, 0x65, 0x45].contains(bytes[position]) || isSignOfExponent() {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int64(text) { return .int(whole) }
        if let double = Double(text), double.isFinite { return .double(double) }
        throw ExpressionError(.syntax, "'\(text)' is no number", offset: start)
    }

    private func isSignOfExponent() -> Bool {
        [0x2B, 0x2D].contains(bytes[position]) && [0x65, 0x45].contains(bytes[position - 1])
    }

    private mutating func name() -> String {
        let start = position
        while !isAtEnd, isNameStart(bytes[position]) || isDigit(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x24 || byte >= 0x80
    }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func rest(from start: Int) -> String { String(decoding: bytes[start...], as: UTF8.self) }
}
