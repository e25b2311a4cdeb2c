import Foundation
import JSON
import KQLValues

/// Percentiles by the nearest rank.
let percentileAggregates: [AggregateFunction] = aggregates {
    single("percentile", "The value that a percentage of all values do not exceed.", weighted: false)
    single("percentilew", "The weighted `percentile`.", weighted: true)
    single("percentiles", "One column per percentage: its `percentile`.", weighted: false)
    single("percentilesw", "One column per percentage: its weighted `percentile`.", weighted: true)
    arrays("percentiles_array", weighted: false)
    arrays("percentilesw_array", weighted: true)
}

/// The percentile of the first percentage; the binder makes several calls of several percentages.
private func single(_ name: String, _ summary: String, weighted: Bool) -> AggregateFunction {
    let values: [Parameter] = weighted ? [.any("value"), .long("weight")] : [.any("value")]
    return AggregateFunction(
        name, summary: summary,
        signatures: [Signature(values + [.real("percentile"), .real("more", .repeated)], returns: .argument(0))],
        form: .value { call in
            let rank = call.constant(values.count, Double.self) ?? 0
            let weights = weighted ? call.arguments[1].longs : nil
            return percentiles(call, weights: weights, ranks: [rank]).map { $0[0] }.column(call)
        })
}

private func arrays(_ name: String, weighted: Bool) -> AggregateFunction {
    let values: [Parameter] = weighted ? [.any("value"), .long("weight")] : [.any("value")]
    return AggregateFunction(
        name, summary: "An array of percentiles.",
        signatures: [
            Signature(values + [.dynamic("percentiles")], returns: .type(.dynamic)),
            Signature(values + [.real("percentile"), .real("more", .repeated)], returns: .type(.dynamic)),
        ],
        namePrefix: "percentiles",
        form: .value { call in
            let first = values.count
            let ranks =
                call.arguments[first].type == .dynamic
                ? (call.constant(first, JSON.self)?.arrayValue ?? []).compactMap(\.kqlReal)
                : (first..<call.arguments.count).compactMap { call.constant($0, Double.self) }
            let rows = percentiles(call, weights: weighted ? call.arguments[1].longs : nil, ranks: ranks)
            let values = call.arguments[0].dynamics
            return .dynamic(rows.map { .array($0.map { $0 < 0 ? .null : values[$0] }) })
        })
}

extension [Int] {
    fileprivate func column(_ call: AggregateCall) -> Column { call.arguments[0].gather(self) }
}

/// For each group the rows of its percentiles: the first value whose rank is at least the percentage of the total.
private func percentiles(_ call: AggregateCall, weights: Vector<Int64>?, ranks: [Double]) -> [[Int]] {
    var members = [[Int]](repeating: [], count: call.groupCount)
    let column = call.arguments[0]
    for (row, group) in call.groups.enumerated() where !column.isNull(row) { members[group].append(row) }
    return members.map { rows in
        let sorted = rows.sorted { ordering(column, $0, column, $1) < 0 }
        guard !sorted.isEmpty else { return ranks.map { _ in -1 } }
        guard let weights else {
            return ranks.map { rank in
                let position = (rank / 100 * Double(sorted.count)).rounded(.up)
                return sorted[Int(max(1, min(Double(sorted.count), position))) - 1]
            }
        }
        let total = sorted.reduce(0.0) { $0 + Double(weights[$1] ?? 0) }
        return ranks.map { rank in
            var sum = 0.0
            for row in sorted {
                sum += Double(weights[row] ?? 0)
                if sum >= rank / 100 * total, sum > 0 { return row }
            }
            return sorted[sorted.count - 1]
        }
    }
}
