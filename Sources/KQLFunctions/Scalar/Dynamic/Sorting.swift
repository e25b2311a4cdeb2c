import JSON
import KQLValues

/// `array_sort_asc` and `array_sort_desc`.
let arraySortFunctions: [ScalarFunction] = scalars {
    sort("array_sort_asc", "The elements in rising order; further arrays are put in the same order.", ascending: true)
    sort(
        "array_sort_desc", "The elements in falling order; further arrays are put in the same order.", ascending: false)
}

private func sort(_ name: String, _ summary: String, ascending: Bool) -> ScalarFunction {
    ScalarFunction(
        name, family: .dynamic, summary: summary,
        signatures: [
            .takes(.dynamic("array"), .any("more", .repeated), returns: .dynamic)
        ],
        columns: .sortedArguments,
        evaluate: { call throws(EvaluationError) in
            // A last argument that is a bool says whether nulls come last.
            let hasNullsLast = call.arguments.last?.type == .bool
            let nullsLast = hasNullsLast ? call.reader(call.arguments.count - 1, Bool.self) : nil
            let arrays = (0..<(call.arguments.count - (hasNullsLast ? 1 : 0))).map { call.reader($0, JSON.self) }
            return try eachRow(call) { row -> JSON? in
                guard let key = arrays[0][row]?.arrayValue else { return nil }
                let order = sorted(key, ascending: ascending, nullsLast: nullsLast?[row] ?? true)
                guard arrays.count > 1 else { return .array(order.map { key[$0] }) }
                return .array(
                    arrays.map { array in
                        guard let elements = array[row]?.arrayValue, elements.count == key.count else { return .null }
                        return .array(order.map { elements[$0] })
                    })
            }
        })
}

/// The positions of an array's elements in order.
private func sorted(_ elements: [JSON], ascending: Bool, nullsLast: Bool) -> [Int] {
    elements.indices.sorted { left, right in
        let (first, second) = (elements[left], elements[right])
        if first.isNull || second.isNull {
            if first.isNull && second.isNull { return left < right }
            return first.isNull != nullsLast
        }
        let (one, other) = (OrderedJSON(first), OrderedJSON(second))
        if one < other { return ascending }
        if other < one { return !ascending }
        return left < right
    }
}
