/// A pipeline: a source and the operators its rows pass through.
public struct TabularExpression: Hashable, Sendable {
    public var source: TabularSource
    public var operators: [TabularOperator]
    public var span: Span
}

/// Where the rows of a pipeline come from.
public indirect enum TabularSource: Hashable, Sendable {
    /// A table, view, stored function or let name; may hold `*` inside `union`, `find`, `search in`.
    case name(Name)
    /// `database("d").T`, `cluster("c").database("d").f(1)`, `workspace("w").T`, `app("a").requests`.
    case scoped(ScopedSource)
    /// A function call, also `table("T")`, `materialize(…)`, `view() {…}` results, `graph("g")`.
    case call(CallExpression)
    /// The span of the pipeline includes the parentheses.
    case parenthesized(TabularExpression)
    case datatable(DatatableSource)
    case externaldata(ExternalDataSource)
    case print(PrintSource)
    case range(RangeSource)
    case union(UnionOperator)
    case search(SearchOperator)
    case find(FindOperator)
    case evaluate(EvaluateOperator)
    case macroExpand(MacroExpandSource)
    /// No source is written: the rows of the enclosing operator (`mv-apply`, `partition`, `fork`, `facet`).
    case input(Span)
    /// Something that could not be parsed; a diagnostic was given.
    case error(Span)

    public var span: Span {
        switch self {
        case .name(let node): node.span
        case .scoped(let node): node.span
        case .call(let node): node.span
        case .parenthesized(let node): node.span
        case .datatable(let node): node.span
        case .externaldata(let node): node.span
        case .print(let node): node.span
        case .range(let node): node.span
        case .union(let node): node.span
        case .search(let node): node.span
        case .find(let node): node.span
        case .evaluate(let node): node.span
        case .macroExpand(let node): node.span
        case .input(let span), .error(let span): span
        }
    }
}

/// A table or function of another database, cluster, workspace or application.
public struct ScopedSource: Hashable, Sendable {
    /// `cluster("c")`, `database("d")`, … from the outside in; a plain name for an alias or database name.
    public var qualifiers: [Expression]
    /// `.name` or `.call`.
    public var target: TabularSource
    public var span: Span
}

/// `datatable (a: long) [1, 2]`
public struct DatatableSource: Hashable, Sendable {
    public var schema: SchemaDeclaration
    /// Row by row; the count is a multiple of the columns in valid queries (checked by the binder).
    public var values: [Expression]
    public var span: Span
}

/// `externaldata (a: string) ["url", …] with (format = "csv")`
public struct ExternalDataSource: Hashable, Sendable {
    public var schema: SchemaDeclaration
    public var locations: [Expression]
    public var properties: [OperatorParameter]
    public var span: Span
}

/// `print a = 1, 2`
public struct PrintSource: Hashable, Sendable {
    public var expressions: [NamedExpression]
    public var span: Span
}

/// `range x from 1 to 10 step 2`
public struct RangeSource: Hashable, Sendable {
    public var column: Name
    public var from: Expression
    public var to: Expression
    public var step: Expression
    public var span: Span
}

/// `macro-expand isfuzzy=true entity_group [...] as X (body)`
public struct MacroExpandSource: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    /// The entities written out, or empty when `groupName` names a stored group.
    public var entities: [Expression]
    public var groupName: Name?
    public var scopeName: Name?
    public var body: FunctionBody
    public var span: Span
}

/// `name=value` before the arguments of an operator (`kind=`, `hint.strategy=`, `withsource=`, …).
public struct OperatorParameter: Hashable, Sendable {
    public var name: Name
    public var value: ParameterValue
    public var span: Span
}

/// What stands right of `=` in an operator parameter.
public indirect enum ParameterValue: Hashable, Sendable {
    case name(Name)
    case literal(Literal)
    /// Several names, as in `ycolumns=a, b`.
    case names([Name])
    case expression(Expression)

    /// The value as plain text where it is a name or a string, else nil.
    public var text: String? {
        switch self {
        case .name(let name): name.text
        case .literal(let literal):
            switch literal.value {
            case .string(let text): text
            case .bool(let flag): flag ? "true" : "false"
            case .long(let number): String(number)
            default: nil
            }
        case .names, .expression: nil
        }
    }
}
