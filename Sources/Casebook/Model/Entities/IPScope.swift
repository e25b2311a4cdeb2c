/// How far an address reaches.
enum IPScope: Sendable, Hashable {
    case global
    /// RFC 1918, RFC 4193, RFC 6598, and link-local addresses: many machines may have the same.
    case `private`
    /// Loopback and unspecified addresses: every machine's own.
    case host
    /// No address at all.
    case unknown

    init(address text: String) {
        let plain = text.lowercased()
        if plain.contains(":") {
            self = IPScope.ofVersion6(plain)
            return
        }
        let parts = plain.split(separator: ".", omittingEmptySubsequences: false)
        let bytes = parts.compactMap { UInt8($0) }
        guard parts.count == 4, bytes.count == 4 else {
            self = .unknown
            return
        }
        self = IPScope.ofVersion4(bytes[0], bytes[1])
    }

    private static func ofVersion4(_ first: UInt8, _ second: UInt8) -> IPScope {
        switch (first, second) {
        case (0, _), (127, _): .host
        case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): .private
        default: .global
        }
    }

    private static func ofVersion6(_ text: String) -> IPScope {
        if let mapped = text.split(separator: ":").last, mapped.contains(".") {
            return IPScope(address: String(mapped))
        }
        guard text.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "%" }) || text.contains("%") else {
            return .unknown
        }
        if text == "::1" || text == "::" || text == "0:0:0:0:0:0:0:1" { return .host }
        let isPrivate = ["fe8", "fe9", "fea", "feb", "fc", "fd"].contains { text.hasPrefix($0) }
        return isPrivate ? .private : .global
    }
}
