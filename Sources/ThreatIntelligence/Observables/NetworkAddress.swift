/// An IPv4 or IPv6 address. An IPv4 address mapped into IPv6 (`::ffff:192.0.2.1`) is read as the IPv4 address.
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    public let isIPv4: Bool
    /// The first 64 bits in network order; of an IPv4 address the upper half of them.
    let high: UInt64
    let low: UInt64

    /// Bits of an address: 32 or 128.
    public var width: Int { isIPv4 ? 32 : 128 }

    private init(isIPv4: Bool, high: UInt64, low: UInt64) {
        self.isIPv4 = isIPv4
        self.high = high
        self.low = low
    }

    private init(ipv4 address: UInt32) {
        self.init(isIPv4: true, high: UInt64(address) << 32, low: 0)
    }

    /// Takes 4 or 16 bytes in network order.
    init(networkOrder bytes: some Collection<UInt8>) {
        let padded = Array(bytes.prefix(16)) + Array(repeating: 0, count: max(0, 16 - bytes.count))
        self.init(
            isIPv4: bytes.count == 4, high: padded[..<8].reduce(0) { $0 << 8 | UInt64($1) },
            low: padded[8...].reduce(0) { $0 << 8 | UInt64($1) })
    }

    public init?(_ text: some StringProtocol) {
        var copy = String(text)
        guard let address = copy.withUTF8({ NetworkAddress(utf8: $0) }) else { return nil }
        self = address
    }

    /// Reads dotted IPv4, or IPv6 (RFC 4291) with an optional zone, which is dropped.
    public init?(utf8 text: UnsafeBufferPointer<UInt8>) {
        guard (2...64).contains(text.count) else { return nil }
        if let address = Self.ipv4(text[...]) {
            self.init(ipv4: address)
        } else if let address = Self.ipv6(text) {
            self = address
        } else {
            return nil
        }
    }

    /// The network of this address: its first `prefix` bits.
    public func masked(_ prefix: Int) -> NetworkAddress {
        NetworkAddress(isIPv4: isIPv4, high: high & Self.mask(prefix), low: low & Self.mask(prefix - 64))
    }

    private static func mask(_ bits: Int) -> UInt64 {
        bits <= 0 ? 0 : bits >= 64 ? .max : ~(UInt64.max >> UInt64(bits))
    }

    private static func ipv4(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> UInt32? {
        guard (7...15).contains(text.count) else { return nil }
        var address: UInt32 = 0
        var octet: UInt32 = 0
        var digits = 0
        var dots = 0
        for byte in text {
            switch byte {
            case 0x30...0x39:
                octet = octet * 10 + UInt32(byte - 0x30)
                digits += 1
                if digits > 3 || octet > 255 { return nil }
            case 0x2E:
                if digits == 0 || dots == 3 { return nil }
                address = address << 8 | octet
                octet = 0
                digits = 0
                dots += 1
            default: return nil
            }
        }
        return digits > 0 && dots == 3 ? address << 8 | octet : nil
    }

    private static func ipv6(_ text: UnsafeBufferPointer<UInt8>) -> NetworkAddress? {
        let text = text[..<(text.firstIndex(of: 0x25) ?? text.endIndex)]
        var groups: [UInt16] = []
        var gap: Int?
        var position = text.startIndex
        if text.starts(with: [0x3A, 0x3A]) {
            gap = 0
            position += 2
        }
        while position < text.endIndex {
            let end = text[position...].firstIndex(of: 0x3A) ?? text.endIndex
            let part = text[position..<end]
            if end == text.endIndex, part.contains(0x2E) {
                guard let address = ipv4(part) else { return nil }
                groups += [UInt16(address >> 16), UInt16(truncatingIfNeeded: address)]
                break
            }
            guard (1...4).contains(part.count), let group = hexadecimal(part) else { return nil }
            groups.append(group)
            guard end < text.endIndex else { break }
            position = end + 1
            if position == text.endIndex { return nil }
            if text[position] == 0x3A {
                guard gap == nil else { return nil }
                gap = groups.count
                position += 1
            }
        }
        return address(groups, gap: gap)
    }

    private static func hexadecimal(_ part: Slice<UnsafeBufferPointer<UInt8>>) -> UInt16? {
        var value: UInt16 = 0
        for byte in part {
            guard let digit = ASCII.hexDigit(byte) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }

    private static func address(_ groups: [UInt16], gap: Int?) -> NetworkAddress? {
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        var all = groups
        if let gap { all.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap) }
        let high = all[..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = all[4...].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        if high == 0, low >> 32 == 0xFFFF { return NetworkAddress(ipv4: UInt32(truncatingIfNeeded: low)) }
        return NetworkAddress(isIPv4: false, high: high, low: low)
    }

    /// Dotted, or the form of RFC 5952: lower case, the longest run of zeros as `::`.
    public var description: String {
        if isIPv4 {
            return (0..<4).map { String((high >> UInt64(56 - 8 * $0)) & 0xFF) }.joined(separator: ".")
        }
        let groups = [high, low].flatMap { half in
            (0..<4).map { UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * $0)) }
        }
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8, groups[end] == 0 { end += 1 }
            if end - start > max(1, longest.count) { longest = start..<end }
            start = max(end, start + 1)
        }
        func text(_ part: ArraySlice<UInt16>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        if longest.isEmpty { return text(groups[...]) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}

/// Byte classes of ASCII.
enum ASCII {
    static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
