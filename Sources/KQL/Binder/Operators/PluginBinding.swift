import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// `evaluate plugin(…)`. When data decides on the columns, the plugin runs while binding.
    func bind(_ node: EvaluateOperator, _ input: Relation?, in scope: Scope) throws(Diagnostic) -> Relation {
        let input = input ?? Relation(plan: .oneRow)
        guard let plugin = Plugin.named(node.call.name.text) else {
            if let refused = RefusedPlugin.named(node.call.name.text) {
                throw Diagnostic(
                    .notSupported, "the plugin '\(refused.name)' does not run here", at: node.call.name.span,
                    hint: refused.reason.text)
            }
            let suggestion = nearest(to: node.call.name.text, among: Plugin.all.map(\.name))
            throw Diagnostic(
                .unknownFunction, "there is no plugin '\(node.call.name.text)'", at: node.call.name.span,
                hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
        }
        let arguments = try bindPluginArguments(node.call, input, in: scope)
        let declared = try node.schema.map { written throws(Diagnostic) in try schema(of: written) }
        let call = { (schema: TableSchema) in
            PluginCall(input: input.plan, name: plugin.name, arguments: arguments, schema: schema)
        }
        if let declared, node.schema?.isOpen != true { return Relation(plan: .plugin(call(declared))) }
        let shape = PluginShape(input: input.schema, arguments: arguments)
        if !input.isOpen, let schema = plugin.schema(shape) { return Relation(plan: .plugin(call(schema))) }
        guard let probe else {
            let known = declared ?? plugin.schema(shape) ?? certainColumns(of: call(TableSchema([])))
            return Relation(plan: .values(Table(empty: known)), isOpen: true)
        }
        do {
            let table = try probe.run(.plugin(call(TableSchema([]))))
            // Without rows, data has not decided: more columns could have come.
            guard let declared else { return Relation(plan: .values(table), isOpen: table.rowCount == 0) }
            let own = input.schema.columns.filter { column in
                table.schema.index(of: column.name) != nil && declared.index(of: column.name) == nil
            }
            return Relation(plan: .values(table.conforming(to: TableSchema(own + declared.columns))))
        } catch {
            guard input.isOpen else { throw Diagnostic(.function, error.message, at: node.span) }
            return Relation(plan: .values(Table(empty: declared ?? TableSchema([]))), isOpen: true)
        }
    }

    /// The columns that a plugin gives whatever the data are: those that it gives for no rows.
    private func certainColumns(of call: PluginCall) -> TableSchema {
        let empty = PluginCall(
            input: .values(Table(empty: call.input.schema)), name: call.name, arguments: call.arguments,
            schema: call.schema)
        let executor = Executor(source: NoTables(), context: context, clock: { 0 })
        // What is wrong with the call is told when it runs.
        return (try? executor.run(.plugin(empty)).table.schema) ?? TableSchema([])
    }

    private func bindPluginArguments(
        _ call: CallExpression, _ input: Relation, in scope: Scope
    ) throws(Diagnostic) -> [PluginArgument] {
        let context = rows(of: input, in: scope)
        var arguments: [PluginArgument] = []
        for argument in call.arguments {
            if case .star = argument.value.unwrapped {
                arguments.append(.wildcard)
            } else if isTabular(argument.value.unwrapped, in: context) {
                arguments.append(.table(try bindTableArgument(argument.value, in: scope).plan))
            } else if case .call(let inner) = argument.value.unwrapped, scope.isFree(inner.name.text),
                let function = environment.catalogue.aggregate(inner.name.text),
                environment.catalogue.scalar(inner.name.text) == nil
            {
                let collector = AggregateCollector(input: context, keys: [])
                var aggregated = ExpressionContext(scope: scope, row: context.row)
                aggregated.aggregates = collector
                _ = try collector.bind(function, inner, by: self, in: aggregated)
                arguments += collector.aggregates.map { .aggregate($0) }
            } else {
                let name = impliedName(argument.value, in: context) ?? ""
                let bound: BoundExpression
                do {
                    bound = try bind(argument.value, in: context)
                } catch  where error.code == .unknownName && !name.isEmpty {
                    // The name of a column of a lookup table.
                    bound = .constant(.string(name))
                }
                arguments.append(.scalar(label: argument.name?.text, NamedExpression(name, bound)))
            }
        }
        return arguments
    }
}

/// A source in which every table is empty.
private struct NoTables: TableSource {
    func read(_ request: ScanRequest) throws -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}
