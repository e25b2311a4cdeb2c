import KQLFunctions
import KQLValues

extension Execution {
    func aggregate(_ node: Aggregate) throws(ExecutionError) -> Table {
        let rows = RowView(try table(node.input))
        var keys: [Column] = []
        for key in node.keys { keys.append(try column(key.expression, over: rows)) }
        let grouping = Grouping(keys, rowCount: rows.rowCount)
        let groupCount = node.keys.isEmpty ? 1 : grouping.count
        var columns = keys.map { $0.gather(grouping.firstRows) }
        for aggregate in node.aggregates {
            try check()
            columns += try outputs(of: aggregate, over: rows, groups: grouping.groups, groupCount: groupCount)
        }
        return Table(schema: node.schema, columns: columns, rowCount: groupCount)
    }

    /// The columns that an aggregate makes, one row per group.
    func outputs(
        of aggregate: BoundAggregate, over rows: RowView, groups: [Int], groupCount: Int
    ) throws(ExecutionError) -> [Column] {
        var arguments: [Column] = []
        for argument in aggregate.arguments { arguments.append(try column(argument, over: rows)) }
        let call = AggregateCall(
            arguments: arguments, groups: groups, groupCount: groupCount, resultType: aggregate.resultType,
            context: context)
        switch aggregate.function.form {
        case .value(let compute):
            return [try perform { () throws(EvaluationError) in try compute(call) }]
        case .row(let choose):
            let chosen = try perform { () throws(EvaluationError) in try choose(call) }
            var columns: [Column] = []
            for output in aggregate.outputs {
                guard let source = output.source else { continue }
                columns.append(try column(source, over: rows).gather(chosen))
            }
            return columns
        }
    }

    /// Runs a function of the catalogue and turns its error into the query's.
    func perform<Result>(_ body: () throws(EvaluationError) -> Result) throws(ExecutionError) -> Result {
        do {
            return try body()
        } catch {
            throw ExecutionError(error)
        }
    }
}
