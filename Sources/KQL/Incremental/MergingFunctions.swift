import JSON
import KQLFunctions
import KQLValues

/// Aggregations over what aggregations of slices gave. Queries cannot call them.
enum MergingFunctions {
    /// The mean by sum, count, least and greatest value of each part.
    ///
    /// Reals hold whole numbers up to 2^53 exactly, so that the order of adding does not matter until then; when the sum
    /// may have gone beyond, the merging fails and the whole is to be computed from the rows.
    static let mean = AggregateFunction(
        "avg of slices", summary: "The mean of the values of which the parts tell.", signatures: [],
        form: .value { call throws(EvaluationError) in
            guard call.arguments.count == 4, case .long(let sums) = call.arguments[0],
                case .long(let counts) = call.arguments[1], case .long(let least) = call.arguments[2],
                case .long(let greatest) = call.arguments[3]
            else { throw EvaluationError("a mean needs the sum, the count and the ends of each part") }
            var totals = [(sum: Int64, count: Int64, size: Double)](repeating: (0, 0, 0), count: call.groupCount)
            for (row, group) in call.groups.enumerated() {
                guard let count = counts[row], count > 0, let sum = sums[row] else { continue }
                let size = max((least[row] ?? 0).magnitude, (greatest[row] ?? 0).magnitude)
                totals[group].sum &+= sum
                totals[group].count += count
                totals[group].size += Double(count) * Double(size)
            }
            guard totals.allSatisfy({ $0.size <= 9_007_199_254_740_992 }) else {
                throw EvaluationError("the sum for a mean is too large to be exact")
            }
            return .real(Vector(totals.map { $0.count == 0 ? .nan : Double($0.sum) / Double($0.count) }))
        })

    /// The number of different elements of the arrays.
    static let distinctCount = AggregateFunction(
        "dcount of slices", summary: "The number of different elements of the parts' sets.", signatures: [],
        form: .value { call throws(EvaluationError) in
            var sets = [Set<JSON>](repeating: [], count: call.groupCount)
            for (row, elements) in try arrays(call).enumerated() {
                guard elements.count < mostElements else {
                    throw EvaluationError("a slice has more different values than a set can hold")
                }
                sets[call.groups[row]].formUnion(elements)
            }
            return .long(Vector(sets.map { Int64($0.count) }))
        })

    /// The elements of the arrays one after the other, as many as the second argument allows.
    static let list = AggregateFunction(
        "make_list of slices", summary: "The elements of the parts' lists.", signatures: [],
        form: .value { call throws(EvaluationError) in
            var limit = mostElements
            if call.arguments.count > 1, call.arguments[1].count > 0, case .long(let size) = call.arguments[1][0] {
                if size > 0 { limit = Int(min(size, Int64(limit))) }
            }
            var lists = [[JSON]](repeating: [], count: call.groupCount)
            for (row, elements) in try arrays(call).enumerated() {
                let group = call.groups[row]
                lists[group] += elements.prefix(limit - lists[group].count)
            }
            return .dynamic(lists.map { .array($0) })
        })

    /// As many as `make_set` and `make_list` hold without another limit.
    private static let mostElements = 1_048_576

    private static func arrays(_ call: AggregateCall) throws(EvaluationError) -> [[JSON]] {
        guard case .dynamic(let values)? = call.arguments.first else {
            throw EvaluationError("the parts of a set or list are arrays")
        }
        return values.map { $0.arrayValue ?? [] }
    }
}
