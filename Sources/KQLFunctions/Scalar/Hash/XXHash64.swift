/// The 64-bit hash of Y. Collet, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
enum XXHash64 {
    private static let primes: [UInt64] = [
        0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63,
        0x27D4_EB2F_1656_67C5,
    ]

    static func hash(_ bytes: UTF8Bytes, seed: UInt64 = 0) -> UInt64 {
        var index = 0
        var hash: UInt64
        if bytes.count >= 32 {
            var lanes = [seed &+ primes[0] &+ primes[1], seed &+ primes[1], seed, seed &- primes[0]]
            while index + 32 <= bytes.count {
                for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, index + lane * 8, 8)) }
                index += 32
            }
            hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
            for lane in lanes { hash = (hash ^ round(0, lane)) &* primes[0] &+ primes[3] }
        } else {
            hash = seed &+ primes[4]
        }
        hash &+= UInt64(bytes.count)
        while index + 8 <= bytes.count {
            hash = rotated(hash ^ round(0, word(bytes, index, 8)), 27) &* primes[0] &+ primes[3]
            index += 8
        }
        if index + 4 <= bytes.count {
            hash = rotated(hash ^ word(bytes, index, 4) &* primes[0], 23) &* primes[1] &+ primes[2]
            index += 4
        }
        while index < bytes.count {
            hash = rotated(hash ^ UInt64(bytes[index]) &* primes[4], 11) &* primes[0]
            index += 1
        }
        hash = (hash ^ hash >> 33) &* primes[1]
        hash = (hash ^ hash >> 29) &* primes[2]
        return hash ^ hash >> 32
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* primes[1], 31) &* primes[0]
    }

    private static func word(_ bytes: UTF8Bytes, _ index: Int, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for offset in (0..<count).reversed() { word = word << 8 | UInt64(bytes[index + offset]) }
        return word
    }

    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }
}
