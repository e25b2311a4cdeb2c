import KQLValues

extension Plan {
    /// Whether this is a chain of filters and projections over the placeholder whose expressions look at one row alone.
    func isRowWise(over placeholder: Int) -> Bool {
        switch self {
        case .placeholder(let node): node.id == placeholder
        case .filter(let node): !node.predicate.dependsOnRow && node.input.isRowWise(over: placeholder)
        case .project(let node):
            !node.columns.contains { $0.expression.dependsOnRow } && node.input.isRowWise(over: placeholder)
        default: false
        }
    }

    /// Whether there is at least the placeholder itself below, so that a row number can be carried along.
    var passesRows: Bool {
        switch self {
        case .placeholder: true
        case .filter(let node): node.input.passesRows
        case .project(let node): node.input.passesRows
        default: false
        }
    }

    /// The same row-wise chain over a placeholder with one more column at `column`, which it passes on at the end.
    func carrying(_ column: Int, placeholder: Int, schema: TableSchema) -> Plan {
        switch self {
        case .placeholder: return .placeholder(Placeholder(id: placeholder, schema: schema))
        case .filter(let node):
            return .filter(
                Filter(
                    input: node.input.carrying(column, placeholder: placeholder, schema: schema),
                    predicate: node.predicate))
        case .project(let node):
            let input = node.input.carrying(column, placeholder: placeholder, schema: schema)
            let last = input.schema.columns.count - 1
            let carried = BoundExpression.column(ColumnReference(index: last, name: "", type: .long))
            return .project(Project(input: input, columns: node.columns + [NamedExpression("", carried)]))
        default: return self
        }
    }
}
