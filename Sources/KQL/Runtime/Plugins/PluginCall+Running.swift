import KQLFunctions
import KQLValues

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
