internal import KQLSyntax

/// A function's declaration that does not parse.
public struct InvalidDeclaration: Error, Sendable, CustomStringConvertible {
    /// The texts that a saved search keeps.
    public enum Part: Sendable, Hashable {
        case parameters, body
    }

    public let part: Part
    /// What is wrong, over the part.
    public let query: InvalidQuery

    public var description: String { query.description }
}

extension SavedFunction {
    /// The function of a declaration as Log Analytics' saved searches hold it.
    ///
    /// Tables and functions that the body names need not be there yet.
    ///
    /// - Parameters:
    ///   - declared: `name: type = default, table: (column: type), …`; empty for none.
    ///   - body: KQL text: statements that end in a scalar or tabular expression.
    public init(name: String, declared: String, body: String) throws(InvalidDeclaration) {
        let heading = SavedFunctionText(parameters: declared, body: "1")
        let declaration = try heading.declaration(blaming: .parameters, "is no list of parameters")
        _ = try SavedFunctionText(parameters: "", body: body)
            .declaration(blaming: .body, "is more than the body of a function")
        let source = Source(heading.text)
        let parameters = declaration.parameters.map { parameter in
            let type =
                switch parameter.kind {
                case .scalar(let type): source.text(in: type.span)
                case .tabular(let schema): source.text(in: schema.span)
                }
            return Parameter(
                name: parameter.name.text, type: type,
                defaultValue: parameter.defaultValue.map { source.text(in: $0.span) })
        }
        self.init(name: name, parameters: parameters, body: body)
    }
}

/// A saved function as a statement: `let saved = (parameters) { body };`.
struct SavedFunctionText {
    let text: String
    private let parameters: String
    private let body: String

    private static let head = "let saved = ("
    private static let middle = ") {\n"

    init(parameters: String, body: String) {
        self.parameters = parameters
        self.body = body
        text = Self.head + parameters + Self.middle + body + "\n};"
    }

    init(_ saved: SavedFunction) {
        let parameters = saved.parameters.map { parameter in
            let value = parameter.defaultValue.map { " = " + parameter.literalDefault($0) } ?? ""
            return "['\(parameter.name)']: \(parameter.type)\(value)"
        }
        self.init(parameters: parameters.joined(separator: ", "), body: saved.body)
    }

    /// The one function that the text makes, or what is wrong with it; no errors and no function: it makes something else.
    func parsed() -> (declaration: FunctionDeclaration?, errors: [Diagnostic]) {
        let parsed = Parser.parse(text)
        let errors = parsed.diagnostics.filter { $0.severity == .error }
        guard errors.isEmpty, parsed.query.statements.count == 1,
            case .let(let statement)? = parsed.query.statements.first,
            case .function(let declaration) = statement.value
        else { return (nil, errors) }
        return (declaration, errors)
    }

    /// The one function that the text makes; what is wrong is said over the part, the other being sound.
    fileprivate func declaration(
        blaming part: InvalidDeclaration.Part, _ fault: String
    ) throws(InvalidDeclaration) -> FunctionDeclaration {
        let (declaration, errors) = parsed()
        if let declaration { return declaration }
        let source = Source(part == .parameters ? parameters : body)
        let before = Self.head.utf8.count + (part == .parameters ? 0 : parameters.utf8.count + Self.middle.utf8.count)
        var placed = errors.map { error in
            var error = error
            error.span = Span(
                min(max(0, error.span.lower - before), source.bytes.count),
                min(max(0, error.span.upper - before), source.bytes.count))
            return error
        }
        if placed.isEmpty { placed = [Diagnostic(.function, "this \(fault)", at: Span(0, source.bytes.count))] }
        throw InvalidDeclaration(part: part, query: InvalidQuery(diagnostics: placed, source: source))
    }
}

extension SavedFunction.Parameter {
    /// The default as KQL text.
    fileprivate func literalDefault(_ text: String) -> String {
        guard type == "string", !text.hasPrefix("'"), !text.hasPrefix("\""), !text.hasPrefix("@") else { return text }
        return KQLText.literal(text)
    }
}
