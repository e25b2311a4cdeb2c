import KQLValues

/// `==`, `!=` and the orders.
let comparisonOperators: [ScalarFunction] = scalars {
    comparison("==", "Whether two values are equal; with one null false, with two nulls null.", Equal.self, .equality)
    comparison("!=", "Whether two values differ; with one null true, with two nulls null.", NotEqual.self, .inequality)
    comparison("<", "Whether the left value comes before the right one; null with a null.", Less.self, .order("<"))
    comparison("<=", "Whether the left value is at most the right one.", LessOrEqual.self, .order("<="))
    comparison(">", "Whether the left value comes after the right one.", Greater.self, .order(">"))
    comparison(">=", "Whether the left value is at least the right one.", GreaterOrEqual.self, .order(">="))
}

/// `between` and its negation, both ends included; a timespan as the upper end is added to the lower one.
let betweenOperators: [ScalarFunction] = scalars {
    between("between", "Whether a value lies between two others, both included.", negated: false)
    between("!between", "Whether a value lies outside two others.", negated: true)
}

private func comparison<C: Comparing>(
    _ sign: String, _ summary: String, _: C.Type, _ sql: SQLComparison
) -> ScalarFunction {
    ScalarFunction(
        sign, family: .comparison, summary: summary,
        signatures: [
            .takes(.common("left"), .common("right"), returns: .bool),
            .takes(.any("left"), .any("right"), returns: .bool),
        ],
        sql: SQLForms([
            .duckDB: { sql.template(for: $0, .duckDB) }, .clickHouse: { sql.template(for: $0, .clickHouse) },
        ])
    ) { call in
        compare(Operand(call, 0), Operand(call, 1), rowCount: call.rowCount, by: C.self)
    }
}

private func between(_ name: String, _ summary: String, negated: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .comparison, summary: summary,
        signatures: [
            .takes(.common("value"), .common("from"), .common("to"), returns: .bool),
            .takes(.datetime("value"), .datetime("from"), .timespan("to"), returns: .bool),
            .takes(.any("value"), .any("from"), .any("to"), returns: .bool),
        ],
        sql: .shared { arguments in
            guard Set(arguments.types).count == 1, SQLComparison.isOrdered(arguments.types[0]) else { return nil }
            return negated ? "NOT ($1 BETWEEN $2 AND $3)" : "$1 BETWEEN $2 AND $3"
        }
    ) { call in
        let value = Operand(call, 0)
        let lower = Operand(call, 1)
        let upper = upperEnd(call)
        let fromLower = compare(value, lower, rowCount: call.rowCount, by: GreaterOrEqual.self).bools
        let toUpper = compare(value, upper, rowCount: call.rowCount, by: LessOrEqual.self).bools
        var result = Vector<Bool>([])
        for row in 0..<call.rowCount {
            result.append(conjunction(fromLower[row], toUpper[row]).map { $0 != negated }, filler: false)
        }
        return .bool(result)
    }
}

private func upperEnd(_ call: ScalarCall) -> Operand {
    guard call.arguments[2].type == .timespan, call.arguments[1].type != .timespan else { return Operand(call, 2) }
    let lower = call.reader(1, Int64.self)
    let span = call.reader(2, Int64.self)
    let isConstant = call.isConstant[1] && call.isConstant[2]
    var sums = Vector<Int64>([])
    for row in 0..<(isConstant ? 1 : call.rowCount) {
        if let start = lower[row], let length = span[row] {
            sums.append(start &+ length, filler: 0)
        } else {
            sums.append(nil, filler: 0)
        }
    }
    return Operand(.datetime(sums), isConstant: isConstant)
}

/// How comparisons are written in SQL with Kusto's null logic.
enum SQLComparison {
    case equality, inequality
    case order(String)

    /// Types whose order and equality the stores share; real is left out for NaN, decimal and dynamic for their notation.
    static func isOrdered(_ type: KQLType) -> Bool {
        switch type {
        case .bool, .int, .long, .datetime, .timespan: true
        default: false
        }
    }

    func template(for arguments: SQLArguments, _ dialect: SQLDialect) -> String? {
        guard arguments.types[0] == arguments.types[1] else { return nil }
        let type = arguments.types[0]
        switch self {
        case .order(let sign): return SQLComparison.isOrdered(type) ? "$1 \(sign) $2" : nil
        case .equality, .inequality:
            guard SQLComparison.isOrdered(type) || type == .string || type == .guid else { return nil }
            let isEqual = if case .equality = self { true } else { false }
            if type == .string { return isEqual ? "$1 = $2" : "$1 <> $2" }
            if arguments.constants.contains(where: { $0.map { !$0.isNull } ?? false }) {
                return isEqual ? "coalesce($1 = $2, false)" : "coalesce($1 <> $2, true)"
            }
            let isDistinct =
                switch dialect {
                case .duckDB: "$1 IS \(isEqual ? "NOT " : "")DISTINCT FROM $2"
                case .clickHouse: isEqual ? "coalesce($1 = $2, false)" : "coalesce($1 <> $2, true)"
                }
            return "CASE WHEN $1 IS NULL AND $2 IS NULL THEN NULL ELSE \(isDistinct) END"
        }
    }
}
