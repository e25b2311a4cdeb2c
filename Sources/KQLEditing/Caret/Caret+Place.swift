import KQLSyntax

/// A call that is being written.
struct OpenCall: Sendable {
    let name: String
    /// The argument at the caret, from 0.
    let argument: Int
    /// The name before `=` in the argument, when it has one.
    let argumentName: String?
    let frame: Int
}

extension Caret {
    /// Whether the word being written is a number or a timespan.
    var isInNumber: Bool { quote == nil && ("0"..."9").contains(prefix.prefix(1)) && !prefix.isEmpty }

    /// The operator, or the word that begins the statement, in which the caret stands.
    var currentOperator: String {
        for index in frames.indices.reversed() {
            let frame = frames[index]
            if !frame.pipes.isEmpty { return operatorName(in: index) }
            let first = operatorName(after: frame.holdsStatements ? sourceWord(of: frame) : frame.opener)
            if OperatorReference.named(first) != nil { return first }
            if frame.holdsStatements { return "" }
        }
        return ""
    }

    /// The lexeme before the first word of a statement's pipeline.
    private func sourceWord(of frame: Frame) -> Int {
        guard frame.statement < lexemes.count, lexemes[frame.statement].text == "let",
            let equal = lexemes[frame.statement...].firstIndex(where: { $0.text == "=" })
        else { return frame.statement - 1 }
        return equal
    }

    /// The last clause word (`by`, `on`, `with`) of the operator around the caret, outside brackets that are closed.
    var currentClause: String {
        for index in frames.indices.reversed() {
            let frame = frames[index]
            let start = (frame.pipes.last ?? (frame.holdsStatements ? frame.statement - 1 : frame.opener)) + 1
            let end = index + 1 < frames.count ? frames[index + 1].opener : lexemes.count
            if let word = clause(in: start..<max(start, end)) { return word }
            if !frame.pipes.isEmpty || frame.holdsStatements { return "" }
        }
        return ""
    }

    private func clause(in range: Range<Int>) -> String? {
        var depth = 0
        for index in range.reversed() where lexemes[index].role != .string {
            switch lexemes[index].text {
            case ")", "]", "}": depth += 1
            case "(", "[", "{": depth -= 1
            default: break
            }
            if depth == 0, lexemes[index].role == .keyword, lexemes[index].isWord { return lexemes[index].text }
        }
        return nil
    }

    /// The innermost call whose arguments the caret is in.
    var enclosingCall: OpenCall? {
        guard let index = frames.indices.last(where: { frames[$0].bracket == "(" && frames[$0].function != nil }),
            let name = frames[index].function
        else { return nil }
        // Inside a subquery or a function body the call around it is out of sight.
        if frames[(index + 1)...].contains(where: { $0.bracket == "{" || !$0.pipes.isEmpty }) { return nil }
        let start = (frames[index].commas.last ?? frames[index].opener) + 1
        var argumentName: String?
        if start + 1 < lexemes.count, lexemes[start + 1].text == "=" { argumentName = lexemes[start].text }
        return OpenCall(
            name: name, argument: frames[index].commas.count, argumentName: argumentName, frame: index)
    }

    /// The operator that the caret is in, at the level of a frame: the words after its last `|`.
    private func operatorName(in frame: Int) -> String {
        frames[frame].pipes.last.map { operatorName(after: $0) } ?? ""
    }

    /// The operator whose words, possibly joined by dashes, follow a lexeme.
    private func operatorName(after index: Int) -> String {
        var name = ""
        var end: Int?
        for lexeme in lexemes.dropFirst(index + 1) {
            if let end, lexeme.span.lower != end { break }
            guard lexeme.isWord || lexeme.text == "-" else { break }
            name += lexeme.text
            end = lexeme.span.upper
        }
        return name
    }

    /// The option before the `=` before the caret: `kind`, `hint.strategy`.
    var optionBeforeCaret: String? {
        guard let equal = lexemes.indices.last, lexemes[equal].text == "=", equal > 0 else { return nil }
        var start = equal - 1
        while start > 1, lexemes[start - 1].text == ".", lexemes[start].span.lower == lexemes[start - 1].span.upper {
            start -= 2
        }
        return lexemes[start..<equal].map(\.text).joined()
    }
}
