import KQLValues

/// `and`, `or`, `not` with three-valued logic.
let logicalOperators: [ScalarFunction] = scalars {
    ScalarFunction(
        "and", family: .logical, summary: "True when both are true; false when one is false, else null.",
        signatures: [.takes(.bool("left"), .bool("right"), returns: .bool)],
        sql: .shared("$1 AND $2"),
        evaluate: connective(conjunction))
    ScalarFunction(
        "or", family: .logical, summary: "True when one is true; false when both are false, else null.",
        signatures: [.takes(.bool("left"), .bool("right"), returns: .bool)],
        sql: .shared("$1 OR $2"),
        evaluate: connective(disjunction))
    ScalarFunction(
        "not", family: .logical, summary: "True for false and false for true.",
        signatures: [.takes(.bool("value"), returns: .bool)],
        sql: .shared("NOT $1"),
        evaluate: each { (value: Bool) in !value })
}

func conjunction(_ left: Bool?, _ right: Bool?) -> Bool? {
    if left == false || right == false { return false }
    return left == nil || right == nil ? nil : true
}

func disjunction(_ left: Bool?, _ right: Bool?) -> Bool? {
    if left == true || right == true { return true }
    return left == nil || right == nil ? nil : false
}

private func connective(_ combine: @escaping @Sendable (Bool?, Bool?) -> Bool?) -> Evaluation {
    { call in
        let left = call.arguments[0].bools
        let right = call.arguments[1].bools
        var result = Vector<Bool>([])
        result.values.reserveCapacity(call.rowCount)
        for row in 0..<call.rowCount {
            let combined = combine(left[call.row(row, of: 0)], right[call.row(row, of: 1)])
            result.append(combined, filler: false)
        }
        return .bool(result)
    }
}
