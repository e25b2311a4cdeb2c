internal import KQLSyntax
internal import KQLValues

/// What can be told about a transformation from its text alone: whether it goes record by record, which names may be fields,
/// and which paths may be read as fields of their own.
struct TransformationText {
    static let sourceName = "source"

    let source: Source
    /// Errors of syntax, and operators that have no place in a transformation.
    let faults: [Diagnostic]
    /// The names that are read, which may be those of fields.
    private(set) var names: Set<String> = []
    private(set) var asksForTime = false
    private let tokens: [ClassifiedToken]
    /// Names that the text itself gives a value.
    private(set) var assigned: Set<String> = []
    /// Names of `let`, and those that `project-rename` gives: no field may have them.
    private(set) var defined: Set<String> = []
    private var isRenaming = false
    private var paths: [Path] = []

    private struct Path {
        var parts: [String]
        var span: Span
    }

    init(_ text: String) {
        source = Source(text)
        let tree = Parser.analyze(source)
        tokens = tree.tokens.filter { $0.role != .comment }
        let errors = tree.diagnostics.filter { $0.severity == .error }
        faults = errors.isEmpty ? TransformationText.faults(of: tree) : errors
        var isExpanding = false
        var depth = 0
        var place = 0
        while place < tokens.count {
            switch spelling(place) {
            case "|":
                isRenaming = stands("project-rename", at: place + 1)
                isExpanding = ["mv-expand", "mvexpand", "mv-apply"].contains { stands($0, at: place + 1) }
            case "(", "{": depth += 1
            case ")", "}": depth -= 1
            case "now", "ago": asksForTime = true
            default: break
            }
            place = takeName(at: place, isExpanding: isExpanding, depth: depth)
        }
    }

    // MARK: Operators

    private static func faults(of tree: SyntaxTree) -> [Diagnostic] {
        let pipelines = tree.query.statements.compactMap { statement -> TabularExpression? in
            if case .tabular(let pipeline) = statement { pipeline } else { nil }
        }
        guard let pipeline = pipelines.last, pipelines.count == 1 else {
            return [
                Diagnostic(
                    .transformationSource, "a transformation is one pipeline, which starts with 'source'",
                    at: pipelines.last?.span ?? .point(0))
            ]
        }
        guard case .name(let name) = pipeline.source, name.text == sourceName else {
            return [
                Diagnostic(
                    .transformationSource, "a transformation starts with 'source'", at: pipeline.source.span,
                    hint: "the records that came in are the rows of this table")
            ]
        }
        return pipeline.operators.filter { !goesRowByRow($0) }.map { step in
            Diagnostic(
                .transformationOperator, "this operator looks at several records at once, or at other tables",
                at: step.span,
                hint: "use where, extend, project and its relatives, parse, parse-kv, mv-expand and mv-apply")
        }
    }

    private static func goesRowByRow(_ step: TabularOperator) -> Bool {
        switch step {
        case .where, .extend, .project, .projectAway, .projectKeep, .projectRename, .projectReorder, .parse, .parseKV,
            .mvExpand, .mvApply:
            true
        default: false
        }
    }

    // MARK: Names

    private func spelling(_ place: Int) -> String {
        tokens.indices.contains(place) ? source.text(in: tokens[place].span) : ""
    }

    /// Whether a word, which may be of several tokens, starts at a place.
    private func stands(_ word: String, at place: Int) -> Bool {
        tokens.indices.contains(place) && source.bytes[tokens[place].span.lower...].starts(with: word.utf8)
    }

    private func isName(_ place: Int) -> Bool {
        guard tokens.indices.contains(place), tokens[place].role == .name || tokens[place].role == .table,
            let first = source.bytes[tokens[place].span.lower...].first
        else { return false }
        return first == 0x5F || (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first)
    }

    /// The text between `['` and `']` at a place.
    private func bracketed(_ place: Int) -> String? {
        guard spelling(place) == "[", spelling(place + 2) == "]" else { return nil }
        let text = spelling(place + 1)
        guard let quote = text.first, quote == "'" || quote == "\"", text.count >= 3, text.last == quote,
            !text.contains("\\")
        else { return nil }
        return String(text.dropFirst().dropLast())
    }

    /// Notes the name or path that starts at a place; gives the place after it.
    private mutating func takeName(at start: Int, isExpanding: Bool, depth: Int) -> Int {
        let before = spelling(start - 1)
        guard before != "." else { return start + 1 }
        var parts: [String]
        var place: Int
        if isName(start) {
            parts = [spelling(start)]
            place = start + 1
        } else if let name = bracketed(start), !isOperandEnd(start - 1) {
            parts = [name]
            place = start + 3
        } else {
            return start + 1
        }
        guard spelling(place) != "(" else { return place }
        while true {
            if spelling(place) == ".", isWord(place + 1), spelling(place + 2) != "(" {
                parts.append(spelling(place + 1))
                place += 2
            } else if let key = bracketed(place) {
                parts.append(key)
                place += 3
            } else {
                break
            }
        }
        note(parts, start..<place, isExpanding: isExpanding, depth: depth)
        return place
    }

    private mutating func note(_ parts: [String], _ places: Range<Int>, isExpanding: Bool, depth: Int) {
        let before = spelling(places.lowerBound - 1)
        let after = spelling(places.upperBound)
        let root = parts[0]
        if after == "=" || after == ":" || before == "let" {
            assigned.insert(root)
            if isRenaming || before == "let" { defined.insert(root) }
            return
        }
        names.insert(root)
        if isExpanding, parts.count == 1 { assigned.insert(root) }
        // A path that stands alone names a column of the result, so it must stay as it is; a name that does is kept whole.
        let opensItem = ["project", "extend", "expand", "apply", "keep", "away", ","].contains(before)
        let closesItem = [",", "|", "", "to", ";"].contains(after)
        if parts.count == 1, depth == 0, opensItem && closesItem { assigned.insert(root) }
        guard parts.count > 1, depth > 0 || !(opensItem && closesItem) else { return }
        let span = tokens[places.lowerBound].span.joined(with: tokens[places.upperBound - 1].span)
        paths.append(Path(parts: parts, span: span))
    }

    private func isWord(_ place: Int) -> Bool {
        guard tokens.indices.contains(place) else { return false }
        return spelling(place).utf8.allSatisfy {
            $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        }
    }

    private func isOperandEnd(_ place: Int) -> Bool {
        isName(place) || [")", "]"].contains(spelling(place))
    }

    // MARK: Preparing

    /// The text with paths into dynamic fields written as names of columns, and these columns.
    func preparedPaths(of schema: TableSchema) -> (text: String, columns: [ColumnSchema]) {
        let dynamic = Set(schema.columns.filter { $0.type == .dynamic }.map(\.name))
        var known = Set(schema.columns.map(\.name))
        var columns: [ColumnSchema] = []
        var text = source.bytes
        for path in paths.reversed() where dynamic.contains(path.parts[0]) && !assigned.contains(path.parts[0]) {
            let name = path.parts.joined(separator: ".")
            guard !name.contains(where: { "'\"\\".contains($0) }) else { continue }
            text.replaceSubrange(path.span.lower..<path.span.upper, with: Array("['\(name)']".utf8))
            if known.insert(name).inserted { columns.append(ColumnSchema(name, .dynamic)) }
        }
        return (String(decoding: text, as: UTF8.self), columns)
    }

    /// The text with the number of the record kept through every projection.
    static func carryingRecord(_ text: String) -> String {
        let tree = Parser.analyze(Source(text))
        var bytes = tree.source.bytes
        for statement in tree.query.statements {
            guard case .tabular(let pipeline) = statement else { continue }
            for step in pipeline.operators.reversed() {
                let end: Int? =
                    switch step {
                    case .project(let node): node.expressions.last?.span.upper
                    case .projectKeep(let node): node.columns.last?.span.upper
                    default: nil
                    }
                if let end { bytes.insert(contentsOf: ", \(Transformation.recordColumn)".utf8, at: end) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
