extension ParserState {
    /// Records a diagnostic, unless one was given for the same place already.
    mutating func report(_ diagnostic: Diagnostic) {
        guard diagnostics.count < Parser.diagnosticLimit else { return }
        guard !diagnostics.contains(where: { $0.span.lower == diagnostic.span.lower }) else { return }
        diagnostics.append(diagnostic)
    }

    mutating func fail(
        _ code: Diagnostic.Code, _ message: String, at span: Span, hint: String? = nil, replacement: String? = nil
    ) -> Unwind {
        report(Diagnostic(code, message, at: span, hint: hint, replacement: replacement))
        return Unwind()
    }

    /// `expected X in place, found Y`
    mutating func missing(_ what: String, _ place: String) -> Unwind {
        if at(.end) { lacksOperand = true }
        return fail(.missingToken, "expected \(what) \(place), found \(shown(current))", at: current.span)
    }

    mutating func tooDeep() -> Unwind {
        fail(
            .tooDeep, "the query is nested deeper than \(Parser.depthLimit) levels here", at: current.span,
            hint: "split it with 'let' statements")
    }

    /// A token as quoted in messages.
    func shown(_ token: Token) -> String {
        guard token.kind != .end else { return token.kind.description }
        let text = source.text(in: token.span)
        return "'\(text.count > 40 ? text.prefix(40) + "…" : text)'"
    }

    /// True where a pipeline step or statement may end.
    var isAtBoundary: Bool {
        switch current.kind {
        case .pipe, .semicolon, .rightParenthesis, .rightBrace, .rightBracket, .comma, .end: true
        default: false
        }
    }

    /// Skips to the next `|`, `;` or closing bracket that belongs to the enclosing construct.
    mutating func skipToBoundary() {
        var level = 0
        while !at(.end) {
            switch current.kind {
            case .leftParenthesis, .leftBrace, .leftBracket: level += 1
            case .rightParenthesis, .rightBrace, .rightBracket:
                if level == 0 { return }
                level -= 1
            case .pipe, .semicolon:
                if level == 0 { return }
            default: break
            }
            advance()
        }
    }

    /// Reports what stands where an operator's arguments should have ended.
    mutating func reportTrailing(after place: String) {
        let token = current
        if token.kind == .equal {
            report(
                Diagnostic(
                    .unexpectedToken, "'=' assigns and cannot stand here", at: token.span,
                    hint: "use '==' to compare", replacement: "=="))
        } else if token.kind == .identifier, Self.operators[operatorWord().text] != nil {
            report(
                Diagnostic(
                    .unexpectedToken, "expected '|' before the operator '\(operatorWord().text)'", at: token.span,
                    replacement: "| " + token.text))
        } else if let word = Self.lowercaseOperator(token) {
            report(
                Diagnostic(
                    .unexpectedToken, "unexpected \(shown(token)) after \(place)", at: token.span,
                    hint: "did you mean '\(word)'?", replacement: word))
        } else {
            report(Diagnostic(.unexpectedToken, "unexpected \(shown(token)) after \(place)", at: token.span))
        }
    }

    /// The infix word or clause word that a word such as `AND` or `By` was meant to be.
    private static func lowercaseOperator(_ token: Token) -> String? {
        guard token.kind == .identifier else { return nil }
        let words = Array(wordOperators.keys) + ["and", "or", "by", "on", "with", "asc", "desc", "in", "between"]
        return Suggestion.nearest(to: token.text, among: words)
    }
}

/// Finds the likely meant spelling of an unknown word.
enum Suggestion {
    /// The candidate at the smallest edit distance, if that is small for the length of the word.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(word.lowercased().utf8)
        guard typed.count <= 40 else { return nil }
        let allowed = typed.count <= 2 ? 0 : typed.count <= 3 ? 1 : typed.count <= 6 ? 2 : 3
        var best: (distance: Int, text: String)?
        for candidate in candidates {
            let distance = distance(typed, Array(candidate.utf8))
            guard distance <= allowed else { continue }
            if let known = best, (known.distance, known.text) <= (distance, candidate) { continue }
            best = (distance, candidate)
        }
        return best?.text
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard abs(left.count - right.count) <= 3 else { return 99 }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in 0..<left.count {
            var line = [row + 1]
            for column in 0..<right.count {
                let change = previous[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(change, previous[column + 1] + 1, line[column] + 1)
                let isSwap =
                    row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
                if isSwap { cost = min(cost, older[column - 1] + 1) }
                line.append(cost)
            }
            older = previous
            previous = line
        }
        return previous[right.count]
    }
}
