extension ParserState {
    /// A scalar expression or a pipeline, whichever stands here.
    mutating func parseResult() throws(Unwind) -> ResultExpression {
        note(.result)
        let lower = current.lower
        if isAtSourceKeyword {
            let source = try parseKeywordSource()
            return .tabular(try finishPipeline(source, lower: lower))
        }
        let expression = try parseExpression()
        note(.pipe)
        guard at(.pipe) else { return Self.result(from: expression) }
        guard let source = tabularSource(from: expression) else {
            throw fail(
                .unexpectedToken, "the left side of '|' is not a table", at: expression.span,
                hint: "a pipeline begins with a table name, a function call or a query in parentheses")
        }
        return .tabular(try finishPipeline(source, lower: lower))
    }

    /// A pipeline, where a scalar cannot stand.
    mutating func parseTabular(_ place: String) throws(Unwind) -> TabularExpression {
        let lower = current.lower
        switch try parseResult() {
        case .tabular(let node): return node
        case .scalar(let expression), .undecided(let expression):
            if let source = tabularSource(from: expression) {
                return TabularExpression(source: source, operators: [], span: span(from: lower))
            }
            if case .error = expression { throw Unwind() }
            throw fail(
                .unexpectedToken, "expected a table in \(place), found a scalar expression", at: expression.span,
                hint: "use 'print' to show a value")
        }
    }

    /// The operators after a source.
    mutating func finishPipeline(_ source: TabularSource, lower: Int) throws(Unwind) -> TabularExpression {
        try descend()
        defer { depth -= 1 }
        let operators = parsePipes()
        return TabularExpression(source: source, operators: operators, span: span(from: lower))
    }

    private mutating func parsePipes() -> [TabularOperator] {
        var operators: [TabularOperator] = []
        while at(.pipe) {
            advance()
            operators.append(parseOperator())
        }
        note(.pipe)
        return operators
    }

    /// The body of `mv-apply`, `partition`, `fork`…: operators over the rows at hand, or a full pipeline.
    mutating func parseSubquery(_ close: Token.Kind, _ place: String) throws(Unwind) -> TabularExpression {
        try descend()
        defer { depth -= 1 }
        let lower = current.lower
        note(.tabularOperator)
        let node: TabularExpression
        if Self.operators[operatorWord().text] != nil, !isAtPlainName {
            let first = parseOperator()
            let rest = parsePipes()
            node = TabularExpression(
                source: .input(.point(lower)), operators: [first] + rest, span: span(from: lower))
        } else if at(close) {
            throw missing("an operator", place)
        } else {
            node = try parseTabular(place)
        }
        try expect(close, place)
        return node
    }

    /// True at a word that is followed by what can only follow a table name.
    private var isAtPlainName: Bool {
        at(.identifier) && (at(1, .pipe) || at(1, .rightParenthesis))
            && !["count", "getschema", "consume", "serialize"].contains(current.text)
    }

    /// One operator after `|`, up to the next boundary; never fails.
    mutating func parseOperator() -> TabularOperator {
        let lower = current.lower
        do {
            let node = try parseKnownOperator()
            if isAtBoundary { return node }
            reportTrailing(after: "the operator '\(source.text(in: firstWord(at: lower)))'")
            skipToBoundary()
            return node
        } catch {
            skipToBoundary()
            return .error(span(from: lower))
        }
    }

    private func firstWord(at lower: Int) -> Span {
        var upper = lower
        while upper < source.bytes.count, source.bytes[upper].isWordPart || source.bytes[upper] == UInt8(ascii: "-") {
            upper += 1
        }
        return Span(lower, upper)
    }

    private mutating func parseKnownOperator() throws(Unwind) -> TabularOperator {
        note(.tabularOperator)
        let word = operatorWord()
        guard let rule = Self.operators[word.text] else { throw unknownOperator(word.text) }
        let lower = current.lower
        for _ in 0..<word.length { advance(.keyword) }
        return try rule(&self, lower)
    }

    private mutating func unknownOperator(_ word: String) -> Unwind {
        guard diagnostics.count < Parser.diagnosticLimit else { return Unwind() }
        guard at(.identifier) else {
            return fail(
                .missingToken, "expected an operator after '|', found \(shown(current))", at: current.span)
        }
        let place = Span(current.lower, current.lower + word.utf8.count)
        if ["print", "datatable", "externaldata", "range"].contains(word) {
            return fail(
                .unknownOperator, "'\(word)' begins a query and takes no input", at: place,
                hint: "put it before the first '|'")
        }
        let nearest = Suggestion.nearest(to: word, among: Self.operators.keys)
        return fail(
            .unknownOperator, "unknown operator '\(word)'", at: place,
            hint: nearest.map { "did you mean '\($0)'?" }, replacement: nearest)
    }

    /// The word here with the words glued to it by dashes, as far as that makes an operator or nearly one.
    func operatorWord() -> (text: String, length: Int) {
        guard at(.identifier) else { return ("", 0) }
        var text = current.text
        var longest = (text: text, length: 1)
        var length = 1
        while length < 8, at(length, .minus), at(length + 1, .identifier), isGlued(length), isGlued(length + 1) {
            text += "-" + token(length + 1).text
            length += 2
            let isLikely =
                Self.operators[text] != nil || Suggestion.nearest(to: text, among: Self.operators.keys) != nil
            if isLikely || Self.operators[longest.text] == nil { longest = (text, length) }
        }
        return longest
    }

    private func isGlued(_ distance: Int) -> Bool { token(distance).lower == token(distance - 1).upper }
}
