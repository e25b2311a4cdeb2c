public import KQLValues

/// A graph that `make-graph` makes of a table of edges and, if given, tables of nodes.
public struct GraphSource: Sendable {
    public var edges: Plan
    /// The edge columns that hold the ids of an edge's nodes.
    public let source: Int
    public let target: Int
    public var nodeTables: [NodeTable]
    /// The columns of a node as queries see them.
    public let nodeColumns: [ColumnSchema]
    /// The columns of `nodeColumns` that hold the node's id.
    public let keyColumns: [Int]
    /// Set by `graph-mark-components`: the last column of `nodeColumns` then numbers the components.
    public let components: Components?

    public init(
        edges: Plan, source: Int, target: Int, nodeTables: [NodeTable], nodeColumns: [ColumnSchema],
        keyColumns: [Int], components: Components?
    ) {
        self.edges = edges
        self.source = source
        self.target = target
        self.nodeTables = nodeTables
        self.nodeColumns = nodeColumns
        self.keyColumns = keyColumns
        self.components = components
    }

    /// A table of nodes and the position of its id.
    public struct NodeTable: Sendable {
        public var plan: Plan
        public let key: Int

        public init(plan: Plan, key: Int) {
            self.plan = plan
            self.key = key
        }
    }

    /// How nodes are gathered into components.
    public enum Components: Sendable { case weak, strong }

    /// What expressions over a node see: its columns, then its id and its numbers of edges in and out.
    public var nodeSchema: TableSchema {
        let key = edges.schema.columns[source].type
        return TableSchema(
            nodeColumns + [
                ColumnSchema("$id", key), ColumnSchema("$degree_in", .long), ColumnSchema("$degree_out", .long),
            ])
    }
}

/// A table taken out of a graph.
public struct GraphQuery: Sendable {
    public var graph: GraphSource
    public let form: Form

    public init(graph: GraphSource, form: Form) {
        self.graph = graph
        self.form = form
    }

    public enum Form: Sendable {
        case nodes, edges
        case match(GraphMatch)
    }

    public var schema: TableSchema {
        switch form {
        case .nodes: TableSchema(graph.nodeColumns)
        case .edges: graph.edges.schema
        case .match(let match): TableSchema(match.outputs.map(\.column))
        }
    }
}

/// `graph-match` and `graph-shortest-paths`: the paths that fit a pattern.
///
/// The expressions are over the columns of the node variables, of the edge variables that are no paths, then of the
/// derived values.
public struct GraphMatch: Sendable {
    public let steps: [Step]
    public let nodeCount: Int
    /// Per edge variable, whether it stands for a path.
    public let isPath: [Bool]
    public let cycles: Cycles
    /// Whether only one shortest path per pair of ends counts.
    public let isShortest: Bool
    public let derived: [Derived]
    public let predicate: BoundExpression?
    public let outputs: [NamedExpression]

    public init(
        steps: [Step], nodeCount: Int, isPath: [Bool], cycles: Cycles, isShortest: Bool, derived: [Derived],
        predicate: BoundExpression?, outputs: [NamedExpression]
    ) {
        self.steps = steps
        self.nodeCount = nodeCount
        self.isPath = isPath
        self.cycles = cycles
        self.isShortest = isShortest
        self.derived = derived
        self.predicate = predicate
        self.outputs = outputs
    }

    /// A move of the search.
    public enum Step: Sendable, Hashable {
        /// A pattern begins at this node variable.
        case start(node: Int)
        /// From the last node over an edge, or `minimum` to `maximum` edges, to a node variable.
        case hop(edge: Int, node: Int, direction: Direction, minimum: Int, maximum: Int)
    }

    public enum Direction: Sendable { case forward, backward, any }

    /// What may repeat in a match.
    public enum Cycles: Sendable { case all, uniqueEdges, none }

    /// A value computed for each match.
    public enum Derived: Sendable {
        case node(Int)
        case edge(Int)
        /// An expression for each edge of a path, or for each node between its edges.
        case path(edge: Int, overNodes: Bool, Reduction, BoundExpression?)

        public var type: KQLType {
            switch self {
            case .path(_, _, .all, _), .path(_, _, .any, _): .bool
            default: .dynamic
            }
        }
    }

    /// What becomes of the values along a path.
    public enum Reduction: Sendable { case array, all, any }
}
