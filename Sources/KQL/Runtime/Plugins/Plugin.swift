import KQLFunctions
import KQLValues

/// A tabular function for `evaluate`.
struct Plugin: Sendable {
    let name: String
    /// The columns of the result; nil when data decides on them.
    let schema: @Sendable (PluginShape) -> TableSchema?
    let run: @Sendable (PluginInput) throws(ExecutionError) -> Table

    init(
        _ name: String, schema: @escaping @Sendable (PluginShape) -> TableSchema? = { _ in nil },
        run: @escaping @Sendable (PluginInput) throws(ExecutionError) -> Table
    ) {
        self.name = name
        self.schema = schema
        self.run = run
    }

    /// All plugins, in order of name.
    static let all: [Plugin] = [
        activeUsersCount, activityCountsMetrics, activityEngagement, bagUnpack, geoPolygonLookup, ipv4Lookup, narrow,
        newActivityMetrics,
        pivot, rollingPercentile,
    ]

    static func named(_ name: String) -> Plugin? { all.first { $0.name == name } }
}

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

extension Execution {
    func plugin(_ node: PluginCall) throws(ExecutionError) -> Table {
        guard let plugin = Plugin.named(node.name) else {
            throw ExecutionError(.notAllowed, "there is no plugin '\(node.name)'")
        }
        let table = try table(node.input)
        var arguments: [PluginInput.Argument] = []
        for argument in node.arguments {
            switch argument {
            case .table(let plan):
                arguments.append(.init(label: nil, content: .table(try self.table(plan))))
            case .aggregate(let aggregate): arguments.append(.init(label: nil, content: .aggregate(aggregate)))
            case .wildcard: arguments.append(.init(label: nil, content: .wildcard))
            case .scalar(let label, let item):
                arguments.append(.init(label: label, content: try content(of: item, over: table)))
            }
        }
        let result = try plugin.run(PluginInput(table: table, arguments: arguments, execution: self))
        return node.schema.columns.isEmpty ? result : result.conforming(to: node.schema)
    }

    private func content(of item: NamedExpression, over table: Table) throws(ExecutionError) -> PluginInput.Content {
        if item.expression.isConstant { return .constant(try constant(item.expression)) }
        let column = try column(item.expression, over: table)
        if case .column(let reference) = item.expression {
            return .column(column, name: item.name, index: reference.index)
        }
        return .column(column, name: item.name, index: nil)
    }
}

extension Table {
    /// The columns that a schema wants, converted to its types; absent ones are null.
    func conforming(to wanted: TableSchema) -> Table {
        if schema == wanted { return self }
        let columns = wanted.columns.map { column in
            self.column(column.name)?.converted(to: column.type)
                ?? Column(type: column.type, repeatElement(.missing(column.type), count: rowCount))
        }
        return Table(schema: wanted, columns: columns, rowCount: rowCount)
    }
}
