import Foundation
import KQLValues

/// Random numbers and guids, drawn from the seed of the query.
let randomFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "rand", family: .mathematical, summary: "A random real from 0 to 1, or a random whole number below a limit.",
        signatures: [.takes(.long("limit", .optional), returns: .real)],
        determinism: .perRow
    ) { call throws(EvaluationError) in
        var generator = SplitMix64(call.context.seed)
        let limits = call.reader(0, Int64?.self)
        return try eachRow(call) { row -> Double? in
            let fraction = Double(generator.next() >> 11) / 9_007_199_254_740_992
            guard let limit = limits[row].flatMap(\.self), limit > 1 else { return fraction }
            return (fraction * Double(limit)).rounded(.down)
        }
    }
    ScalarFunction(
        "new_guid", family: .mathematical, summary: "A random guid (RFC 9562, version 4).",
        signatures: [.takes(returns: .guid)],
        determinism: .perRow
    ) { call throws(EvaluationError) in
        var generator = SplitMix64(call.context.seed)
        return try eachRow(call) { _ -> UUID? in
            var bytes = [generator.next(), generator.next()].flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64($0 * 8)) }
            }
            bytes[6] = bytes[6] & 0x0F | 0x40
            bytes[8] = bytes[8] & 0x3F | 0x80
            return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
        }
    }
}

/// The generator of G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators".
struct SplitMix64 {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
