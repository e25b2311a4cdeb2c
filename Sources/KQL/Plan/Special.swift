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
        /// Values for the declared variables.
        public let assignments: [(declared: Int, value: BoundExpression)]

        public init(
            name: String, isOptional: Bool, output: Output, condition: BoundExpression,
            assignments: [(declared: Int, value: BoundExpression)]
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

/// `make-graph … | graph-match …`: finds paths of a pattern in the graph that edges (and nodes) make.
public struct GraphMatch: Sendable {
    public var edges: Plan
    public var source: BoundExpression
    public var target: BoundExpression
    public var nodes: Plan?
    public var nodeKey: BoundExpression?
    public let patterns: [[Element]]
    /// How often an element may occur in one match.
    public let cycles: Cycles
    /// Over the columns of the matched elements, in order of `elements`.
    public let predicate: BoundExpression?
    public let outputs: [NamedExpression]

    public init(
        edges: Plan, source: BoundExpression, target: BoundExpression, nodes: Plan?, nodeKey: BoundExpression?,
        patterns: [[Element]], cycles: Cycles, predicate: BoundExpression?, outputs: [NamedExpression]
    ) {
        self.edges = edges
        self.source = source
        self.target = target
        self.nodes = nodes
        self.nodeKey = nodeKey
        self.patterns = patterns
        self.cycles = cycles
        self.predicate = predicate
        self.outputs = outputs
    }

    public var schema: TableSchema { TableSchema(outputs.map(\.column)) }

    /// A node or an edge of a pattern.
    public enum Element: Sendable, Hashable {
        case node(String)
        case edge(String, Direction, minimum: Int, maximum: Int)
    }

    public enum Direction: Sendable { case forward, backward, any }
    public enum Cycles: Sendable { case all, uniqueEdges, none }
}
