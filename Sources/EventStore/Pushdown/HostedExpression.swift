public import KQL
public import KQLFunctions
public import KQLValues

/// A KQL expression that a store evaluates inside its own queries, as `ExpressionHosting` promises.
public struct HostedExpression: Sendable {
    private let expression: BoundExpression
    private let context: EvaluationContext
    private let textPath: JSONTextPath?
    /// The columns it reads, in order.
    public let inputs: TableSchema

    public init(_ expression: BoundExpression, over inputs: [ColumnSchema], context: EvaluationContext) {
        self.expression = expression
        self.inputs = TableSchema(inputs)
        self.context = context
        textPath = JSONTextPath(expression)
    }

    /// The expression's type.
    public var type: KQLType { expression.type }

    /// Whether it is the text at a path of one input, which `withText(of:)` gives straight out of JSON text.
    public var readsJSONAsText: Bool { textPath != nil }

    /// Gives `body` the expression's text for a document of the only input, given as JSON text (empty: null).
    public func withText(of document: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        textPath?.withText(of: document, body)
    }

    /// The values for some rows of the inputs, one per row.
    public func values(of columns: [Column], rowCount: Int) throws(ExecutionError) -> Column {
        let input = Plan.values(Table(schema: inputs, columns: columns, rowCount: rowCount))
        let executor = Executor(source: NoTables(), context: context, clock: { 0 })
        let result = try executor.run(.project(Project(input: input, columns: [NamedExpression("", expression)])))
        return result.table.columns[0]
    }
}

/// Expressions read no tables.
private struct NoTables: TableSource {
    func read(_ request: ScanRequest) throws -> Table {
        throw ExecutionError(.source, "an expression cannot read the table '\(request.table)'")
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        throw ExecutionError(.source, "an expression cannot run a query")
    }
}
