import Foundation

/// An IPv6 address with the length of its network prefix; an IPv4 address is taken as mapped (`::ffff:a.b.c.d`).
struct IPv6Network: Sendable {
    /// Eight groups of 16 bits.
    let groups: [UInt16]
    /// 0 to 128; 128 when the text gave none.
    let prefix: Int

    /// Reads the notations of RFC 4291, with an optional `/n`, and those of IPv4.
    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first, !address.isEmpty, address.utf8.count <= 64 else { return nil }
        var length: Int?
        if parts.count == 2 {
            guard let number = Int(parts[1]), number >= 0 else { return nil }
            length = number
        }
        if !address.contains(":") {
            guard let network = IPv4Network(text) else { return nil }
            groups = IPv6Network.mapped(network.address)
            prefix = length.map { $0 + 96 } ?? 128
            return
        }
        guard let groups = IPv6Network.groups(address), length ?? 128 <= 128 else { return nil }
        self.groups = groups
        prefix = length ?? 128
    }

    private static func mapped(_ address: UInt32) -> [UInt16] {
        [0, 0, 0, 0, 0, 0xFFFF, UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
    }

    private static func groups(_ address: some StringProtocol) -> [UInt16]? {
        let halves = address.components(separatedBy: "::")
        guard halves.count <= 2 else { return nil }
        var sides: [[UInt16]] = []
        for half in halves {
            var side: [UInt16] = []
            let fields = half.isEmpty ? [] : half.components(separatedBy: ":")
            for (index, field) in fields.enumerated() {
                if field.contains("."), index == fields.count - 1, let embedded = IPv4Network(field),
                    embedded.prefix == 32
                {
                    side += mapped(embedded.address).suffix(2)
                } else {
                    guard (1...4).contains(field.utf8.count), let group = UInt16(field, radix: 16) else { return nil }
                    side.append(group)
                }
            }
            sides.append(side)
        }
        guard sides.count == 2 else { return sides[0].count == 8 ? sides[0] : nil }
        let missing = 8 - sides[0].count - sides[1].count
        return missing >= 1 ? sides[0] + Array(repeating: 0, count: missing) + sides[1] : nil
    }

    /// The groups without the bits after a prefix.
    func masked(_ length: Int) -> [UInt16] {
        groups.enumerated().map { index, group in
            let bits = max(0, min(16, length - index * 16))
            return bits == 0 ? 0 : group & (.max << UInt16(16 - bits))
        }
    }

    static func text(_ groups: [UInt16]) -> String {
        groups.map { group in
            let digits = String(group, radix: 16)
            return String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }.joined(separator: ":")
    }
}
