import Foundation
import JSON
import KQLValues

/// A HyperLogLog sketch (Flajolet et al. 2007) of 2^14 registers.
struct HyperLogLog {
    private static let bits: UInt64 = 14
    private var registers = [UInt8](repeating: 0, count: 1 << HyperLogLog.bits)

    init() {}

    /// Reads what `json` writes: `[14, register * 64 + rank…]` of the registers that are not 0.
    init?(_ json: JSON) {
        guard let elements = json.arrayValue, elements.first == .int(Int64(HyperLogLog.bits)) else { return nil }
        for element in elements.dropFirst() {
            guard let packed = element.intValue, packed >= 0, packed < 64 << HyperLogLog.bits else { return nil }
            registers[Int(packed / 64)] = UInt8(packed % 64)
        }
    }

    var json: JSON {
        let packed = registers.enumerated().filter { $0.element > 0 }.map { $0.offset * 64 + Int($0.element) }
        return .array([.int(Int64(HyperLogLog.bits))] + packed.map { .int(Int64($0)) })
    }

    mutating func insert(hash: UInt64) {
        let index = Int(hash >> (64 - HyperLogLog.bits))
        let rank = UInt8(min(51, (hash << HyperLogLog.bits).leadingZeroBitCount + 1))
        if rank > registers[index] { registers[index] = rank }
    }

    mutating func merge(_ other: HyperLogLog) {
        for index in registers.indices { registers[index] = max(registers[index], other.registers[index]) }
    }

    /// The estimated number of different values.
    var count: Int64 { Int64(estimate.rounded()) }

    /// The estimated number of different values, before it is rounded.
    var estimate: Double {
        let size = Double(registers.count)
        let empty = Double(registers.count { $0 == 0 })
        let sum = registers.reduce(0.0) { $0 + pow(2, -Double($1)) }
        let raw = 0.7213 / (1 + 1.079 / size) * size * size / sum
        return raw <= 2.5 * size && empty > 0 ? size * log(size / empty) : raw
    }
}

/// A t-digest (Dunning 2019): weighted means, exact up to 2,048 of them and merged at the middle ranks beyond that.
struct TDigest {
    private static let limit = 2048
    private var centroids: [(mean: Double, weight: Double)] = []

    init() {}

    /// Reads what `json` writes: an array of the means and one of the weights.
    init?(_ json: JSON) {
        guard let parts = json.arrayValue, parts.count == 2, let means = Series(parts[0])?.present,
            let weights = Series(parts[1])?.present, means.count == weights.count
        else { return nil }
        centroids = zip(means, weights).map { ($0, $1) }
    }

    var json: JSON { [.reals(centroids.map(\.mean)), .reals(centroids.map(\.weight))] }

    mutating func add(_ pairs: [(mean: Double, weight: Double)]) {
        var merged: [(mean: Double, weight: Double)] = []
        for pair in (centroids + pairs).sorted(by: { $0.mean < $1.mean }) {
            if let last = merged.last, last.mean == pair.mean {
                merged[merged.count - 1].weight += pair.weight
            } else {
                merged.append(pair)
            }
        }
        centroids = merged
        if centroids.count > TDigest.limit { compress() }
    }

    private mutating func compress() {
        let total = centroids.reduce(0) { $0 + $1.weight }
        var result: [(mean: Double, weight: Double)] = []
        var before = 0.0
        for centroid in centroids {
            let share = before / total
            let room = max(1, 4 * total * share * (1 - share) / Double(TDigest.limit) * 2)
            if let last = result.last, last.weight + centroid.weight <= room {
                let weight = last.weight + centroid.weight
                result[result.count - 1] = (last.mean + (centroid.mean - last.mean) * centroid.weight / weight, weight)
            } else {
                result.append(centroid)
            }
            before += centroid.weight
        }
        centroids = result
    }

    /// The first mean whose rank is at least the percentage of the total.
    func percentile(_ percent: Double) -> Double? {
        let total = centroids.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        for centroid in centroids {
            sum += centroid.weight
            if sum >= percent / 100 * total { return centroid.mean }
        }
        return centroids.last?.mean
    }

    /// How much weight lies at or below a value.
    func rank(of value: Double) -> Double {
        centroids.reduce(0) { $1.mean <= value ? $0 + $1.weight : $0 }
    }

    var weight: Double { centroids.reduce(0) { $0 + $1.weight } }
    var all: [(mean: Double, weight: Double)] { centroids }
}
