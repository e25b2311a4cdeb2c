/// An IPv4 or IPv6 network in CIDR notation.
public struct SigmaNetwork: Sendable, Hashable {
    /// The network's address: 4 or 16 bytes, in network order.
    let address: [UInt8]
    let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fe80::/10`, or a single address.
    public init?(_ text: String) {
        let halves = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), let address = IPAddressReader.read(Array(halves[0].utf8)[...]) else {
            return nil
        }
        let bits = address.count * 8
        if halves.count == 2 {
            guard let length = Int(halves[1]), (0...bits).contains(length) else { return nil }
            prefixLength = length
        } else {
            prefixLength = bits
        }
        self.address = address
    }

    /// Whether it is an IPv6 network.
    public var isVersion6: Bool { address.count == 16 }

    /// As in CIDR notation, IPv6 without shortening.
    public var text: String {
        guard isVersion6 else { return address.map(String.init).joined(separator: ".") + "/\(prefixLength)" }
        let groups = stride(from: 0, to: 16, by: 2).map {
            String(Int(address[$0]) << 8 | Int(address[$0 + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "/\(prefixLength)"
    }

    /// Whether the text is an address of this network.
    func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count <= 64, let other = IPAddressReader.read(text[...]), other.count == address.count else {
            return false
        }
        let whole = prefixLength / 8
        guard other.prefix(whole).elementsEqual(address.prefix(whole)) else { return false }
        let rest = prefixLength % 8
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        return other[whole] & mask == address[whole] & mask
    }
}

/// Reads the text of IP addresses (RFC 4291 section 2.2 for IPv6).
enum IPAddressReader {
    /// 4 or 16 bytes in network order; nil when the text is no address.
    static func read(_ text: some Collection<UInt8>) -> [UInt8]? {
        text.contains(UInt8(ascii: ":")) ? version6(text) : version4(text)
    }

    private static func version4(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var current = -1
        for byte in text {
            if byte == UInt8(ascii: ".") {
                guard current >= 0, bytes.count < 3 else { return nil }
                bytes.append(UInt8(current))
                current = -1
            } else {
                guard (48...57).contains(byte) else { return nil }
                current = max(current, 0) * 10 + Int(byte - 48)
                guard current <= 255 else { return nil }
            }
        }
        guard current >= 0, bytes.count == 3 else { return nil }
        bytes.append(UInt8(current))
        return bytes
    }

    private static func version6(_ text: some Collection<UInt8>) -> [UInt8]? {
        let plain = String(decoding: text.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
        let halves = plain.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let head = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return head.count == 16 ? head : nil }
        guard let tail = groups(halves[1]), head.count + tail.count <= 14 else { return nil }
        return head + [UInt8](repeating: 0, count: 16 - head.count - tail.count) + tail
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        if text.isEmpty { return bytes }
        for group in text.split(separator: ":", omittingEmptySubsequences: false) {
            if group.contains(".") {
                guard let last = version4(group.utf8) else { return nil }
                bytes += last
            } else {
                guard (1...4).contains(group.utf8.count), let value = UInt16(group, radix: 16) else { return nil }
                bytes += [UInt8(value >> 8), UInt8(value & 0xFF)]
            }
            if bytes.count > 16 { return nil }
        }
        return bytes
    }
}
