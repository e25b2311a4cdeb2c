// The graph operators.

/// `make-graph source --> target with nodes on id, …`
public struct MakeGraphOperator: Hashable, Sendable {
    public struct NodeTable: Hashable, Sendable {
        public var table: TabularExpression
        public var id: Name
        public var span: Span
    }
    public var parameters: [OperatorParameter]
    public var source: Name
    public var target: Name
    /// True for `-->`, false for `--`.
    public var isDirected: Bool
    public var nodeTables: [NodeTable]
    /// `with_node_id = name`
    public var nodeId: Name?
    /// `partitioned-by column (subquery)`
    public var partition: GraphPartition?
    public var span: Span
}

/// `partitioned-by column (subquery)` of make-graph.
public struct GraphPartition: Hashable, Sendable {
    public var column: Name
    public var subquery: TabularExpression
    public var span: Span
}

/// `graph-match cycles=… (a)-[e]->(b), … where … project …`, and `graph-shortest-paths`.
public struct GraphMatchOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var patterns: [GraphPattern]
    public var predicate: Expression?
    public var projection: [NamedExpression]?
    public var span: Span
}

/// A path pattern: nodes and edges in turn, beginning and ending with a node.
public struct GraphPattern: Hashable, Sendable {
    public enum Direction: Hashable, Sendable {
        case forward, backward, either
    }
    public enum Element: Hashable, Sendable {
        /// `(name)`, `()`
        case node(Name?, Span)
        case edge(Edge)
    }
    /// `-[e*1..3]->`, `-->`, `<-[e]-`, `--`
    public struct Edge: Hashable, Sendable {
        public var name: Name?
        public var direction: Direction
        /// `*low..high`
        public var range: Range?
        public var span: Span
    }
    public struct Range: Hashable, Sendable {
        public var low: Expression
        public var high: Expression
        public var span: Span
    }
    public var elements: [Element]
    public var span: Span
}

/// `graph-to-table nodes as N with_node_id=i, edges as E with_source_id=s with_target_id=t`
public struct GraphToTableOperator: Hashable, Sendable {
    public struct Output: Hashable, Sendable {
        public enum Part: String, Hashable, Sendable {
            case nodes, edges
        }
        public var part: Part
        public var alias: Name?
        public var parameters: [OperatorParameter]
        public var span: Span
    }
    public var outputs: [Output]
    public var span: Span
}

/// `graph-mark-components kind=weak with_component_id=c`
public struct GraphMarkComponentsOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var span: Span
}

/// `graph-where-nodes predicate`, `graph-where-edges predicate`
public struct GraphWhereOperator: Hashable, Sendable {
    public enum Part: String, Hashable, Sendable {
        case nodes, edges
    }
    public var part: Part
    public var predicate: Expression
    public var span: Span
}
