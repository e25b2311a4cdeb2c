extension ParserState {
    /// True at a word that may be a name, or at `['…']`.
    var isAtName: Bool {
        switch current.kind {
        case .identifier: true
        case .leftBracket: at(1, .string) && at(2, .rightBracket)
        default: false
        }
    }

    /// How many tokens the name here takes: 1, 3 for a bracketed one, 0 when there is none.
    func nameLength(at distance: Int = 0) -> Int {
        switch token(distance).kind {
        case .identifier: 1
        case .leftBracket: at(distance + 1, .string) && at(distance + 2, .rightBracket) ? 3 : 0
        default: 0
        }
    }

    mutating func parseName(_ place: String, role: TokenRole = .name) throws(Unwind) -> Name {
        note(.name(role))
        guard isAtName else { throw missing("a name", place) }
        let lower = current.lower
        if at(.identifier) {
            let token = advance(role)
            return Name(token.text, at: token.span)
        }
        advance()
        let text = decodeString(advance(role))
        advance()
        return Name(text, at: span(from: lower), isBracketed: true)
    }

    /// A name that may hold `*`: glued words, numbers and stars.
    mutating func parsePatternName(_ place: String, role: TokenRole = .name) throws(Unwind) -> Name {
        guard at(.identifier) || at(.star) else { return try parseName(place, role: role) }
        let lower = current.lower
        advance(role)
        while current.lower == previousEnd, at(.identifier) || at(.star) || at(.long) { advance(role) }
        let span = span(from: lower)
        return Name(source.text(in: span), at: span)
    }

    /// True when the name here holds a star.
    var isAtPatternName: Bool {
        if at(.star) { return true }
        return at(.identifier) && at(1, .star) && token(1).lower == current.upper
    }

    mutating func parseType(_ place: String) throws(Unwind) -> TypeReference {
        note(.type)
        guard at(.identifier) else { throw missing("a type", place) }
        let token = advance(.type)
        guard let type = TypeName(synonym: token.text) else {
            let nearest = Suggestion.nearest(to: token.text, among: TypeName.allCases.map(\.rawValue))
            throw fail(
                .unknownKeyword, "unknown type '\(token.text)'", at: token.span,
                hint: nearest.map { "did you mean '\($0)'?" }, replacement: nearest)
        }
        return TypeReference(type: type, span: token.span)
    }

    /// `typeof(long)` after `to`.
    mutating func parseTypeOf(_ place: String) throws(Unwind) -> TypeReference {
        try expectWord("typeof", place)
        try expect(.leftParenthesis, "after 'typeof'")
        let type = try parseType("in 'typeof(…)'")
        try expect(.rightParenthesis, "to close 'typeof('")
        return type
    }

    mutating func parseColumnDeclaration(_ place: String) throws(Unwind) -> ColumnDeclaration {
        let lower = current.lower
        let name = try parseName(place)
        try expect(.colon, "between the name and the type of a column")
        let type = try parseType("after ':'")
        return ColumnDeclaration(name: name, type: type, span: span(from: lower))
    }

    /// `(a: long, b: string)`, `(*)`, `(*, a: long)`
    mutating func parseSchema(_ place: String) throws(Unwind) -> SchemaDeclaration {
        let lower = current.lower
        try expect(.leftParenthesis, place)
        var columns: [ColumnDeclaration] = []
        var isOpen = false
        _ = accept(.comma)
        while !at(.rightParenthesis) {
            if at(.star), !isOpen {
                advance()
                isOpen = true
            } else {
                columns.append(try parseColumnDeclaration("in a schema"))
            }
            if !accept(.comma) { break }
        }
        try expect(.rightParenthesis, "to close the schema")
        return SchemaDeclaration(columns: columns, isOpen: isOpen, span: span(from: lower))
    }

    /// Items separated by commas.
    mutating func parseList<Item>(
        _ parseItem: (inout ParserState) throws(Unwind) -> Item
    ) throws(Unwind) -> [Item] {
        var items = [try parseItem(&self)]
        while accept(.comma) { items.append(try parseItem(&self)) }
        return items
    }
}
