public import KQLValues

/// Checks and runs the queries of rules; implemented over the query engine and the event store.
public protocol RuleQueries: Sendable {
    /// What is wrong with a query, without running it.
    func check(_ query: String) -> QueryCheck

    /// Runs a query over a window; its `now()` is the window's nominal time.
    func run(_ query: String, _ run: RuleSchedule.Run) async throws(RuleQueryError) -> RuleQueryResult
}

/// What checking a query told.
public struct QueryCheck: Sendable {
    public struct Fault: Sendable, Hashable {
        /// False: a warning.
        public var isError: Bool
        public var message: String
        /// Within the query, counted from 1.
        public var line: Int
        public var column: Int

        public init(isError: Bool, message: String, line: Int, column: Int) {
            self.isError = isError
            self.message = message
            self.line = line
            self.column = column
        }
    }

    public var faults: [Fault]
    /// The result's columns; nil when the query cannot be bound.
    public var columns: [String]?

    public init(faults: [Fault], columns: [String]?) {
        self.faults = faults
        self.columns = columns
    }
}

/// What a rule's query gave.
public struct RuleQueryResult: Sendable {
    public var rows: Table
    /// The stored tables that were read.
    public var tables: [String]
    /// How the rows of its look-back were come by.
    public var reading: LookBackReading

    public init(rows: Table, tables: [String] = [], reading: LookBackReading = .whole(.onlyWay)) {
        self.rows = rows
        self.tables = tables
        self.reading = reading
    }

    /// How much of its look-back was read; nil: all of it.
    public var slices: SliceTally? {
        if case .slices(let tally) = reading { tally } else { nil }
    }
}

/// Why a rule's query failed.
public struct RuleQueryError: Error, Sendable, Hashable {
    /// A stable short code; failures with the same code count as the same kind.
    public var code: String
    public var message: String
    /// It will fail again until somebody changes something: a table is gone, a function is invalid.
    public var isPermanent: Bool

    public init(code: String, message: String, isPermanent: Bool) {
        self.code = code
        self.message = message
        self.isPermanent = isPermanent
    }
}
