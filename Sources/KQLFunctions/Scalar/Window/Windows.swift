import Chronology
import Foundation
import KQLValues

/// Functions of the rows before and after: their arguments cover the whole serialized table.
let windowFunctions: [ScalarFunction] = scalars {
    neighbour("prev", "The value in an earlier row, or a default before the first.", direction: -1)
    neighbour("next", "The value in a later row, or a default after the last.", direction: 1)
    ScalarFunction(
        "row_number", family: .window, summary: "The number of the row, starting anew where a condition is true.",
        signatures: [.takes(.long("start", .optional), .bool("restart", .optional), returns: .long)],
        determinism: .rowOrder
    ) { call throws(EvaluationError) in
        let starts = call.reader(0, Int64?.self)
        let restarts = call.reader(1, Bool?.self)
        var number: Int64 = 0
        return try eachRow(call) { row -> Int64? in
            let start = starts[row].flatMap(\.self) ?? 1
            number = row == 0 || restarts[row].flatMap(\.self) == true ? start : number + 1
            return number
        }
    }
    ScalarFunction(
        "row_cumsum", family: .window, summary: "The running sum, starting anew where a condition is true.",
        signatures: [
            .takes(
                .init("term", .oneOf([.int, .long, .real, .decimal, .timespan])), .bool("restart", .optional),
                gives: .argument(0))
        ],
        determinism: .rowOrder
    ) { call in
        let restarts = call.reader(1, Bool?.self)
        let restarting = (0..<call.rowCount).map { restarts[$0].flatMap(\.self) == true }
        switch call.arguments[0] {
        case .real(let vector): return .real(running(vector, call, restarting, 0.0) { $0 + $1 })
        case .decimal(let vector): return .decimal(running(vector, call, restarting, 0) { $0 + $1 })
        default:
            return Int64.column(running(call.arguments[0].longs, call, restarting, 0) { $0 &+ $1 }, call.resultType)
        }
    }
    rank("row_rank_dense", ["row_rank"], "The rank of the value among the runs of equal values so far.", isDense: true)
    rank("row_rank_min", [], "The number of the first row with this value.", isDense: false)
    ScalarFunction(
        "row_window_session", family: .window, summary: "The first datetime of the session that the row belongs to.",
        signatures: [
            .takes(
                .datetime("time"), .timespan("maxSinceFirst"), .timespan("maxSincePrevious"),
                .bool("restart", .optional),
                returns: .datetime)
        ],
        determinism: .rowOrder,
        evaluate: sessions)
}

private func neighbour(_ name: String, _ summary: String, direction: Int) -> ScalarFunction {
    ScalarFunction(
        name, family: .window, summary: summary,
        signatures: [
            .takes(.any("column"), .long("offset", .optional), .any("default", .optional), gives: .argument(0))
        ],
        determinism: .rowOrder
    ) { call in
        let offset = max(-call.rowCount, min(call.rowCount, Int(clamping: call.constant(1, Int64.self) ?? 1)))
        var source = call.arguments[0]
        var missing = -1
        if call.arguments.count > 2, call.arguments[2].count > 0 {
            missing = source.count
            source.append(contentsOf: call.arguments[2].gather([0]).converted(to: source.type))
        }
        let rows = (0..<call.rowCount).map { row in
            let target = row + direction * offset
            return (0..<call.rowCount).contains(target) ? call.row(target, of: 0) : missing
        }
        return source.gather(rows)
    }
}

private func running<Element: Sendable>(
    _ vector: Vector<Element>, _ call: ScalarCall, _ restarting: [Bool], _ zero: Element,
    _ add: (Element, Element) -> Element
) -> Vector<Element> {
    var sum = zero
    return Vector(
        (0..<call.rowCount).map { row in
            if restarting[row] { sum = zero }
            if let value = vector[call.row(row, of: 0)] { sum = add(sum, value) }
            return sum
        })
}

private func rank(_ name: String, _ aliases: [String], _ summary: String, isDense: Bool) -> ScalarFunction {
    ScalarFunction(
        name, aliases: aliases, family: .window, summary: summary,
        signatures: [.takes(.any("term"), .bool("restart", .optional), returns: .long)],
        determinism: .rowOrder
    ) { call in
        let restarts = call.reader(1, Bool?.self)
        let terms = call.arguments[0]
        var rank: Int64 = 0
        var position: Int64 = 0
        return .long(
            Vector(
                (0..<call.rowCount).map { row in
                    let isFirst = row == 0 || restarts[row].flatMap(\.self) == true
                    position = isFirst ? 1 : position + 1
                    if isFirst {
                        rank = 1
                    } else if ordering(terms, call.row(row, of: 0), terms, call.row(row - 1, of: 0)) != 0 {
                        rank = isDense ? rank + 1 : position
                    }
                    return rank
                }))
    }
}

private let sessions: Evaluation = { call throws(EvaluationError) in
    let times = call.reader(0, Instant.self)
    let total = call.reader(1, TimeSpan.self)
    let gap = call.reader(2, TimeSpan.self)
    let restarts = call.reader(3, Bool?.self)
    var start: Instant?
    var previous: Instant?
    return try eachRow(call) { row -> Instant? in
        guard let time = times[row], let total = total[row], let gap = gap[row] else { return nil }
        if let first = start, let last = previous, restarts[row].flatMap(\.self) != true, time - first <= total,
            time - last <= gap
        {
            previous = time
            return first
        }
        start = time
        previous = time
        return time
    }
}
