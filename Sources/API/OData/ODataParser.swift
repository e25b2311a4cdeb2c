internal import Chronology

/// Reads `$filter`: `or` binds loosest, then `and`, then `not`; comparisons, `in`, text tests and `any()`.
struct ODataParser {
    /// The longest filter read, in characters.
    static let longest = 16_384
    /// The deepest nesting of brackets and `not`.
    private static let deepest = 32

    private let tokens: [ODataToken]
    private var index = 0
    private var depth = 0

    static func expression(_ text: String) throws(ODataFault) -> ODataExpression {
        guard text.count <= longest else {
            throw ODataFault(message: "the filter is longer than \(longest) characters", position: longest)
        }
        var parser = ODataParser(tokens: try ODataLexer.tokens(of: text))
        let expression = try parser.disjunction()
        guard parser.token.kind == .end else {
            throw ODataFault(message: "'and', 'or' or the end is expected", position: parser.token.position)
        }
        return expression
    }

    private init(tokens: [ODataToken]) {
        self.tokens = tokens
    }

    private var token: ODataToken { tokens[min(index, tokens.count - 1)] }

    private mutating func isNext(_ keyword: String) -> Bool {
        guard case .name(let parts) = token.kind, parts == [keyword] else { return false }
        index += 1
        return true
    }

    private mutating func take(_ kind: ODataToken.Kind, _ what: String) throws(ODataFault) {
        guard token.kind == kind else { throw ODataFault(message: "\(what) is expected", position: token.position) }
        index += 1
    }

    // MARK: Conditions

    private mutating func disjunction() throws(ODataFault) -> ODataExpression {
        var parts = [try conjunction()]
        while isNext("or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : .or(parts)
    }

    private mutating func conjunction() throws(ODataFault) -> ODataExpression {
        var parts = [try negation()]
        while isNext("and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : .and(parts)
    }

    private mutating func negation() throws(ODataFault) -> ODataExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ODataFault(
                message: "the filter is nested deeper than \(Self.deepest) levels", position: token.position)
        }
        if isNext("not") { return .not(try negation()) }
        guard token.kind == .open else { return try condition() }
        index += 1
        let inner = try disjunction()
        try take(.close, "')'")
        return inner
    }

    private mutating func condition() throws(ODataFault) -> ODataExpression {
        let start = token
        switch start.kind {
        case .literal(let literal):
            index += 1
            // `true` alone, or a comparison with the literal on the left.
            if let comparison = comparison() {
                return .compare(try path(), comparison.mirrored, literal)
            }
            guard case .boolean(let truth) = literal else {
                throw ODataFault(message: "a comparison such as eq is expected", position: token.position)
            }
            return .constant(truth)
        case .name(let parts):
            if parts.count == 1, let test = ODataTextTest(rawValue: parts[0].lowercased()) {
                return try textTest(test)
            }
            if parts.last?.lowercased() == "any" { return try lambda(parts, start.position) }
            if parts.last?.lowercased() == "all" {
                throw ODataFault(message: "all() is not known here; use any()", position: start.position)
            }
            return try comparison(of: try path())
        case .open, .close, .comma, .colon, .end:
            throw ODataFault(message: "a condition is expected", position: start.position)
        }
    }

    private mutating func comparison(of path: ODataPath) throws(ODataFault) -> ODataExpression {
        if isNext("in") {
            try take(.open, "'('")
            var values = [try literal()]
            while token.kind == .comma {
                index += 1
                values.append(try literal())
            }
            try take(.close, "')'")
            return .member(path, values)
        }
        guard let comparison = comparison() else {
            throw ODataFault(message: "eq, ne, gt, ge, lt, le or in is expected", position: token.position)
        }
        return .compare(path, comparison, try literal())
    }

    private mutating func comparison() -> ODataComparison? {
        guard case .name(let parts) = token.kind, parts.count == 1,
            let comparison = ODataComparison(rawValue: parts[0].lowercased())
        else { return nil }
        index += 1
        return comparison
    }

    /// `contains(path, 'text')`, alone or compared with true or false.
    private mutating func textTest(_ test: ODataTextTest) throws(ODataFault) -> ODataExpression {
        index += 1
        try take(.open, "'('")
        let path = try path()
        try take(.comma, "','")
        let position = token.position
        guard case .text(let text) = try literal() else {
            throw ODataFault(message: "a text in single quotes is expected", position: position)
        }
        try take(.close, "')'")
        let found = ODataExpression.text(test, path, text)
        guard let comparison = comparison() else { return found }
        let place = token.position
        guard case .boolean(let truth) = try literal(), comparison == .eq || comparison == .ne else {
            throw ODataFault(message: "'eq true' or 'eq false' is expected", position: place)
        }
        return truth == (comparison == .eq) ? found : .not(found)
    }

    /// `path/any(v: condition)` or `path/any()`.
    private mutating func lambda(_ parts: [String], _ position: Int) throws(ODataFault) -> ODataExpression {
        index += 1
        let path = ODataPath(segments: Array(parts.dropLast()), position: position)
        guard !path.segments.isEmpty else {
            throw ODataFault(message: "any() follows the name of a list", position: position)
        }
        try take(.open, "'('")
        if token.kind == .close {
            index += 1
            return .any(path, variable: "", nil)
        }
        guard case .name(let variable) = token.kind, variable.count == 1, let name = variable.first else {
            throw ODataFault(message: "the name of a variable is expected", position: token.position)
        }
        index += 1
        try take(.colon, "':'")
        let condition = try disjunction()
        try take(.close, "')'")
        return .any(path, variable: name, condition)
    }

    // MARK: Operands

    /// A path; `tolower(path)` and `toupper(path)` are the path itself, since comparisons disregard letter case.
    private mutating func path() throws(ODataFault) -> ODataPath {
        guard case .name(let parts) = token.kind else {
            throw ODataFault(message: "the name of a property is expected", position: token.position)
        }
        let position = token.position
        index += 1
        guard token.kind == .open else { return ODataPath(segments: parts, position: position) }
        guard parts.count == 1, ["tolower", "toupper", "trim"].contains(parts[0].lowercased()) else {
            throw ODataFault(message: "the function '\(parts.joined(separator: "/"))' is not known", position: position)
        }
        index += 1
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw ODataFault(message: "the filter is nested deeper than \(Self.deepest) levels", position: position)
        }
        let inner = try path()
        try take(.close, "')'")
        return inner
    }

    private mutating func literal() throws(ODataFault) -> ODataLiteral {
        guard case .literal(let literal) = token.kind else {
            throw ODataFault(
                message: "a value is expected: a text in single quotes, a number, a time, true, false or null",
                position: token.position)
        }
        index += 1
        return literal
    }
}

/// One key of `$orderby`.
struct ODataOrder: Sendable, Hashable {
    let path: ODataPath
    let isDescending: Bool

    /// Reads `properties/createdTimeUtc desc, properties/title`.
    static func keys(_ text: String) throws(ODataFault) -> [ODataOrder] {
        var keys: [ODataOrder] = []
        var position = 0
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(whereSeparator: \.isWhitespace)
            let direction = words.count > 1 ? words[1].lowercased() : "asc"
            guard let name = words.first, words.count <= 2, direction == "asc" || direction == "desc" else {
                throw ODataFault(
                    message: "a name is expected that 'asc' or 'desc' may follow", position: position)
            }
            let path = ODataPath(segments: name.split(separator: "/").map(String.init), position: position)
            keys.append(ODataOrder(path: path, isDescending: direction == "desc"))
            position += part.count + 1
        }
        guard keys.count <= 8 else { throw ODataFault(message: "there are more than 8 keys", position: 0) }
        return keys
    }
}
