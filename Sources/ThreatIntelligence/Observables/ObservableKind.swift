/// The kinds of observable that indicators name and events are matched on.
public enum ObservableKind: String, Sendable, Hashable, CaseIterable {
    case ipv4, ipv6, domain, url, md5, sha1, sha256, email, account

    /// The STIX 2.1 object path that holds such a value: `ipv4-addr:value`, `file:hashes.'SHA-256'`.
    public var stixPath: String {
        switch self {
        case .ipv4: "ipv4-addr:value"
        case .ipv6: "ipv6-addr:value"
        case .domain: "domain-name:value"
        case .url: "url:value"
        case .md5: "file:hashes.MD5"
        case .sha1: "file:hashes.'SHA-1'"
        case .sha256: "file:hashes.'SHA-256'"
        case .email: "email-addr:value"
        case .account: "user-account:account_login"
        }
    }

    /// The type of the STIX object, which is also Sentinel's `patternType`.
    public var stixType: String { String(stixPath.prefix { $0 != ":" }) }

    /// A hash names one content of a file, whatever else is said of the file.
    public var isHash: Bool { self == .md5 || self == .sha1 || self == .sha256 }

    public var isAddress: Bool { self == .ipv4 || self == .ipv6 }

    /// Reads a kind as feeds write it: `ip-dst`, `IPv4`, `domain-name`, `FileHash-SHA256`, `uri`; nil for a word that
    /// is none, or that does not tell which (`ip`, `hash`): then the value's form decides.
    public init?(lenient text: some StringProtocol) {
        let word = text.lowercased().filter { $0.isLetter || $0.isNumber }
        let known: [(ObservableKind, [String])] = [
            (.ipv4, ["ipv4", "ipv4addr"]), (.ipv6, ["ipv6", "ipv6addr"]),
            (.domain, ["domain", "domainname", "hostname", "host", "fqdn"]),
            (.url, ["url", "uri", "link"]), (.md5, ["md5", "filehashmd5"]), (.sha1, ["sha1", "filehashsha1"]),
            (.sha256, ["sha256", "filehashsha256"]),
            (.email, ["email", "emailaddr", "emailaddress", "emailsrc", "emaildst", "mail"]),
            (.account, ["account", "useraccount", "user", "username", "accountlogin"]),
        ]
        guard let match = known.first(where: { $0.1.contains(word) }) else { return nil }
        self = match.0
    }
}
