internal import Foundation
internal import Vocabulary

/// A pattern of web addresses: `https://host/path`, where the host may begin with `*.` and the path may hold `*`.
///
/// Scheme, host and port are compared as such, never as text, so that no other part of an address can pass for them.
public struct AddressPattern: Sendable, Hashable, CustomStringConvertible {
    public let description: String
    private let scheme: String
    private let host: String
    private let port: Int?
    private let path: Wildcard

    /// Nil for what is no http or https address.
    public init?(_ text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        guard let mark = trimmed.range(of: "://") else { return nil }
        scheme = trimmed[..<mark.lowerBound].lowercased()
        let rest = trimmed[mark.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        let parts = authority.split(separator: ":", maxSplits: 1)
        guard ["http", "https"].contains(scheme), let host = parts.first, !host.isEmpty, !authority.contains("@"),
            !host.dropFirst(host.hasPrefix("*.") ? 2 : 0).contains("*")
        else { return nil }
        self.host = host.lowercased()
        port = parts.count == 2 ? Int(parts[1]) : nil
        if parts.count == 2, port == nil { return nil }
        path = Wildcard(rest.count > authority.count ? String(rest.dropFirst(authority.count)) : "/*")
        description = trimmed
    }

    /// Whether an address is one of these.
    public func matches(_ address: String) -> Bool {
        guard let parts = URLComponents(string: address), parts.scheme?.lowercased() == scheme, parts.user == nil,
            parts.password == nil, let name = parts.host?.lowercased()
        else { return false }
        let standard = scheme == "https" ? 443 : 80
        guard (parts.port ?? standard) == (port ?? standard), matches(host: name) else { return false }
        // A path that climbs leads elsewhere than it seems to.
        let target = parts.path.isEmpty ? "/" : parts.path
        guard !target.split(separator: "/").contains("..") else { return false }
        return path.matches(target)
    }

    private func matches(host name: String) -> Bool {
        host.hasPrefix("*.") ? name.hasSuffix(host.dropFirst(1)) && name.count >= host.count : name == host
    }
}
