/// A value that an indicator warns of, in normal form.
///
/// - Addresses: `203.0.113.7`, or a network `203.0.113.0/24`.
/// - Domains: lower case, without a final dot; a domain stands for its subdomains too.
/// - URLs: without scheme, user and fragment, the host in lower case: `evil.example/a/b?c`. One whose path ends in `/`
///   stands for all beneath it, unless it is the root; one without query stands for any query.
/// - Hashes: lower-case hexadecimal digits. Mail addresses and accounts: lower case.
public struct Observable: Sendable, Hashable {
    public let kind: ObservableKind
    public let value: String

    /// Takes a value of a kind, defanged or not.
    ///
    /// - Throws: `ObservableError` for what is no such value, or would match far too much.
    public init(_ kind: ObservableKind, _ text: some StringProtocol) throws(ObservableError) {
        let text = Refanging.refanged(text)
        self.kind = kind
        switch kind {
        case .ipv4, .ipv6: value = try Self.network(text, kind)
        case .domain: value = try Self.domain(text)
        case .url: value = try Self.url(text)
        case .md5: value = try Self.hash(text, digits: 32, kind)
        case .sha1: value = try Self.hash(text, digits: 40, kind)
        case .sha256: value = try Self.hash(text, digits: 64, kind)
        case .email: value = try Self.email(text)
        case .account: value = try Self.account(text)
        }
    }

    /// Takes a value whose kind its form tells: address, network, hash, mail address, URL, domain.
    public init(detecting text: some StringProtocol) throws(ObservableError) {
        let plain = Refanging.refanged(text)
        let base = plain.prefix { $0 != "/" }
        if let address = NetworkAddress(base), plain.count == base.count || Int(plain.dropFirst(base.count + 1)) != nil
        {
            try self.init(address.isIPv4 ? .ipv4 : .ipv6, plain)
        } else if let kind = Self.hashKind(plain) {
            try self.init(kind, plain)
        } else if plain.contains("/") {
            try self.init(.url, plain)
        } else if plain.contains("@") {
            try self.init(.email, plain)
        } else {
            try self.init(.domain, plain)
        }
    }

    /// Takes a value that is in normal form already, such as one that was kept.
    public init(_ kind: ObservableKind, normal value: String) {
        self.kind = kind
        self.value = value
    }

    /// The kind of hash that has as many hexadecimal digits.
    static func hashKind(_ text: String) -> ObservableKind? {
        guard text.allSatisfy(\.isHexDigit) else { return nil }
        return switch text.utf8.count {
        case 32: .md5
        case 40: .sha1
        case 64: .sha256
        default: nil
        }
    }

    /// The address and prefix length of an address or network.
    public var network: (address: NetworkAddress, prefix: Int)? {
        guard kind.isAddress else { return nil }
        let parts = value.split(separator: "/")
        guard let first = parts.first, let address = NetworkAddress(first) else { return nil }
        return (address, parts.count > 1 ? Int(parts[1]) ?? address.width : address.width)
    }

    /// The STIX 2.1 pattern of this value alone.
    public var pattern: String {
        let escaped = stixValue.flatMap { $0 == "'" || $0 == "\\" ? ["\\", $0] : [$0] }
        return "[\(kind.stixPath) = '\(String(escaped))']"
    }

    /// The value as STIX and people write it: a URL has its scheme again.
    public var stixValue: String { kind == .url ? "http://" + value : value }
}

/// Why a text is no observable.
public struct ObservableError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong and what would be right.
    public let description: String

    init(_ description: String) { self.description = description }
}

extension Observable {
    /// Wider networks than these would match whole regions of the Internet.
    private static let widest = (ipv4: 8, ipv6: 19)

    private static func network(_ text: String, _ kind: ObservableKind) throws(ObservableError) -> String {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = NetworkAddress(first) else {
            throw ObservableError("'\(text.shortened)' is no IP address")
        }
        guard address.isIPv4 == (kind == .ipv4) || text.contains("::ffff:") else {
            throw ObservableError("'\(text.shortened)' is an address of the other family than \(kind.rawValue)")
        }
        guard parts.count == 2 else { return address.description }
        guard let prefix = Int(parts[1]), (0...address.width).contains(prefix) else {
            throw ObservableError("'\(text.shortened)' has no prefix length of 0 to \(address.width)")
        }
        guard prefix >= (address.isIPv4 ? widest.ipv4 : widest.ipv6) else {
            throw ObservableError("'\(text.shortened)' is too wide a network to be an indicator")
        }
        return prefix == address.width ? address.description : "\(address.masked(prefix))/\(prefix)"
    }

    private static func domain(_ text: String) throws(ObservableError) -> String {
        var rest = text.lowercased()[...]
        while rest.hasPrefix("*.") { rest = rest.dropFirst(2) }
        while rest.hasPrefix(".") { rest = rest.dropFirst() }
        while rest.hasSuffix(".") { rest = rest.dropLast() }
        let labels = rest.split(separator: ".", omittingEmptySubsequences: false)
        let isWellFormed =
            rest.utf8.count <= 253
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.unicodeScalars.allSatisfy {
                        $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
                    }
            }
        guard isWellFormed else { throw ObservableError("'\(text.shortened)' is no domain name") }
        guard labels.count > 1, let last = labels.last, !last.allSatisfy(\.isNumber) else {
            throw ObservableError("'\(text.shortened)' is no full domain name such as host.example")
        }
        return String(rest)
    }

    private static func url(_ text: String) throws(ObservableError) -> String {
        var copy = text
        let normal = copy.withUTF8 { bytes -> [UInt8]? in
            var form = URLForm()
            return form.read(bytes) ? form.text : nil
        }
        guard let normal, !normal.isEmpty, normal.count <= 8_192 else {
            throw ObservableError("'\(text.shortened)' is no URL such as https://host.example/path")
        }
        return String(decoding: normal, as: UTF8.self)
    }

    private static func hash(
        _ text: String, digits: Int, _ kind: ObservableKind
    ) throws(ObservableError) -> String {
        guard hashKind(text) == kind else {
            throw ObservableError("'\(text.shortened)' is no \(kind.rawValue) of \(digits) hexadecimal digits")
        }
        return text.lowercased()
    }

    private static func email(_ text: String) throws(ObservableError) -> String {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !text.contains(where: \.isWhitespace) else {
            throw ObservableError("'\(text.shortened)' is no mail address such as name@host.example")
        }
        return text.lowercased()
    }

    private static func account(_ text: String) throws(ObservableError) -> String {
        guard (2...512).contains(text.utf8.count) else {
            throw ObservableError("'\(text.shortened)' is no account name of 2 to 512 characters")
        }
        return text.lowercased()
    }
}

extension String {
    /// Short enough for a message.
    var shortened: String { count > 80 ? prefix(77) + "…" : self }
}
