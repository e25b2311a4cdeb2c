public import Chronology
public import Notification

/// How to reach the mail server.
public struct SMTPSettings: Sendable, Hashable {
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// No encryption; for a relay on the same machine only.
        case none
        /// STARTTLS (RFC 3207), refused when the server does not offer it.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314).
        case tls
    }

    /// How to prove who one is.
    public struct Credentials: Sendable, Hashable {
        public enum Mechanism: String, Sendable, Hashable, CaseIterable {
            case automatic
            case plain = "PLAIN"
            case login = "LOGIN"
        }

        public var username: String
        public var password: String
        public var mechanism: Mechanism

        public init(username: String, password: String, mechanism: Mechanism = .automatic) {
            self.username = username
            self.password = password
            self.mechanism = mechanism
        }
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var credentials: Credentials?
    public var sender: MailAddress
    public var senderName: String
    /// The name by which to greet the server.
    public var localName: String
    /// A PEM file of certificate authorities to trust instead of the system's.
    public var caFile: String?
    public var timeout: TimeSpan

    public init(
        host: String, port: Int, security: Security, credentials: Credentials? = nil, sender: MailAddress,
        senderName: String = "Tocsin", localName: String = "localhost", caFile: String? = nil,
        timeout: TimeSpan = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.credentials = credentials
        self.sender = sender
        self.senderName = senderName
        self.localName = localName
        self.caFile = caFile
        self.timeout = timeout
    }

    var url: String {
        let literal = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(security == .tls ? "smtps" : "smtp")://\(literal):\(port)/\(localName)"
    }
}
