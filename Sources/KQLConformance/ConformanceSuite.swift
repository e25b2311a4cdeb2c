public import Chronology
import JSON
public import KQL
public import KQLFunctions
import KQLSyntax
import KQLValues

/// Runs the cases of a corpus file against the engine.
public struct ConformanceSuite: Sendable {
    let environment: QueryEnvironment
    let now: Instant
    let clock: @Sendable () -> Double
    let limits: ExecutionLimits

    /// `clock` gives seconds since any fixed moment; `limits` hold for each case by itself.
    public init(
        tables: FixedTableCatalog = FixedTableCatalog([:]), functions: [String: SavedFunction] = [:],
        catalogue: FunctionCatalogue = .standard,
        limits: ExecutionLimits = ExecutionLimits(rows: 6_000_000, bytes: 1 << 30, seconds: 60), now: Instant,
        clock: @escaping @Sendable () -> Double
    ) {
        self.limits = limits

        environment = QueryEnvironment(catalogue: catalogue, tables: tables, functions: functions)
        self.now = now
        self.clock = clock
    }

    /// Runs all cases of a file of JSON lines.
    public func run(_ text: String) -> ConformanceReport {
        var report = ConformanceReport()
        for (number, line) in text.split(separator: "\n").enumerated() {
            guard let json = try? JSON(parsing: String(line)) else {  // Reported as such.
                report.fail("line \(number + 1)", .unreadable, String(line.prefix(200)))
                continue
            }
            run(ConformanceCase(json), into: &report)
        }
        return report
    }

    private func run(_ test: ConformanceCase, into report: inout ConformanceReport) {
        if let reason = test.skipReason { return report.skip(reason) }
        let options = CompileOptions(now: now, seed: 42, isLenient: true, isFunctionBody: test.isFunctionBody)
        do {
            if case .bindingOnly = test.convention { return try bindAndRun(test, options, into: &report) }
            let result = try KQLEngine.run(
                test.query, environment: environment, options: options, tables: EmptyTables(),
                limits: limits, clock: clock)
            compare(result.table, with: test, into: &report)
        } catch let error as InvalidQuery {
            let errors = error.diagnostics.filter { $0.severity == .error }
            let parses = !errors.contains { $0.code.rawValue.hasPrefix("syntax.") }
            if case .bindingOnly = test.convention, parses { report.reach(.parsed) }
            report.fail(
                test.id, parses ? .binding : .parsing,
                errors.map { $0.rendered(in: error.source) }.joined(separator: "\n"))
        } catch {
            fail(test, running: error, into: &report)
        }
    }

    /// Binds a query without expected rows and runs it over empty tables.
    private func bindAndRun(
        _ test: ConformanceCase, _ options: CompileOptions, into report: inout ConformanceReport
    ) throws {
        let compiled = try KQLEngine.compile(test.query, environment: environment, options: options)
        let context = EvaluationContext(now: options.now, seed: options.seed, isCancelled: options.isCancelled)
        let executor = Executor(source: EmptyTables(), context: context, limits: limits, clock: clock)
        for result in compiled.results { _ = try executor.run(result.plan) }
        report.reach(.parsed)
        report.reach(.bound)
        report.reach(.run)
        report.pass()
    }

    /// A query without expected rows that would read from the outside world has passed when it is bound.
    private func fail(_ test: ConformanceCase, running error: any Error, into report: inout ConformanceReport) {
        guard case .bindingOnly = test.convention else { return report.fail(test.id, .execution, "\(error)") }
        report.reach(.parsed)
        report.reach(.bound)
        guard let error = error as? ExecutionError, error.code == .notAllowed else {
            return report.fail(test.id, .execution, "\(error)")
        }
        report.reach(.closed)
        report.pass()
    }

    private func compare(_ table: Table, with test: ConformanceCase, into report: inout ConformanceReport) {
        guard test.isDeterministic else { return report.pass() }
        if case .printed(let mode, let match, let text) = test.convention {
            let printed = PrintedComparison(mode: mode, match: match, expected: text, isOrdered: test.isOrdered)
            if let difference = printed.difference(table) {
                report.fail(test.id, .rows, difference)
            } else {
                report.pass()
            }
            return
        }
        if let (reason, difference) = TableComparison(test).difference(table) {
            report.fail(test.id, reason, difference)
        } else {
            report.pass()
        }
    }
}

/// Corpus queries bring their data along; tables of the schemas have no rows.
private struct EmptyTables: TableSource {
    func read(_ request: ScanRequest) throws -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}
