import Foundation
import JSON
import KQLValues

/// `count`, `dcount` and their like.
let countingAggregates: [AggregateFunction] = aggregates {
    AggregateFunction(
        "count", aliases: ["cnt"], summary: "The number of rows.",
        signatures: [
            .takes(returns: .long), .takes(.bool("predicate"), returns: .long), .takes(.any("value"), returns: .long),
        ],
        sql: .rules(
            duckDB: { $0.types.isEmpty ? "count(*)" : nil },
            clickHouse: { $0.types.isEmpty ? "toInt64(count())" : nil }),
        form: .value { call in count(call, condition: call.arguments.first?.type == .bool ? 0 : nil) })
    AggregateFunction(
        "countif", summary: "The number of rows where the predicate is true.",
        signatures: [.takes(.bool("predicate"), returns: .long)],
        sql: .forms(duckDB: "count(*) FILTER (WHERE $1)", clickHouse: "toInt64(countIf($1))"),
        form: .value { call in count(call, condition: 0) })
    conditional(
        "dcount", "The number of different values.",
        values: [.takes(.any("value"), .long("accuracy", .optional), returns: .long)],
        sql: { distinctSQL($0, "count(DISTINCT $1)") }, clickHouse: { distinctSQL($0, "uniqExact($1)") }
    ) { call, condition in distinctCount(call, condition: condition) }
    conditional(
        "count_distinct", "The number of different values.",
        values: [.takes(.any("value"), returns: .long)],
        sql: { distinctSQL($0, "count(DISTINCT $1)") }, clickHouse: { distinctSQL($0, "uniqExact($1)") }
    ) { call, condition in distinctCount(call, condition: condition) }
}

private func distinctSQL(_ arguments: SQLArguments, _ template: String) -> String? {
    switch arguments.types[0] {
    case .bool, .int, .long, .datetime, .timespan, .guid, .string: template
    default: nil
    }
}

private func count(_ call: AggregateCall, condition: Int?) -> Column {
    var counts = [Int64](repeating: 0, count: call.groupCount)
    if let condition {
        let marks = call.arguments[condition].bools
        for row in call.groups.indices where marks[row] == true { counts[call.groups[row]] += 1 }
    } else {
        for group in call.groups { counts[group] += 1 }
    }
    return .long(Vector(counts))
}

private func distinctCount(_ call: AggregateCall, condition: Int?) -> Column {
    let counts =
        switch call.arguments[0] {
        case .bool(let vector): distinct(call, vector, condition)
        case .int(let vector): distinct(call, vector, condition)
        case .long(let vector), .datetime(let vector), .timespan(let vector): distinct(call, vector, condition)
        case .real(let vector): distinct(call, vector, condition)
        case .decimal(let vector): distinct(call, vector, condition)
        case .guid(let vector): distinct(call, vector, condition)
        case .string(let texts): distinct(call, Vector(texts.numbered().numbers), condition)
        case .dynamic(let values): distinct(call, Vector(values, nulls: values.map(\.isNull)), condition)
        }
    return .long(Vector(counts))
}

private func distinct<Element: Hashable & Sendable>(
    _ call: AggregateCall, _ vector: Vector<Element>, _ condition: Int?
) -> [Int64] {
    accumulate(call, vector, condition: condition, Set<Element>()) { $0.insert($1) }.map { Int64($0.count) }
}
