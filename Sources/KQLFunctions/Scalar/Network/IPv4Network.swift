/// An IPv4 address with the length of its network prefix.
struct IPv4Network: Sendable {
    let address: UInt32
    /// 0 to 32; 32 when the text gave none.
    let prefix: Int

    /// Reads `a.b.c.d` or `a.b.c.d/n`.
    init?(_ text: some StringProtocol) {
        var parts: [UInt32] = []
        var value: UInt32 = 0
        var digits = 0
        var prefix: Int?
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39:
                digits += 1
                guard digits <= 3 else { return nil }
                if let known = prefix {
                    prefix = known * 10 + Int(byte - 0x30)
                } else {
                    value = value * 10 + UInt32(byte - 0x30)
                }
            case UInt8(ascii: ".") where prefix == nil && digits > 0 && value <= 255 && parts.count < 3:
                parts.append(value)
                value = 0
                digits = 0
            case UInt8(ascii: "/") where prefix == nil && digits > 0 && value <= 255 && parts.count == 3:
                parts.append(value)
                prefix = 0
                digits = 0
            default: return nil
            }
        }
        guard digits > 0 else { return nil }
        if prefix == nil {
            guard value <= 255 else { return nil }
            parts.append(value)
        }
        guard parts.count == 4, prefix ?? 32 <= 32 else { return nil }
        address = parts.reduce(0) { $0 << 8 | $1 }
        self.prefix = prefix ?? 32
    }

    init(address: UInt32, prefix: Int) {
        self.address = address
        self.prefix = prefix
    }

    static func mask(_ prefix: Int) -> UInt32 {
        prefix <= 0 ? 0 : prefix >= 32 ? .max : .max << UInt32(32 - prefix)
    }

    /// The address without the bits after the prefix.
    var base: UInt32 { address & IPv4Network.mask(prefix) }

    func contains(_ other: UInt32) -> Bool { other & IPv4Network.mask(prefix) == base }

    static func text(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
    }

    /// The networks that are not routed in the Internet: RFC 1918.
    static let privateNetworks = [
        IPv4Network(address: 0x0A00_0000, prefix: 8), IPv4Network(address: 0xAC10_0000, prefix: 12),
        IPv4Network(address: 0xC0A8_0000, prefix: 16),
    ]
}
