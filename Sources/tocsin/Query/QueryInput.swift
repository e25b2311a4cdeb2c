internal import KQLSyntax

/// Lines typed one after the other, until they make a query.
///
/// A query ends with an empty line, or with a semicolon at the end of a line. Only a query that gives rows ends: after
/// `let` statements alone, input goes on.
struct QueryInput {
    private(set) var text = ""

    var isEmpty: Bool { text.isEmpty }

    mutating func clear() { text = "" }

    /// Takes a line; gives the query when it is whole.
    mutating func add(_ line: String) -> String? {
        let isBlank = line.allSatisfy(\.isWhitespace)
        if isBlank, text.isEmpty { return nil }
        text += (text.isEmpty ? "" : "\n") + line
        let endsHere = isBlank || line.reversed().first { !$0.isWhitespace } == ";"
        guard endsHere, isWhole else { return nil }
        defer { text = "" }
        return text
    }

    /// Whether the last statement gives rows, or is wrong, which its author should be told.
    private var isWhole: Bool {
        switch Parser.parse(text).query.statements.last {
        case .tabular, .error: true
        case .let, .set, .declareQueryParameters, .declarePattern, .alias, .restrictAccess, nil: false
        }
    }
}
