import Foundation
import KQLValues

/// `sum`, `avg` and their like.
let summingAggregates: [AggregateFunction] = aggregates {
    conditional(
        "sum", "The sum of the values that are not null.",
        values: [
            .takes(.long("value"), returns: .long), .takes(.real("value"), returns: .real),
            .takes(.timespan("value"), returns: .timespan), .takes(.decimal("value"), returns: .decimal),
        ],
        sql: { arguments in
            switch arguments.types[0] {
            case .int, .long: "CAST(coalesce(sum($1), 0) AS BIGINT)"
            case .real: "coalesce(sum($1), 0)"
            default: nil
            }
        }
    ) { call, condition in
        switch call.arguments[0] {
        case .real(let vector): .real(Vector(accumulate(call, vector, condition: condition, 0.0) { $0 += $1 }))
        case .decimal(let vector):
            .decimal(Vector(accumulate(call, vector, condition: condition, Decimal(0)) { $0 += $1 }))
        default:
            Int64.column(
                Vector(accumulate(call, call.arguments[0].longs, condition: condition, Int64(0)) { $0 &+= $1 }),
                call.resultType)
        }
    }
    conditional(
        "avg", "The mean of the values that are not null; NaN when there are none.",
        values: [
            .takes(.real("value"), returns: .real), .takes(.timespan("value"), returns: .timespan),
            .takes(.datetime("value"), returns: .datetime), .takes(.decimal("value"), returns: .decimal),
        ],
        sql: { $0.types[0] == .real ? "coalesce(avg($1), 'NaN'::DOUBLE)" : nil }
    ) { call, condition in average(call, condition) }
    bits("binary_all_and", "The bits set in all values.", -1) { $0 &= $1 }
    bits("binary_all_or", "The bits set in one of the values.", 0) { $0 |= $1 }
    bits("binary_all_xor", "The bits set in an odd number of the values.", 0) { $0 ^= $1 }
}

private func average(_ call: AggregateCall, _ condition: Int?) -> Column {
    switch call.arguments[0] {
    case .decimal(let vector):
        let sums = accumulate(call, vector, condition: condition, (Decimal(0), 0)) { $0 = ($0.0 + $1, $0.1 + 1) }
        return .decimal(Vector(sums.lazy.map { $0.1 == 0 ? nil : $0.0 / Decimal($0.1) }, filler: 0))
    case .datetime(let vector), .timespan(let vector):
        // Sums of ticks overflow 64 bits, so the mean is taken of the distances to the first value of the group.
        let sums = accumulate(call, vector, condition: condition, TickMean()) { $0.add($1) }
        return Int64.column(Vector(sums.lazy.map(\.mean), filler: 0), call.resultType)
    default:
        let reals = call.arguments[0].reals
        let sums = accumulate(call, reals, condition: condition, (0.0, 0.0)) { $0 = ($0.0 + $1, $0.1 + 1) }
        return .real(Vector(sums.map { $0.0 / $0.1 }))
    }
}

private struct TickMean {
    private var first: Int64?
    private var distance = 0.0
    private var count = 0.0

    mutating func add(_ ticks: Int64) {
        distance += Double(ticks &- (first ?? ticks))
        count += 1
        if first == nil { first = ticks }
    }

    var mean: Int64? { first.map { $0 &+ (Int64(exactly: (distance / count).rounded()) ?? 0) } }
}

private func bits(
    _ name: String, _ summary: String, _ initial: Int64, _ combine: @escaping @Sendable (inout Int64, Int64) -> Void
) -> AggregateFunction {
    AggregateFunction(
        name, summary: summary, signatures: [.takes(.long("value"), returns: .long)], namePrefix: "",
        form: .value { call in
            let states = accumulate(call, call.arguments[0].longs, condition: nil, Int64?.none) { state, value in
                var bits = state ?? initial
                combine(&bits, value)
                state = bits
            }
            return .long(Vector(states, filler: 0))
        })
}
