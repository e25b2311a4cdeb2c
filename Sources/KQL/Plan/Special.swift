public import KQLValues

/// `evaluate plugin(…)`.
public struct PluginCall: Sendable {
    public var input: Plan
    public let name: String
    public var arguments: [PluginArgument]
    public let schema: TableSchema

    public init(input: Plan, name: String, arguments: [PluginArgument], schema: TableSchema) {
        self.input = input
        self.name = name
        self.arguments = arguments
        self.schema = schema
    }
}

/// An argument of a plugin.
public enum PluginArgument: Sendable {
    /// Over the input's columns; constants included. The label is what was written before `=`.
    case scalar(label: String?, NamedExpression)
    case table(Plan)
    case aggregate(BoundAggregate)
    /// `*`.
    case wildcard
}

/// `scan`: walks over ordered rows and keeps a state per step.
public struct ScanSteps: Sendable {
    public var input: Plan
    /// The declared variables; their columns come after the input's.
    public let declared: [NamedExpression]
    public let steps: [Step]
    /// The position of the column for the match number, when asked for.
    public let matchColumn: Int?
    public let schema: TableSchema

    public init(input: Plan, declared: [NamedExpression], steps: [Step], matchColumn: Int?, schema: TableSchema) {
        self.input = input
        self.declared = declared
        self.steps = steps
        self.matchColumn = matchColumn
        self.schema = schema
    }

    /// One step. Its expressions are over the input's columns, then, step by step, the input's and declared columns
    /// of that step's state.
    public struct Step: Sendable {
        public let name: String
        public let isOptional: Bool
        /// `output=none`, `last`, or all.
        public let output: Output
        public let condition: BoundExpression
        /// New values for columns of the state: the input's, then the declared ones.
        public let assignments: [(column: Int, value: BoundExpression)]

        public init(
            name: String, isOptional: Bool, output: Output, condition: BoundExpression,
            assignments: [(column: Int, value: BoundExpression)]
        ) {
            self.name = name
            self.isOptional = isOptional
            self.output = output
            self.condition = condition
            self.assignments = assignments
        }
    }

    public enum Output: Sendable { case all, last, none }
}

/// `reduce by`: groups strings by their likeness.
public struct Reduce: Sendable {
    public var input: Plan
    /// Of type string.
    public var source: BoundExpression
    public let threshold: Double
    public let characters: String
    public let schema: TableSchema

    public init(input: Plan, source: BoundExpression, threshold: Double, characters: String, schema: TableSchema) {
        self.input = input
        self.source = source
        self.threshold = threshold
        self.characters = characters
        self.schema = schema
    }
}
