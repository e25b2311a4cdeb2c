public import Chronology
public import JSON
public import KQLValues

/// The arguments of one vectorised call.
public struct ScalarCall: Sendable {
    /// One column per argument: of `rowCount` rows, or of exactly one row when the argument is constant.
    public let arguments: [Column]
    /// Whether each argument is constant (and its column one row long).
    public let isConstant: [Bool]
    /// Number of rows of the result. When all arguments are constant this is 1.
    public let rowCount: Int
    /// The result type that the signature gave.
    public let resultType: KQLType
    /// What the query as a whole knows.
    public let context: EvaluationContext

    public init(
        arguments: [Column], isConstant: [Bool], rowCount: Int, resultType: KQLType, context: EvaluationContext
    ) {
        self.arguments = arguments
        self.isConstant = isConstant
        self.rowCount = rowCount
        self.resultType = resultType
        self.context = context
    }

    /// The row of an argument's column that belongs to a row of the result: always 0 for a constant argument.
    @inlinable
    public func row(_ row: Int, of argument: Int) -> Int {
        isConstant[argument] ? 0 : row
    }
}

/// What is the same for all calls of one query.
public struct EvaluationContext: Sendable {
    /// The instant that `now()` gives throughout the query.
    public let now: Instant
    /// The seed of `rand()` and its like.
    public let seed: UInt64
    /// Whether the query was cancelled; long loops ask now and then.
    public let isCancelled: @Sendable () -> Bool
    /// Where an IP address is: a bag of country, state, city, latitude and longitude; nil when unknown.
    public let location: @Sendable (String) -> JSON?

    public init(
        now: Instant, seed: UInt64, isCancelled: @escaping @Sendable () -> Bool = { false },
        location: @escaping @Sendable (String) -> JSON? = { _ in nil }
    ) {
        self.now = now
        self.seed = seed
        self.isCancelled = isCancelled
        self.location = location
    }
}
