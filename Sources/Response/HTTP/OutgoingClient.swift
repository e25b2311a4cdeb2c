internal import Foundation
public import JSON
public import Workflow

/// Does the HTTP requests of playbooks: authentication, bodies, redirects, and the policy on where they may go.
public struct OutgoingClient: Sendable {
    private let port: any HTTPPort
    let policy: OutgoingPolicy
    /// Host → base address: requests to the host go there instead (`management.azure.com` → this system); `*` is any
    /// host that is not named.
    private let rewrites: [String: String]

    public init(port: any HTTPPort, policy: OutgoingPolicy = OutgoingPolicy(), rewrites: [String: String] = [:]) {
        self.port = port
        self.policy = policy
        self.rewrites = Dictionary(
            rewrites.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Sends the call, following redirects of safe methods.
    public func perform(
        _ call: HTTPCall, trackingHeaders: JSONObject = [:], idempotencyKey: String? = nil
    ) async throws(OperationFailure) -> WorkflowAnswer {
        let body = call.encodedBody
        var headers = call.headers.merging(trackingHeaders) { own, _ in own }
        if let type = body.contentType, Self.header("content-type", headers) == nil {
            headers["Content-Type"] = .string(type)
        }
        if let idempotencyKey, !["GET", "HEAD", "OPTIONS"].contains(call.method),
            Self.header("idempotency-key", headers) == nil
        {
            headers["Idempotency-Key"] = .string(idempotencyKey)
        }
        if let authorization = try await authorization(call.authentication) {
            headers["Authorization"] = .string(authorization)
        }
        let request = OutgoingRequest(
            method: call.method, uri: try target(call.uri), headers: headers, body: body.bytes)
        return try await follow(request)
    }

    private func follow(_ first: OutgoingRequest) async throws(OperationFailure) -> WorkflowAnswer {
        var request = first
        for _ in 0...policy.maximumRedirects {
            let answer = try await port.send(request, policy: policy)
            guard [301, 302, 303, 307, 308].contains(answer.statusCode), ["GET", "HEAD"].contains(request.method),
                let location = Self.header("location", answer.headers)?.stringValue
            else { return answer }
            guard let base = URL(string: request.uri), let next = URL(string: location, relativeTo: base)?.absoluteURL
            else { return answer }
            if next.host != base.host || next.scheme != base.scheme || next.port != base.port {
                request.headers = request.headers.filter {
                    $0.key.lowercased() != "authorization" && $0.key.lowercased() != "cookie"
                }
            }
            request.uri = try target(next.absoluteString)
        }
        throw OperationFailure(
            code: "TooManyRedirects", message: "more than \(policy.maximumRedirects) redirects from \(first.uri)",
            isTransient: false)
    }

    /// The address to ask, after rewriting; only http and https.
    private func target(_ uri: String) throws(OperationFailure) -> String {
        guard let parts = URLComponents(string: uri), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else {
            throw OperationFailure(
                code: "InvalidUri", message: "'\(uri.prefix(200))' is no http or https address", isTransient: false)
        }
        guard let base = rewrites[host.lowercased()] ?? rewrites["*"] else { return uri }
        let start = uri.range(of: "://")?.upperBound ?? uri.startIndex
        let rest = uri[start...].drop { $0 != "/" && $0 != "?" && $0 != "#" }
        return (base.hasSuffix("/") ? String(base.dropLast()) : base) + rest
    }

    private static func header(_ name: String, _ headers: JSONObject) -> JSON? {
        headers.first { $0.key.lowercased() == name }?.value
    }
}

// Authentication.
extension OutgoingClient {
    private func authorization(_ authentication: JSON) async throws(OperationFailure) -> String? {
        func text(_ name: String) -> String { authentication[name]?.stringValue ?? "" }
        switch text("type").lowercased() {
        case "": return nil
        case "basic":
            return "Basic " + Data("\(text("username")):\(text("password"))".utf8).base64EncodedString()
        case "raw": return text("value")
        case "activedirectoryoauth": return try await token(authentication)
        case "managedserviceidentity":
            // Tocsin has no managed identity; where the receiver needs a token, a connector's settings carry it.
            return nil
        default:
            throw OperationFailure(
                code: "AuthenticationNotSupported",
                message: "authentication of type '\(text("type"))' is not supported; use Basic, Raw or "
                    + "ActiveDirectoryOAuth",
                isTransient: false)
        }
    }

    /// OAuth 2.0 client credentials (RFC 6749, section 4.4).
    private func token(_ authentication: JSON) async throws(OperationFailure) -> String {
        func text(_ name: String) -> String { authentication[name]?.stringValue ?? "" }
        let authority = text("authority").isEmpty ? "https://login.microsoftonline.com" : text("authority")
        let fields = [
            "grant_type": "client_credentials", "client_id": text("clientId"), "client_secret": text("secret"),
            "resource": text("audience"),
        ]
        let body = fields.sorted { $0.key < $1.key }.map { "\($0.key)=\(Self.encoded($0.value))" }.joined(
            separator: "&")
        let request = OutgoingRequest(
            method: "POST",
            uri: try target(
                "\(authority.hasSuffix("/") ? String(authority.dropLast()) : authority)/\(text("tenant"))/oauth2/token"),
            headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
        let answer = try await port.send(request, policy: policy)
        guard answer.statusCode == 200, let token = answer.body["access_token"]?.stringValue else {
            throw OperationFailure(
                code: "AuthenticationFailed",
                message: "the authority \(authority) gave no token: status \(answer.statusCode)",
                isTransient: answer.statusCode >= 500)
        }
        return "Bearer \(token)"
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
