import KQLSyntax
import KQLValues

/// The columns that functions with several results make when they are not named.
private let tupleColumns: [String: [ColumnSchema]] = [
    "series_stats": [
        ColumnSchema("min", .real), ColumnSchema("min_idx", .long), ColumnSchema("max", .real),
        ColumnSchema("max_idx", .long), ColumnSchema("avg", .real), ColumnSchema("stdev", .real),
        ColumnSchema("variance", .real),
    ],
    "series_fit_line": [
        ColumnSchema("rsquare", .real), ColumnSchema("slope", .real), ColumnSchema("variance", .real),
        ColumnSchema("rvariance", .real), ColumnSchema("interception", .real), ColumnSchema("line_fit", .dynamic),
    ],
    "series_fit_2lines": [
        ColumnSchema("rsquare", .real), ColumnSchema("split_idx", .long), ColumnSchema("variance", .real),
        ColumnSchema("rvariance", .real), ColumnSchema("line_fit", .dynamic), ColumnSchema("right_rsquare", .real),
        ColumnSchema("right_slope", .real), ColumnSchema("right_interception", .real),
        ColumnSchema("right_variance", .real), ColumnSchema("right_rvariance", .real),
        ColumnSchema("left_rsquare", .real), ColumnSchema("left_slope", .real),
        ColumnSchema("left_interception", .real), ColumnSchema("left_variance", .real),
        ColumnSchema("left_rvariance", .real),
    ],
    "series_fit_poly": [
        ColumnSchema("rsquare", .real), ColumnSchema("coefficients", .dynamic), ColumnSchema("variance", .real),
        ColumnSchema("rvariance", .real), ColumnSchema("poly_fit", .dynamic),
    ],
    "series_periods_detect": [ColumnSchema("periods", .dynamic), ColumnSchema("scores", .dynamic)],
    "series_periods_validate": [ColumnSchema("periods", .dynamic), ColumnSchema("scores", .dynamic)],
    "series_decompose": [
        ColumnSchema("baseline", .dynamic), ColumnSchema("seasonal", .dynamic), ColumnSchema("trend", .dynamic),
        ColumnSchema("residual", .dynamic),
    ],
    "series_decompose_anomalies": [
        ColumnSchema("ad_flag", .dynamic), ColumnSchema("ad_score", .dynamic), ColumnSchema("baseline", .dynamic),
    ],
]

extension Binder {
    /// The columns of an unnamed call of a function with several results; nil for other expressions.
    func impliedTuple(
        _ expression: Expression, _ value: BoundExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression]? {
        guard case .call(let node) = expression.unwrapped, value.type == .dynamic, context.scope.isFree(node.name.text)
        else { return nil }
        let columns: [ColumnSchema]
        if node.name.text.hasPrefix("array_sort_"), node.arguments.count > 1 {
            let arrays = node.arguments.prefix { argument in
                if case .literal(let literal) = argument.value.unwrapped, case .bool = literal.value {
                    false
                } else {
                    true
                }
            }
            guard arrays.count > 1 else { return nil }
            columns = (1...arrays.count).map { ColumnSchema("array\($0)_sorted", .dynamic) }
        } else {
            guard let suffixes = tupleColumns[node.name.text] else { return nil }
            let argument = node.arguments.first.flatMap { impliedName($0.value, in: context) } ?? ""
            columns = suffixes.map { ColumnSchema("\(node.name.text)_\(argument)_\($0.name)", $0.type) }
        }
        var items: [NamedExpression] = []
        for (index, column) in columns.enumerated() {
            let element = try access(value, key: .constant(.long(Int64(index))), at: node.span)
            items.append(NamedExpression(column.name, converted(element, to: column.type)))
        }
        return items
    }
}
