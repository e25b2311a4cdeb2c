internal import Chronology
public import KQL
internal import KQLFunctions
internal import KQLSyntax
internal import KQLValues

extension QueryCheck {
    /// Binds a rule's query and runs it over empty tables.
    ///
    /// A table or tabular function that is not known counts as empty, since a connector or a parser may bring it later; it
    /// is told of as a warning. Files elsewhere (`externaldata`) are not fetched.
    public init(_ query: String, environment: QueryEnvironment) {
        var trial = QueryTrial(query: query, environment: environment)
        self = trial.run()
    }
}

/// One query on trial.
private struct QueryTrial {
    let query: String
    var environment: QueryEnvironment
    private var assumed: [QueryCheck.Fault] = []

    private static let mostAssumptions = 40
    private static let limits = ExecutionLimits(rows: 100_000, bytes: 256 << 20, seconds: 20)

    init(query: String, environment: QueryEnvironment) {
        self.query = query
        self.environment = environment
        self.environment.external = EmptyFiles()
    }

    mutating func run() -> QueryCheck {
        var first: QueryCheck?
        while true {
            do {
                return try attempt()
            } catch let error as InvalidQuery {
                let failure = QueryCheck(faults: assumed + Self.faults(error.diagnostics, error.source), columns: nil)
                if first == nil { first = failure }
                guard assumeEmpty(after: error) else { return first ?? failure }
                // What remains after an assumption is told in place of what was before it.
                if error.diagnostics.allSatisfy({ $0.severity != .error || Self.namesTable($0) }) { first = nil }
            } catch {
                let message = (error as? ExecutionError)?.message ?? "\(error)"
                return QueryCheck(
                    faults: assumed
                        + [
                            .init(
                                isError: true, message: "over empty tables the query fails: \(message)", line: 1,
                                column: 1)
                        ],
                    columns: nil)
            }
        }
    }

    private func attempt() throws -> QueryCheck {
        let options = CompileOptions(now: .unixEpoch, isLenient: true)
        let compiled = try KQLEngine.compile(query, environment: environment, options: options)
        let start = ContinuousClock.now
        _ = try KQLEngine.run(
            query, environment: environment, options: options, tables: EmptyTables(), limits: Self.limits,
            clock: { (ContinuousClock.now - start) / .seconds(1) })
        return QueryCheck(
            faults: assumed + Self.faults(compiled.diagnostics, compiled.source),
            columns: compiled.primary.isOpen ? nil : compiled.schema.columns.map(\.name))
    }

    /// Takes the first unknown table for an empty one; false when there is none.
    private mutating func assumeEmpty(after error: InvalidQuery) -> Bool {
        guard assumed.count < Self.mostAssumptions,
            let diagnostic = error.diagnostics.first(where: { $0.severity == .error && Self.namesTable($0) })
        else { return false }
        let name = error.source.text(in: diagnostic.span).prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        guard !name.isEmpty, environment.functions[String(name)] == nil else { return false }
        environment.functions[String(name)] = SavedFunction(
            name: String(name), body: "", declaredSchema: TableSchema([]))
        let place = error.source.location(at: diagnostic.span.lower)
        let hint = diagnostic.hint.map { "; \($0)" } ?? ""
        assumed.append(
            QueryCheck.Fault(
                isError: false,
                message:
                    "there is no table or function '\(name)' yet; it counts as empty until a connector or a parser "
                    + "brings it\(hint)", line: place.line, column: place.column))
        return true
    }

    private static func namesTable(_ diagnostic: Diagnostic) -> Bool {
        diagnostic.code == .unknownTable || diagnostic.code == .unknownFunction
    }

    private static func faults(_ diagnostics: [Diagnostic], _ source: Source) -> [QueryCheck.Fault] {
        diagnostics.filter { $0.severity != .information }.map { diagnostic in
            let place = source.location(at: diagnostic.span.lower)
            let hint = diagnostic.hint.map { "; \($0)" } ?? ""
            return QueryCheck.Fault(
                isError: diagnostic.severity == .error, message: diagnostic.message + hint, line: place.line,
                column: place.column)
        }
    }
}

/// Tables without rows.
private struct EmptyTables: TableSource {
    func read(_ request: ScanRequest) -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) -> Table { Table(empty: query.schema) }
}

/// Files elsewhere, all of them empty.
private struct EmptyFiles: ExternalSource {
    func send(
        _ request: ExternalRequest, isCancelled: @escaping @Sendable () -> Bool
    ) throws(ExecutionError) -> ExternalAnswer {
        ExternalAnswer(status: 200, body: [])
    }
}
