internal import KQLSyntax

extension SavedFunction {
    /// The function of a declaration as Log Analytics' saved searches hold it.
    ///
    /// Tables and functions that the body names need not be there yet.
    ///
    /// - Parameters:
    ///   - declared: `name: type = default, table: (column: type), …`; empty for none.
    ///   - body: KQL text: statements that end in a scalar or tabular expression.
    /// - Throws: `InvalidQuery` over `declared` or `body`, whichever does not parse.
    public init(name: String, declared: String, body: String) throws(InvalidQuery) {
        let heading = try Self.declaration("let saved = (", declared, ") { 1 };", "is no list of parameters")
        _ = try Self.declaration("let saved = () {\n", body, "\n};", "is more than the body of a function")
        let source = Source("let saved = (" + declared)
        let parameters = heading.parameters.map { parameter in
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

    /// The one function that a part makes with what stands around it; errors lie in the part.
    private static func declaration(
        _ before: String, _ part: String, _ after: String, _ fault: String
    ) throws(InvalidQuery) -> FunctionDeclaration {
        let parsed = Parser.parse(before + part + after)
        let source = Source(part)
        var errors = parsed.diagnostics.filter { $0.severity == .error }.map { error in
            var error = error
            let start = before.utf8.count
            error.span = Span(
                min(max(0, error.span.lower - start), source.bytes.count),
                min(max(0, error.span.upper - start), source.bytes.count))
            return error
        }
        if errors.isEmpty, parsed.query.statements.count == 1,
            case .let(let statement)? = parsed.query.statements.first,
            case .function(let declaration) = statement.value
        {
            return declaration
        }
        if errors.isEmpty { errors = [Diagnostic(.function, "this \(fault)", at: Span(0, source.bytes.count))] }
        throw InvalidQuery(diagnostics: errors, source: source)
    }
}
