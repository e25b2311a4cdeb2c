internal import Foundation

/// An address of the Internet Protocol, version 4 or 6.
public struct NetworkAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16 bytes.
    public let bytes: [UInt8]

    /// Nil unless there are 4 or 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads dotted decimal and RFC 4291 notation, also in brackets; nil for anything else, such as a name.
    public init?(_ text: some StringProtocol) {
        var plain = String(text)
        if plain.hasPrefix("["), plain.hasSuffix("]") { plain = String(plain.dropFirst().dropLast()) }
        if let percent = plain.firstIndex(of: "%") { plain = String(plain[..<percent]) }
        var four = in_addr()
        if inet_pton(AF_INET, plain, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
            return
        }
        var six = in6_addr()
        guard inet_pton(AF_INET6, plain, &six) == 1 else { return nil }
        self.init(bytes: withUnsafeBytes(of: &six) { Array($0) })
    }

    /// Not a public unicast address: loopback, private, link-local, multicast, reserved… (RFC 6890), also when a version
    /// 4 address is wrapped into one of version 6.
    public var isSpecial: Bool {
        if bytes.count == 4 { return NetworkAddress.isSpecial(version4: bytes) }
        if let inner = wrappedVersion4 { return NetworkAddress.isSpecial(version4: inner) }
        if bytes.dropLast().allSatisfy({ $0 == 0 }) { return true }
        switch (bytes[0], bytes[1]) {
        case (0xFC...0xFD, _), (0xFE, 0x80...0xFF), (0xFF, _): return true
        case (0x01, 0x00): return true
        case (0x20, 0x01): return bytes[2] == 0x0D && bytes[3] == 0xB8 || bytes[2] == 0 && bytes[3] == 0
        default: return bytes[0] & 0xE0 != 0x20
        }
    }

    /// IPv4-mapped and -compatible, NAT64 (64:ff9b::/96) and 6to4 addresses.
    private var wrappedVersion4: [UInt8]? {
        let leading = bytes[0..<10].allSatisfy { $0 == 0 }
        if leading, bytes[10] == 0xFF, bytes[11] == 0xFF { return Array(bytes[12...]) }
        if leading, bytes[10] == 0, bytes[11] == 0, bytes[12] != 0 { return Array(bytes[12...]) }
        if bytes[0..<4] == [0, 0x64, 0xFF, 0x9B] { return Array(bytes[12...]) }
        if bytes[0] == 0x20, bytes[1] == 0x02 { return Array(bytes[2..<6]) }
        return nil
    }

    private static func isSpecial(version4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1]) {
        case (0, _), (10, _), (127, _), (100, 64...127), (169, 254), (172, 16...31), (192, 168), (198, 18...19): true
        case (192, 0): bytes[2] == 0 || bytes[2] == 2
        case (198, 51): bytes[2] == 100
        case (203, 0): bytes[2] == 113
        case (224...255, _): true
        default: false
        }
    }

    public var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2).map { String(Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }
}
