internal import JSON
internal import KQLFunctions
internal import KQLSyntax

/// The words that a query may go on with: tables, columns, functions, operators.
struct QueryWords: Sendable {
    private let columns: [String: [String]]
    private let sources: [String]
    private let functions: [String]

    /// The most choices that are shown.
    private static let maximumChoices = 60
    private static let words = [
        "and", "asc", "between", "by", "contains", "desc", "endswith", "from", "has", "has_all", "has_any", "in",
        "kind", "matches regex", "nulls first", "nulls last", "on", "or", "startswith", "step", "to", "with",
    ]
    private static let statements = ["let", "declare query_parameters", "set", "union", "print", "range", "datatable"]

    /// - Parameter metadata: the answer of `/api/metadata`.
    init(metadata: JSON) {
        var columns: [String: [String]] = [:]
        for table in metadata["tables"]?.arrayValue ?? [] {
            guard let name = table["name"]?.stringValue else { continue }
            columns[name] = (table["columns"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        }
        self.columns = columns
        let saved = (metadata["functions"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
        sources = columns.keys.sorted() + saved.sorted()
        let catalogue = FunctionCatalogue.standard
        functions = (catalogue.scalars.map(\.name) + catalogue.aggregates.map(\.name))
            .filter { $0.first?.isLetter == true && !$0.contains(" ") }
    }

    var tables: [String] { columns.keys.sorted() }

    func columns(of table: String) -> [String]? { columns[table] }

    /// What Tab does after a text; `earlier` is what stands in the lines before.
    func completion(of before: String, after earlier: String) -> Completion {
        if earlier.isEmpty, before.hasPrefix(".") { return metaCompletion(before) }
        let word = String(before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }.reversed())
        let text = earlier + "\n" + before.dropLast(word.count)
        return choose(word, from: candidates(after: text))
    }

    private func metaCompletion(_ before: String) -> Completion {
        guard let blank = before.firstIndex(of: " ") else { return choose(before, from: MetaCommand.names) }
        let argument = String(before[before.index(after: blank)...])
        switch before[..<blank] {
        case ".schema": return choose(argument, from: tables)
        case ".format": return choose(argument, from: ResultFormat.allCases.map(\.rawValue))
        default: return Completion()
        }
    }

    /// What may stand after a text, by its last mark.
    private func candidates(after text: String) -> [String] {
        let trimmed = text.trimmingCharacters
        if trimmed.hasSuffix("|") { return Parser.operatorNames }
        if trimmed.isEmpty || trimmed.hasSuffix(";") { return sources + Self.statements }
        let words = Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
        let inScope = columns.filter { words.contains($0.key) }.flatMap(\.value)
        return Array(Set(inScope)).sorted() + functions + Self.words + sources
    }

    private func choose(_ word: String, from candidates: [String]) -> Completion {
        var seen: Set<String> = []
        let fitting = candidates.filter { $0.lowercased().hasPrefix(word.lowercased()) && seen.insert($0).inserted }
        guard let first = fitting.first else { return Completion() }
        let size = word.utf8.count
        guard fitting.count > 1 else { return Completion(removed: size, inserted: first) }
        let common = fitting.dropFirst().reduce(first) { Self.commonStart($0, $1) }
        if common.count > word.count { return Completion(removed: size, inserted: common) }
        var shown = Array(fitting.prefix(Self.maximumChoices))
        if fitting.count > shown.count { shown.append("… and \(fitting.count - shown.count) more") }
        return Completion(choices: shown)
    }

    private static func commonStart(_ left: String, _ right: String) -> String {
        let count = zip(left, right).prefix { $0.lowercased() == $1.lowercased() }.count
        return String(left.prefix(count))
    }
}

extension String {
    /// Without blanks and line ends around.
    fileprivate var trimmingCharacters: Substring {
        let head = drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return head[...last]
    }
}
