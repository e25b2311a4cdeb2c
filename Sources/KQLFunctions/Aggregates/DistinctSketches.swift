import Foundation
public import JSON

/// What sketches of `hll` tell about the sets that they stand for.
public enum DistinctSketches {
    /// The estimated sizes of the first set, of the first two in common, of the first three in common, and so on.
    ///
    /// By inclusion and exclusion over the unions, which sketches give; the number of unions doubles per sketch. What is
    /// no sketch counts as the empty set.
    public static func intersections(_ sketches: [JSON]) -> [Int64] {
        let read = sketches.map { HyperLogLog($0) ?? HyperLogLog() }
        var unions = [HyperLogLog()]
        var signs = [-1.0]
        var sum = 0.0
        var sizes: [Int64] = []
        for sketch in read {
            // The size of the intersection of the first n sets is the alternating sum over all their unions.
            let count = unions.count
            for index in 0..<count {
                var union = unions[index]
                union.merge(sketch)
                unions.append(union)
                signs.append(-signs[index])
            }
            sum = 0
            for index in 1..<unions.count { sum += signs[index] * unions[index].estimate }
            sizes.append(max(0, Int64(sum.rounded())))
        }
        return sizes
    }
}
