public import Chronology

/// How a query is compiled.
public struct CompileOptions: Sendable {
    /// What `now()` gives.
    public var now: Instant
    /// The seed of `rand()`, `sample` and their like.
    public var seed: UInt64
    /// Accepts what the language refuses but whose meaning is plain, and tells less.
    public var isLenient: Bool
    /// Takes unknown names for parameters without a value: the text is the body of a function.
    public var isFunctionBody: Bool
    /// Leaves `now()` and `ago()` to the run, so that one plan can be run at any instant.
    public var keepsNow = false
    /// The rewriting rules that are applied.
    public var rules: [RewriteRule]
    public var isCancelled: @Sendable () -> Bool
    /// Told of each operator when it finishes, for progress.
    public var onStage: @Sendable (StageStatistics) -> Void = { _ in }

    public init(
        now: Instant, seed: UInt64 = 0, isLenient: Bool = false, isFunctionBody: Bool = false,
        rules: [RewriteRule] = RewriteRule.allCases,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.now = now
        self.seed = seed
        self.isLenient = isLenient
        self.isFunctionBody = isFunctionBody
        self.rules = rules
        self.isCancelled = isCancelled
    }
}
