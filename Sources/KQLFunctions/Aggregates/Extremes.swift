import KQLValues

/// `min`, `max`, `arg_min`, `arg_max`, `take_any`.
let extremeAggregates: [AggregateFunction] = aggregates {
    conditional(
        "min", "The least value that is not null.", values: [.takes(.any("value"), gives: .argument(0))],
        sql: { extremeSQL($0, "min") }, clickHouse: { extremeSQL($0, "minOrNull") }
    ) { call, condition in extreme(call, condition, greatest: false) }
    conditional(
        "max", "The greatest value that is not null.", values: [.takes(.any("value"), gives: .argument(0))],
        sql: { extremeSQL($0, "max") }, clickHouse: { extremeSQL($0, "maxOrNull") }
    ) { call, condition in extreme(call, condition, greatest: true) }
    AggregateFunction(
        "arg_max", aliases: ["argmax"], summary: "The row with the greatest value, from which columns are taken.",
        signatures: [.takes(.any("maximized"), .any("returned", .repeated), gives: .argument(0))], namePrefix: "max",
        form: .row { call in extremeRows(call, nil, greatest: true) })
    AggregateFunction(
        "arg_min", aliases: ["argmin"], summary: "The row with the least value, from which columns are taken.",
        signatures: [.takes(.any("minimized"), .any("returned", .repeated), gives: .argument(0))], namePrefix: "min",
        form: .row { call in extremeRows(call, nil, greatest: false) })
    AggregateFunction(
        "take_any", summary: "The first row with a value, from which columns are taken.",
        signatures: [.takes(.any("value"), .any("more", .repeated), gives: .argument(0))], namePrefix: "",
        form: .row { call in firstRows(call, nil) })
    AggregateFunction(
        "any", summary: "The first row with a value, from which columns are taken.",
        signatures: [.takes(.any("value"), .any("more", .repeated), gives: .argument(0))], namePrefix: "any",
        form: .row { call in firstRows(call, nil) })
    AggregateFunction(
        "take_anyif", summary: "A value of a row where the predicate is true.",
        signatures: [.takes(.any("value"), .bool("predicate"), gives: .argument(0))], namePrefix: "",
        form: .value { call in call.arguments[0].gather(firstRows(call, 1)) })
    AggregateFunction(
        "anyif", summary: "A value of a row where the predicate is true.",
        signatures: [.takes(.any("value"), .bool("predicate"), gives: .argument(0))],
        form: .value { call in call.arguments[0].gather(firstRows(call, 1)) })
}

private func extremeSQL(_ arguments: SQLArguments, _ name: String) -> String? {
    switch arguments.types[0] {
    case .bool, .int, .long, .datetime, .timespan: "\(name)($1)"
    default: nil
    }
}

private func extreme(_ call: AggregateCall, _ condition: Int?, greatest: Bool) -> Column {
    call.arguments[0].gather(extremeRows(call, condition, greatest: greatest))
}

/// The first row with the extreme value per group, -1 where the group has only nulls.
///
/// A row is taken before all-null values only where a value was there: a group of nulls still gives its first row to
/// `arg_max`, whose other columns then stand beside a null.
private func extremeRows(_ call: AggregateCall, _ condition: Int?, greatest: Bool) -> [Int] {
    var best = [Int](repeating: -1, count: call.groupCount)
    let column = call.arguments[0]
    let marks = condition.map { call.arguments[$0].bools }
    for row in call.groups.indices {
        if let marks, marks[row] != true { continue }
        let group = call.groups[row]
        let champion = best[group]
        if champion < 0 {
            best[group] = row
        } else if !column.isNull(row) {
            let order = column.isNull(champion) ? (greatest ? 1 : -1) : ordering(column, row, column, champion)
            if greatest ? order > 0 : order < 0 { best[group] = row }
        }
    }
    return best
}

/// The first row per group, with a value in the first argument if there is one.
private func firstRows(_ call: AggregateCall, _ condition: Int?) -> [Int] {
    var found = [Int](repeating: -1, count: call.groupCount)
    let column = call.arguments[0]
    let marks = condition.map { call.arguments[$0].bools }
    for row in call.groups.indices {
        if let marks, marks[row] != true { continue }
        let group = call.groups[row]
        if found[group] < 0 || (isMissing(column, found[group]) && !isMissing(column, row)) { found[group] = row }
    }
    return found
}

private func isMissing(_ column: Column, _ row: Int) -> Bool {
    if case .string(let texts) = column { return texts.isEmpty(row) }
    return column.isNull(row)
}
