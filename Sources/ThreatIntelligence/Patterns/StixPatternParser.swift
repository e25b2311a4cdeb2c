internal import Chronology

extension StixPattern {
    /// Reads a pattern.
    ///
    /// - Throws: `StixPatternError` with the place; also for patterns above 64 KiB or nested more than 64 deep.
    public init(parsing text: String) throws(StixPatternError) {
        guard text.utf8.count <= 65_536 else {
            throw StixPatternError(offset: 65_536, message: "the pattern is longer than 64 KiB")
        }
        var tokens = StixTokens(text)
        var parser = StixPatternParser(tokens: try tokens.all())
        self = try parser.pattern()
    }
}

/// Reads patterns by recursive descent. `AND` binds tighter than `OR`, which binds tighter than `FOLLOWEDBY`.
private struct StixPatternParser {
    private static let deepest = 64

    let tokens: [(token: StixToken, offset: Int)]
    private var position = 0
    private var depth = 0

    init(tokens: [(token: StixToken, offset: Int)]) {
        self.tokens = tokens
    }

    private var current: StixToken { tokens[position].token }

    private func fault(_ message: String) -> StixPatternError {
        StixPatternError(offset: tokens[position].offset, message: message)
    }

    private mutating func take(_ token: StixToken) -> Bool {
        guard current == token else { return false }
        position += 1
        return true
    }

    /// Takes a keyword, which patterns write in capitals.
    private mutating func take(word: String) -> Bool {
        guard case .word(let found) = current, found.uppercased() == word else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ symbol: String) throws(StixPatternError) {
        guard take(.symbol(symbol)) else { throw fault("'\(symbol)' is missing here") }
    }

    private mutating func expect(word: String) throws(StixPatternError) {
        guard take(word: word) else { throw fault("'\(word)' is missing here") }
    }

    private mutating func nested<Result>(
        _ body: (inout StixPatternParser) throws(StixPatternError) -> Result
    ) throws(StixPatternError) -> Result {
        guard depth < Self.deepest else { throw fault("the pattern is nested more than \(Self.deepest) deep") }
        depth += 1
        defer { depth -= 1 }
        return try body(&self)
    }

    mutating func pattern() throws(StixPatternError) -> StixPattern {
        let pattern = try followedBy()
        guard current == .end else { throw fault("the pattern should end here, or AND, OR or FOLLOWEDBY come") }
        return pattern
    }

    private mutating func followedBy() throws(StixPatternError) -> StixPattern {
        var parts = [try anyOf()]
        while take(word: "FOLLOWEDBY") { parts.append(try anyOf()) }
        return parts.count == 1 ? parts[0] : .followedBy(parts)
    }

    private mutating func anyOf() throws(StixPatternError) -> StixPattern {
        var parts = [try allOf()]
        while take(word: "OR") { parts.append(try allOf()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func allOf() throws(StixPatternError) -> StixPattern {
        var parts = [try qualified()]
        while take(word: "AND") { parts.append(try qualified()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func qualified() throws(StixPatternError) -> StixPattern {
        var pattern = try observation()
        while let qualifier = try qualifier() { pattern = .qualified(pattern, qualifier) }
        return pattern
    }

    private mutating func observation() throws(StixPatternError) -> StixPattern {
        if take(.symbol("(")) {
            let inner = try nested { parser throws(StixPatternError) in try parser.followedBy() }
            try expect(")")
            return inner
        }
        guard take(.symbol("[")) else { throw fault("an observation in [ ] is expected here") }
        let comparison = try anyComparison()
        try expect("]")
        return .observation(comparison)
    }

    private mutating func qualifier() throws(StixPatternError) -> StixQualifier? {
        if take(word: "WITHIN") {
            let seconds = try number()
            try expect(word: "SECONDS")
            return .within(seconds: seconds)
        }
        if take(word: "REPEATS") {
            let times = try number()
            try expect(word: "TIMES")
            guard let count = Int(exactly: times) else { throw fault("REPEATS needs a whole number") }
            return .repeats(times: count)
        }
        if take(word: "START") {
            let start = try instant()
            try expect(word: "STOP")
            return .between(start: start, stop: try instant())
        }
        return nil
    }

    private mutating func number() throws(StixPatternError) -> Double {
        guard case .number(let text) = current, let value = Double(text) else { throw fault("a number is expected") }
        position += 1
        return value
    }

    private mutating func instant() throws(StixPatternError) -> Instant {
        let text: String? =
            switch current {
            case .typed("t", let text), .string(let text): text
            default: nil
            }
        guard let text, let instant = Instant(iso8601: text) else {
            throw fault("a time such as t'2026-01-01T00:00:00Z' is expected")
        }
        position += 1
        return instant
    }

    private mutating func anyComparison() throws(StixPatternError) -> StixComparison {
        var parts = [try allComparison()]
        while take(word: "OR") { parts.append(try allComparison()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func allComparison() throws(StixPatternError) -> StixComparison {
        var parts = [try comparison()]
        while take(word: "AND") { parts.append(try comparison()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func comparison() throws(StixPatternError) -> StixComparison {
        if take(.symbol("(")) {
            let inner = try nested { parser throws(StixPatternError) in try parser.anyComparison() }
            try expect(")")
            return inner
        }
        let isNegated = take(word: "NOT")
        if take(word: "EXISTS") {
            let (type, path) = try property()
            return .test(
                StixTest(objectType: type, path: path, isNegated: isNegated, operation: .exists, operands: []))
        }
        return .test(try test(isNegated: isNegated))
    }

    private mutating func test(isNegated: Bool) throws(StixPatternError) -> StixTest {
        let (type, path) = try property()
        let negates = take(word: "NOT") != isNegated
        guard let operation = takeOperator() else {
            throw fault("a comparison is expected: =, !=, <, >, IN, LIKE, MATCHES, ISSUBSET or ISSUPERSET")
        }
        var operands: [String] = []
        if operation == .in {
            try expect("(")
            repeat { operands.append(try literal()) } while take(.symbol(","))
            try expect(")")
        } else {
            operands = [try literal()]
        }
        return StixTest(objectType: type, path: path, isNegated: negates, operation: operation, operands: operands)
    }

    private mutating func takeOperator() -> StixTest.Operator? {
        let text: String? =
            switch current {
            case .symbol(let text): text
            case .word(let text): text.uppercased()
            default: nil
            }
        guard let operation = text.flatMap(StixTest.Operator.init(rawValue:)), operation != .exists else { return nil }
        position += 1
        return operation
    }

    /// `file:hashes.'SHA-256'`, `network-traffic:dst_ref.value`, `email-message:to_refs[*].value`.
    private mutating func property() throws(StixPatternError) -> (type: String, path: [String]) {
        guard case .word(let type) = current else { throw fault("a property such as ipv4-addr:value is expected") }
        position += 1
        try expect(":")
        var path = [try step()]
        while true {
            if take(.symbol(".")) {
                path.append(try step())
            } else if take(.symbol("[")) {
                if !take(.symbol("*")) { _ = try number() }
                try expect("]")
            } else {
                return (type, path)
            }
        }
    }

    private mutating func step() throws(StixPatternError) -> String {
        switch current {
        case .word(let text), .string(let text):
            position += 1
            return text
        default: throw fault("the name of a property is expected")
        }
    }

    private mutating func literal() throws(StixPatternError) -> String {
        switch current {
        case .string(let text), .number(let text), .typed(_, let text):
            position += 1
            return text
        case .word(let text) where ["true", "false"].contains(text.lowercased()):
            position += 1
            return text.lowercased()
        default: throw fault("a value is expected: 'text', a number, true, false or t'a time'")
        }
    }
}
