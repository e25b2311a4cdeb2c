public import Chronology
public import JSON
public import Workflow

/// Sends one HTTP request, without following redirects.
public protocol HTTPPort: Sendable {
    /// - Throws: `OperationFailure` with code `AddressDenied` when the host's address is one that the policy denies, or
    ///   another code when the exchange failed; an answer of any status is no failure.
    func send(_ request: OutgoingRequest, policy: OutgoingPolicy) async throws(OperationFailure) -> WorkflowAnswer
}

/// A request to the outside.
public struct OutgoingRequest: Sendable, Hashable {
    public var method: String
    /// Absolute.
    public var uri: String
    public var headers: JSONObject
    public var body: [UInt8]

    public init(method: String, uri: String, headers: JSONObject = [:], body: [UInt8] = []) {
        self.method = method
        self.uri = uri
        self.headers = headers
        self.body = body
    }
}

/// Where outgoing requests may reach to, and how much they may fetch.
///
/// Loopback, private, link-local and other special addresses (among them the clouds' metadata services) are denied,
/// unless their host is named.
public struct OutgoingPolicy: Sendable, Hashable {
    /// Hosts, or `host:port`, that may have such an address; in lower case. `*` allows all.
    public var allowedPrivateHosts: Set<String>
    public var timeout: TimeSpan
    public var maximumResponseBytes: Int
    public var maximumRedirects: Int
    /// The setting that names the allowed hosts, for messages.
    public var setting = "outgoing.allowedPrivateHosts"

    public init(
        allowedPrivateHosts: Set<String> = [], timeout: TimeSpan = .seconds(120),
        maximumResponseBytes: Int = 20 << 20, maximumRedirects: Int = 5
    ) {
        self.allowedPrivateHosts = Set(allowedPrivateHosts.map { $0.lowercased() })
        self.timeout = timeout
        self.maximumResponseBytes = maximumResponseBytes
        self.maximumRedirects = maximumRedirects
    }

    /// Whether a connection to `address`, which `host` resolved to, may be made.
    public func permits(_ address: NetworkAddress, host: String, port: Int) -> Bool {
        if !address.isSpecial { return true }
        let name = host.lowercased()
        return allowedPrivateHosts.contains("*") || allowedPrivateHosts.contains(name)
            || allowedPrivateHosts.contains("\(name):\(port)")
    }

    /// The failure for an address that is not permitted.
    public func denial(of host: String, address: String) -> OperationFailure {
        OperationFailure(
            code: "AddressDenied",
            message: "\(host) has the address \(address), which is private or special; add the host to "
                + "\(setting) if it may be reached",
            isTransient: false)
    }
}
