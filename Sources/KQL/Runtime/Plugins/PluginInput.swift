import KQLFunctions
import KQLValues

/// What is known of a plugin's call before it runs.
struct PluginShape {
    let input: TableSchema
    let arguments: [PluginArgument]

    /// The unlabelled scalar arguments.
    var scalars: [NamedExpression] {
        arguments.compactMap { if case .scalar(nil, let item) = $0 { item } else { nil } }
    }

    /// The tabular arguments.
    var tables: [TableSchema] {
        arguments.compactMap { if case .table(let plan) = $0 { plan.schema } else { nil } }
    }

    /// The constant that was given for a label.
    func constant(_ label: String) -> Value? {
        for case .scalar(label?, let item) in arguments { return item.expression.constantValue }
        return nil
    }
}

/// A plugin's input and its arguments' values.
struct PluginInput {
    let table: Table
    let arguments: [Argument]
    let execution: Execution

    struct Argument {
        let label: String?
        let content: Content
    }

    enum Content {
        /// One value per row; `index` when it is a column of the input.
        case column(Column, name: String, index: Int?)
        case constant(Value)
        case table(Table)
        case aggregate(BoundAggregate)
        case wildcard
    }

    /// The unlabelled arguments.
    var positional: [Content] { arguments.filter { $0.label == nil }.map(\.content) }

    func column(_ position: Int) throws(ExecutionError) -> Column {
        let contents = positional
        guard contents.indices.contains(position) else { throw missing(position) }
        switch contents[position] {
        case .column(let column, _, _): return column
        case .constant(let value): return Column(repeating: value, count: table.rowCount)
        default: throw missing(position)
        }
    }

    /// The position in the input of the column that an argument names.
    func columnIndex(_ position: Int) throws(ExecutionError) -> Int {
        let contents = positional
        guard contents.indices.contains(position), case .column(_, _, let index?) = contents[position] else {
            throw missing(position)
        }
        return index
    }

    func constant(_ position: Int) throws(ExecutionError) -> Value {
        let contents = positional
        guard contents.indices.contains(position), case .constant(let value) = contents[position] else {
            throw missing(position)
        }
        return value
    }

    /// The constant at a position or under a label, when given.
    func option(_ position: Int?, _ label: String) -> Value? {
        for argument in arguments where argument.label == label {
            if case .constant(let value) = argument.content { return value }
        }
        let contents = positional
        guard let position, contents.indices.contains(position), case .constant(let value) = contents[position] else {
            return nil
        }
        return value
    }

    func lookupTable(_ position: Int) throws(ExecutionError) -> Table {
        let contents = positional
        guard contents.indices.contains(position), case .table(let table) = contents[position] else {
            throw missing(position)
        }
        return table
    }

    private func missing(_ position: Int) -> ExecutionError {
        ExecutionError(.function, "argument \(position + 1) of the plugin is missing or of the wrong kind")
    }
}
