import KQLFunctions
import KQLSyntax

extension KQLEngine {
    /// Parses and binds a text that may be unfinished, and tells the columns in scope at each place.
    ///
    /// Never throws: what cannot be understood is in the diagnostics, and columns are known up to there. After an
    /// operator with an error the columns count as open, so that one mistake is told once.
    public static func analyze(
        _ text: String, environment: QueryEnvironment, options: CompileOptions
    ) -> QueryAnalysis {
        let tree = Parser.analyze(Source(text))
        let recorder = AnalysisRecorder()
        let binder = Binder(environment: environment, options: options, probe: nil, recorder: recorder)
        let results = binder.bindQuery(tree.query)
        let seen = Set(tree.diagnostics)
        var diagnostics = tree.diagnostics
        for diagnostic in binder.diagnostics where !seen.contains(diagnostic) {
            // Where the parser has complained already, the binder's complaint is a consequence.
            if diagnostic.severity == .error, tree.diagnostics.contains(where: { $0.span.overlaps(diagnostic.span) }) {
                continue
            }
            if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
        }
        diagnostics.sort { ($0.span.lower, $0.span.upper) < ($1.span.lower, $1.span.upper) }
        return QueryAnalysis(
            tree: tree, diagnostics: diagnostics,
            results: results.map { TableShape(schema: $0.plan.schema, isOpen: $0.isOpen) },
            steps: recorder.steps(in: tree), definitions: recorder.definitions(in: tree))
    }
}

extension Span {
    fileprivate func overlaps(_ other: Span) -> Bool { lower <= other.upper && other.lower <= upper }
}
