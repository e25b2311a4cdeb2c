import KQLSyntax
import KQLValues

/// What a name stands for.
enum Binding {
    /// A scalar; `row` is the row context whose columns it refers to, nil when it is constant.
    case scalar(BoundExpression, row: Int?)
    case table(Relation)
    case function(UserFunction)
    /// A pattern: tables by constant arguments.
    case pattern(PatternStatement, Scope)
    /// A graph made by `make-graph`.
    case graph(GraphSource)
    /// A group of clusters or databases, for `macro-expand`.
    case entityGroup([Expression])
    /// The cluster or database that stands in the body of `macro-expand`.
    case entity(MacroEntity)
}

/// A bound pipeline.
struct Relation {
    var plan: Plan
    /// Whether there may be more columns than the schema says: the data is needed to know.
    var isOpen = false
    /// What the rows have beyond the schema without saying so.
    var hidden = HiddenColumns.none
    var visualization: Visualization?
    /// What `withsource` shows.
    var name: String?
    /// The further results of a `fork` or `facet`.
    var siblings: [Relation] = []

    var schema: TableSchema { plan.schema }

    /// No rows, of any columns.
    static var unknown: Relation { Relation(plan: .values(Table(empty: TableSchema([]))), isOpen: true) }
}

/// A function written in KQL, with the names that are visible in it.
struct UserFunction {
    let name: String
    let parameters: [FunctionParameter]
    let body: FunctionBody
    let scope: Scope
    let isView: Bool
    /// The text the body's spans point into, when that is not the query's.
    let source: Source?
}

/// Names that are visible, innermost first.
final class Scope {
    let parent: Scope?
    private var bindings: [String: Binding] = [:]

    init(parent: Scope? = nil) {
        self.parent = parent
    }

    func define(_ name: String, as binding: Binding) {
        bindings[name] = binding
    }

    func lookup(_ name: String) -> Binding? {
        var scope: Scope? = self
        while let current = scope {
            if let binding = current.bindings[name] { return binding }
            scope = current.parent
        }
        return nil
    }

    /// All visible names, for wildcards and spelling hints.
    var names: [String] {
        var all: Set<String> = []
        var scope: Scope? = self
        while let current = scope {
            all.formUnion(current.bindings.keys)
            scope = current.parent
        }
        return all.sorted()
    }

    /// All visible tables and views whose name fits.
    func tables(where fits: (String) -> Bool) -> [String] {
        names.filter { name in
            guard fits(name) else { return false }
            switch lookup(name) {
            case .table: return true
            case .function(let function): return function.isView && function.parameters.isEmpty
            default: return false
            }
        }
    }
}

/// The columns that an expression may refer to.
final class RowContext {
    let id: Int
    let schema: TableSchema
    /// Whether names that are not found may be columns all the same.
    let isOpen: Bool
    let hidden: HiddenColumns
    /// Names before a dot and the columns behind them: `step.column` in `scan`, `node.property` in graphs.
    let qualifiers: [String: Range<Int>]
    private let positions: [String: Int]

    /// `isQualifiedOnly`: the columns can only be named with a qualifier.
    init(
        id: Int, schema: TableSchema, isOpen: Bool, hidden: HiddenColumns = .none,
        qualifiers: [String: Range<Int>] = [:],
        isQualifiedOnly: Bool = false
    ) {
        self.id = id
        self.schema = schema
        self.isOpen = isOpen
        self.hidden = hidden
        self.qualifiers = qualifiers
        positions =
            isQualifiedOnly
            ? [:]
            : Dictionary(
                schema.columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func reference(_ name: String) -> BoundExpression? {
        positions[name].map { .column(schema.reference($0)) }
    }

    /// The column of `qualifier.name`.
    func reference(_ name: String, qualifier: String) -> BoundExpression? {
        guard let range = qualifiers[qualifier],
            let index = range.first(where: { schema.columns[$0].name == name })
        else { return nil }
        return .column(schema.reference(index))
    }
}

extension TableSchema {
    /// A reference to the column at a position.
    func reference(_ index: Int) -> ColumnReference {
        ColumnReference(index: index, name: columns[index].name, type: columns[index].type)
    }
}

/// Where an expression stands.
struct ExpressionContext {
    var scope: Scope
    var row: RowContext?
    /// Whether the row's columns can be named; in the body of a function only its parameters can.
    var seesColumns = true
    /// The elements of a graph pattern, in the expressions of `graph-match`.
    var graph: GraphElements?
    /// Collects the calls of aggregation functions, where these are allowed.
    var aggregates: AggregateCollector?

    init(scope: Scope, row: RowContext? = nil) {
        self.scope = scope
        self.row = row
    }
}

extension Binder {
    /// The context of expressions over a relation's columns.
    func rows(of relation: Relation, in scope: Scope) -> ExpressionContext {
        ExpressionContext(
            scope: scope,
            row: RowContext(
                id: newID(), schema: relation.schema, isOpen: relation.isOpen, hidden: relation.hidden))
    }
}
