import Foundation

/// The hash functions of RFC 1321 (MD5), RFC 3174 (SHA-1) and FIPS 180-4 (SHA-256), for grouping and comparing records;
/// nothing here guards a secret.
enum Digest: Sendable {
    case md5, sha1, sha256

    /// The hash in lower-case hexadecimal digits.
    func hexadecimal(of text: UTF8Bytes) -> String {
        let bytes = hash(of: text)
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    func hash(of text: UTF8Bytes) -> [UInt8] {
        let blocks = Digest.padded(text, bigEndian: self != .md5)
        var state = initialState
        for start in stride(from: 0, to: blocks.count, by: 64) {
            let words = (0..<16).map { index -> UInt32 in
                let at = start + index * 4
                let bytes = blocks[at..<at + 4].map { UInt32($0) }
                return self == .md5
                    ? bytes[0] | bytes[1] << 8 | bytes[2] << 16 | bytes[3] << 24
                    : bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 | bytes[3]
            }
            switch self {
            case .md5: Digest.md5(&state, words)
            case .sha1: Digest.sha1(&state, words)
            case .sha256: Digest.sha256(&state, words)
            }
        }
        return state.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(self == .md5 ? $0 * 8 : 24 - $0 * 8)) }
        }
    }

    /// The bytes, a one bit, zeros, and the length in bits, in whole blocks of 64 bytes.
    private static func padded(_ text: UTF8Bytes, bigEndian: Bool) -> [UInt8] {
        var bytes = Array(text)
        let length = UInt64(bytes.count) * 8
        bytes.append(0x80)
        while bytes.count % 64 != 56 { bytes.append(0) }
        for index in 0..<8 {
            bytes.append(UInt8(truncatingIfNeeded: length >> UInt64(bigEndian ? 56 - index * 8 : index * 8)))
        }
        return bytes
    }

    private var initialState: [UInt32] {
        switch self {
        case .md5: [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        case .sha1: [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        case .sha256: fractions(of: 8) { $0.squareRoot() }
        }
    }

    private static func md5(_ state: inout [UInt32], _ words: [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for round in 0..<64 {
            let mixed: UInt32
            let index: Int
            switch round / 16 {
            case 0: (mixed, index) = (b & c | ~b & d, round)
            case 1: (mixed, index) = (d & b | ~d & c, (5 * round + 1) % 16)
            case 2: (mixed, index) = (b ^ c ^ d, (3 * round + 5) % 16)
            default: (mixed, index) = (c ^ (b | ~d), 7 * round % 16)
            }
            let sum = a &+ mixed &+ md5Sines[round] &+ words[index]
            (a, d, c, b) = (d, c, b, b &+ rotated(sum, md5Shifts[round / 16 * 4 + round % 4]))
        }
        add(&state, [a, b, c, d])
    }

    private static func sha1(_ state: inout [UInt32], _ block: [UInt32]) {
        var words = block
        for index in 16..<80 {
            words.append(rotated(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
        }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for round in 0..<80 {
            let (mixed, constant): (UInt32, UInt32) =
                switch round / 20 {
                case 0: (b & c | ~b & d, 0x5A82_7999)
                case 1: (b ^ c ^ d, 0x6ED9_EBA1)
                case 2: (b & c | b & d | c & d, 0x8F1B_BCDC)
                default: (b ^ c ^ d, 0xCA62_C1D6)
                }
            let sum = rotated(a, 5) &+ mixed &+ e &+ constant &+ words[round]
            (e, d, c, b, a) = (d, c, rotated(b, 30), a, sum)
        }
        add(&state, [a, b, c, d, e])
    }

    private static func sha256(_ state: inout [UInt32], _ block: [UInt32]) {
        var words = block
        for index in 16..<64 {
            let (early, late) = (words[index - 15], words[index - 2])
            let first = rotated(early, 25) ^ rotated(early, 14) ^ early >> 3
            let second = rotated(late, 15) ^ rotated(late, 13) ^ late >> 10
            words.append(words[index - 16] &+ first &+ words[index - 7] &+ second)
        }
        var work = state
        for round in 0..<64 {
            let (a, e) = (work[0], work[4])
            let choice = e & work[5] ^ ~e & work[6]
            let majority = a & work[1] ^ a & work[2] ^ work[1] & work[2]
            let high = rotated(e, 26) ^ rotated(e, 21) ^ rotated(e, 7)
            let low = rotated(a, 30) ^ rotated(a, 19) ^ rotated(a, 10)
            let first = work[7] &+ high &+ choice &+ sha256Constants[round] &+ words[round]
            work = [first &+ low &+ majority, a, work[1], work[2], work[3] &+ first, e, work[5], work[6]]
        }
        add(&state, work)
    }

    private static func add(_ state: inout [UInt32], _ work: [UInt32]) {
        for index in state.indices { state[index] &+= work[index] }
    }

    private static let md5Sines = (1...64).map { UInt32((abs(sine($0)) * 4_294_967_296).rounded(.down)) }
    private static let md5Shifts: [UInt32] = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
    private static let sha256Constants = fractions(of: 64, cubeRoot)
}

private func sine(_ number: Int) -> Double { sin(Double(number)) }

@Sendable private func cubeRoot(_ number: Double) -> Double { cbrt(number) }

private func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }

/// The first 32 bits of the fractions of a root of the first prime numbers: the constants of SHA-2.
private func fractions(of count: Int, _ root: (Double) -> Double) -> [UInt32] {
    var primes: [Int] = []
    var candidate = 2
    while primes.count < count {
        if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
        candidate += 1
    }
    return primes.map { prime in
        let value = root(Double(prime))
        return UInt32(((value - value.rounded(.down)) * 4_294_967_296).rounded(.down))
    }
}
