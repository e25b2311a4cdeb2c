import KQLFunctions
public import KQLSyntax
import KQLValues

/// Gives names and types to a syntax tree and makes a plan of it. One binder binds one query.
///
/// The first error of a statement ends that statement; it is thrown as a `Diagnostic`.
final class Binder {
    let environment: QueryEnvironment
    let options: CompileOptions
    let context: EvaluationContext
    /// Runs a plan while binding, for operators whose columns depend on data; nil when only checking.
    let probe: PlanProbe?
    private(set) var diagnostics: [Diagnostic] = []
    private var lastID = 0
    private var depth = 0
    /// The saved functions and user functions that are being expanded, outermost first.
    var expansions: [String] = []
    /// Above zero inside the bodies of saved functions, whose spans point into other texts.
    var savedDepth = 0
    /// The outermost call of a saved function that is being expanded.
    var savedCall: (name: String, span: Span)?
    /// Above zero where tables are read whole, whatever the query's range of time.
    var timelessDepth = 0
    /// What `set` statements gave.
    var settings: [String: BoundExpression] = [:]
    /// Saved functions that were parsed already.
    var parsedFunctions: [String: UserFunction] = [:]
    /// Zero-argument tabular functions and the sizes of plans are bounded by this count of bound operators.
    private var operatorCount = 0

    static let maximumDepth = 300
    static let maximumOperators = 400_000
    static let maximumExpansions = 40

    /// Notes columns and names for editors; with it, binding goes on after an error.
    let recorder: AnalysisRecorder?
    /// Above zero inside `attempt`.
    private var attempts = 0

    init(
        environment: QueryEnvironment, options: CompileOptions, probe: PlanProbe?, recorder: AnalysisRecorder? = nil
    ) {
        self.recorder = recorder
        self.environment = environment
        self.options = options
        self.probe = probe
        context = EvaluationContext(now: options.now, seed: options.seed, isCancelled: options.isCancelled)
    }

    /// A number that no other part of this query has.
    func newID() -> Int {
        lastID += 1
        return lastID
    }

    /// Notes a warning; warnings inside saved functions have no place in the query's text and are dropped.
    func warn(
        _ code: Diagnostic.Code, _ message: String, at span: Span, hint: String? = nil, replacement: String? = nil
    ) {
        guard diagnostics.count < 200, savedDepth == 0 else { return }
        diagnostics.append(
            Diagnostic(code, message, at: span, severity: .warning, hint: hint, replacement: replacement))
    }

    func report(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    /// Reports an error and lets binding go on, when the binder works for an editor; else throws it.
    func recover(from diagnostic: Diagnostic) throws(Diagnostic) {
        guard let recorder, recorder.isActive, attempts == 0 else { throw diagnostic }
        if diagnostics.count < 200 { report(diagnostic) }
    }

    /// Binds what may fail without being wrong: the first error is thrown always.
    func attempt<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
        attempts += 1
        defer { attempts -= 1 }
        return try body()
    }

    /// Binds something for what it records alone; what it reports is dropped.
    func silently(_ body: () throws(Diagnostic) -> Void) {
        let reported = diagnostics.count
        // The same text is bound again, and its errors told, where it is used.
        do { try body() } catch {}
        diagnostics.removeSubrange(min(reported, diagnostics.count)...)
    }

    /// Runs `body` one level deeper and refuses what is nested too deeply.
    func nested<Result>(at span: Span, _ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
        depth += 1
        defer { depth -= 1 }
        if depth > Binder.maximumDepth {
            throw Diagnostic(.tooComplex, "this is nested too deeply", at: span, hint: "split it with let")
        }
        return try body()
    }

    /// Counts the operators of the whole query, expanded functions included.
    func countOperator(at span: Span) throws(Diagnostic) {
        operatorCount += 1
        if operatorCount > Binder.maximumOperators { throw tooManyOperators(at: span) }
        if operatorCount % 1024 == 0, options.isCancelled() {
            throw Diagnostic(.tooComplex, "the query was stopped while its functions were expanded", at: span)
        }
    }

    func tooManyOperators(at span: Span) -> Diagnostic {
        Diagnostic(
            .tooComplex, "with its functions expanded, the query has more than \(Binder.maximumOperators) operators",
            at: span, hint: "use materialize() for what is used several times")
    }

    /// An operator or function that the engine itself needs.
    func builtin(_ name: String, at span: Span) throws(Diagnostic) -> ScalarFunction {
        if let function = environment.catalogue.scalar(name) { return function }
        if name == dynamicAccess.name { return dynamicAccess }
        throw Diagnostic(.unknownFunction, "'\(name)' is not known", at: span)
    }
}

extension Diagnostic.Code {
    /// A name that stands where a table must, and is none.
    public static let unknownTable = Self(rawValue: "bind.unknown-table")
    static let unknownName = Self(rawValue: "bind.unknown-name")
    public static let unknownFunction = Self(rawValue: "bind.unknown-function")
    static let wrongArguments = Self(rawValue: "bind.wrong-arguments")
    static let wrongType = Self(rawValue: "bind.wrong-type")
    static let notConstant = Self(rawValue: "bind.not-constant")
    static let notSupported = Self(rawValue: "bind.not-supported")
    static let tooComplex = Self(rawValue: "bind.too-complex")
    static let recursion = Self(rawValue: "bind.recursion")
    static let misplaced = Self(rawValue: "bind.misplaced")
    static let duplicate = Self(rawValue: "bind.duplicate")
    static let function = Self(rawValue: "bind.in-function")
    static let schemaMismatch = Self(rawValue: "bind.schema-mismatch")
}
