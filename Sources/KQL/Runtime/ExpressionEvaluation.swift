import KQLFunctions
import KQLValues

/// The values of an expression: one per row, or a single one that stands for all rows.
struct Evaluated {
    var column: Column
    var isConstant: Bool

    func spread(to rowCount: Int) -> Column {
        guard isConstant else { return column }
        return rowCount == 1 ? column : column.gather(Array(repeating: 0, count: rowCount))
    }
}

extension Execution {
    /// The values of an expression over some rows, one per row.
    func column(_ expression: BoundExpression, over rows: RowView) throws(ExecutionError) -> Column {
        let values = try evaluate(expression, over: rows)
        if values.isConstant, case .string(let texts) = values.column {
            let (bytes, overflow) = texts.bytes.count.multipliedReportingOverflow(by: rows.rowCount)
            try checkBytes(overflow ? .max : bytes, of: "the column of a long text")
        }
        return values.spread(to: rows.rowCount)
    }

    /// The values of an expression over a table, one per row.
    func column(_ expression: BoundExpression, over table: Table) throws(ExecutionError) -> Column {
        try column(expression, over: RowView(table))
    }

    /// The value of an expression that has no columns.
    func constant(_ expression: BoundExpression) throws(ExecutionError) -> Value {
        let noColumns = Table(schema: TableSchema([]), columns: [], rowCount: 1)
        return try evaluate(expression, over: RowView(noColumns)).column[0]
    }

    /// Values of another type, within the query's limits.
    func converted(_ column: Column, to type: KQLType) throws(ExecutionError) -> Column {
        try ResultGrowth.convert(column, to: type, limit: executor.limits.bytes) { () throws(ExecutionError) in
            try pace()
        }
    }

    /// A constant that counts something; null and negative numbers give 0.
    func count(_ expression: BoundExpression) throws(ExecutionError) -> Int {
        switch try constant(expression) {
        case .long(let number): Int(clamping: max(0, number))
        case .int(let number): Int(max(0, number))
        case .real(let number): number.isFinite && number > 0 ? Int(min(number, 1e15)) : 0
        default: 0
        }
    }

    func evaluate(_ expression: BoundExpression, over rows: RowView) throws(ExecutionError) -> Evaluated {
        switch expression {
        case .constant(let value):
            return Evaluated(column: Column(type: value.type, [value]), isConstant: true)
        case .column(let reference):
            return Evaluated(column: rows.column(reference.index), isConstant: false)
        case .subquery(let query):
            return Evaluated(column: Column(type: query.type, [try value(of: query)]), isConstant: true)
        case .convert(let inner, let type):
            let values = try evaluate(inner, over: rows)
            return Evaluated(column: try converted(values.column, to: type), isConstant: values.isConstant)
        case .call(let call):
            return try evaluate(call, over: rows)
        case .shared(let shared):
            if let known = rows.computed[ObjectIdentifier(shared)] { return known }
            let values = try evaluate(shared.expression, over: rows)
            rows.computed[ObjectIdentifier(shared)] = values
            return values
        }
    }

    private func evaluate(_ call: BoundCall, over rows: RowView) throws(ExecutionError) -> Evaluated {
        try checkNowAndThen()
        var columns: [Column] = []
        var constancy: [Bool] = []
        for argument in call.arguments {
            let values = try evaluate(argument, over: rows)
            columns.append(values.column)
            constancy.append(values.isConstant)
        }
        let scalarCall = ScalarCall(
            arguments: columns, isConstant: constancy, rowCount: call.isConstant ? 1 : rows.rowCount,
            resultType: call.type, context: context)
        let result = try ResultGrowth.evaluate(scalarCall, by: call.function, limit: executor.limits.bytes) {
            () throws(ExecutionError) in try pace()
        }
        return Evaluated(column: result, isConstant: call.isConstant)
    }
}
