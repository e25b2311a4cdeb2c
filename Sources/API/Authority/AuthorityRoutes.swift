public import Access
public import Chronology
internal import Foundation
internal import HTTPTypes
public import Hummingbird
internal import JSON
internal import StateStore
public import WebGate

/// The token endpoint that Azure's clients sign in at (OAuth 2.0 client credentials, RFC 6749 section 4.4): a service
/// principal is a token of this installation, its client identifier the token's identifier and its secret the token's text.
///
/// Any tenant will do, since an installation is one.
public struct AuthorityRoutes: Sendable {
    private let access: AccessControl
    private let address: RequestAddress
    private let now: @Sendable () -> Instant

    public init(access: AccessControl, address: RequestAddress, now: @escaping @Sendable () -> Instant) {
        self.access = access
        self.address = address
        self.now = now
    }

    /// Adds the routes, which are open: the secret is in the request.
    public func add(to group: RouterGroup<TocsinRequestContext>, audit: any EndpointAudit) {
        EndpointRouter(audit: audit).add([list], to: group.add(middleware: ErrorEnvelopes()))
    }

    /// All endpoints with their places, for the document.
    var list: EndpointList {
        func discovery(
            _ path: String, _ id: String, _ summary: String, _ action: @escaping Endpoint.StreamAction
        ) -> Endpoint {
            Endpoint(
                .get, path, id: id, tag: .access, summary, access: .anybody, answers: [.ok(.map(.any))],
                handling: .stream(action))
        }
        func tokens(_ path: String, _ id: String) -> Endpoint {
            let refusal = Schema.object(
                .required("error", .string), .required("error_description", .string),
                .required("error_codes", .array(.integer)), .required("timestamp", .string)
            ).named("TokenRefusal")
            return Endpoint(
                .post, path, id: id, tag: .access, "Gives an access token for a client's id and secret",
                access: .anybody,
                body: .raw("application/x-www-form-urlencoded", schema: Self.form, upTo: FormFields.maximumBody),
                failure: refusal,
                answers: [
                    .ok(
                        .object(
                            .required("token_type", .string), .required("expires_in", .integer),
                            .required("ext_expires_in", .integer), .required("access_token", .string))),
                    EndpointAnswer(.unauthorized, "The id or secret is wrong", refusal),
                    EndpointAnswer(.tooManyRequests, "Too many wrong secrets", .error),
                ], handling: .stream(token))
        }
        return EndpointList(
            at: "",
            endpoints: [
                discovery(
                    "{tenant}/v2.0/.well-known/openid-configuration", "Authority_GetConfiguration",
                    "Tells where tokens are given", configuration),
                discovery(
                    "{tenant}/.well-known/openid-configuration", "Authority_GetConfigurationV1",
                    "Tells where tokens are given", configuration),
                discovery(
                    "common/discovery/instance", "Authority_GetInstance", "Tells that this authority is one", instance),
                tokens("{tenant}/oauth2/v2.0/token", "Authority_GetToken"),
                tokens("{tenant}/oauth2/token", "Authority_GetTokenV1"),
            ])
    }

    private static let form = Schema.object(
        .required("grant_type", .string), .optional("client_id", .string), .optional("client_secret", .string),
        .optional("scope", .string), .optional("resource", .string))

    // MARK: Discovery

    @Sendable func configuration(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let tenant = try context.parameters.require("tenant")
        let base = "\(address(request))/\(tenant)"
        return Response(json: [
            "token_endpoint": .string("\(base)/oauth2/v2.0/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "issuer": .string("\(base)/v2.0"), "authorization_endpoint": .string("\(base)/oauth2/v2.0/authorize"),
            "grant_types_supported": ["client_credentials"], "response_types_supported": ["token"],
            "scopes_supported": .array(Audience.allCases.map { .string("\($0.rawValue)/.default") }),
        ])
    }

    @Sendable func instance(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let base = address(request)
        let host = base.split(separator: "/").last.map(String.init) ?? base
        return Response(json: [
            "tenant_discovery_endpoint": .string("\(base)/common/v2.0/.well-known/openid-configuration"),
            "api-version": "1.1",
            "metadata": [
                ["preferred_network": .string(host), "preferred_cache": .string(host), "aliases": [.string(host)]]
            ],
        ])
    }

    // MARK: Tokens

    @Sendable func token(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = try await FormFields.read(request)
        guard form["grant_type"] == "client_credentials" else {
            return refusal(
                "unsupported_grant_type", 70003,
                "the grant type '\(form["grant_type"] ?? "")' is not supported; "
                    + "use client_credentials")
        }
        let credentials = Self.basicCredentials(request.headers[.authorization])
        guard let client = form["client_id"] ?? credentials?.id,
            let secret = form["client_secret"] ?? credentials?.secret
        else {
            return refusal(
                "invalid_request", 900144, "client_id and client_secret are required; certificates are not taken")
        }
        let scope = form["scope"] ?? form["resource"] ?? ""
        guard let audience = audience(of: scope, request) else {
            let known = Audience.allCases.map { "\($0.rawValue)/.default" }.joined(separator: ", ")
            return refusal("invalid_scope", 70011, "the scope '\(scope)' is not known here; use one of \(known)")
        }
        do {
            let issued = try await access.issueAccessToken(
                clientID: client, secret: Secret(secret), audience: audience)
            let seconds = max(0, Int64((issued.expiryTime - now()).seconds))
            return Response(json: [
                "token_type": "Bearer", "expires_in": .int(seconds), "ext_expires_in": .int(seconds),
                // What this route is for.
                "access_token": .string(issued.secret.revealed),
            ])
        } catch {
            guard error.code == .invalidCredentials else { throw APIError(error) }
            return refusal("invalid_client", 7_000_215, error.message, status: .unauthorized)
        }
    }

    /// A scope names Azure's audiences, or this installation for everything.
    private func audience(of scope: String, _ request: Request) -> Audience? {
        for word in scope.split(separator: " ") {
            if let audience = Audience(scope: String(word)) { return audience }
            let base = address(request).lowercased()
            if word.lowercased() == "\(base)/.default" || word.lowercased() == base { return .management }
        }
        return nil
    }

    private static func basicCredentials(_ header: String?) -> (id: String, secret: String)? {
        guard let header, header.lowercased().hasPrefix("basic "),
            let bytes = Data(base64Encoded: String(header.dropFirst(6))),
            let text = String(bytes: bytes, encoding: .utf8)
        else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1).map { String($0).removingPercentEncoding ?? String($0) }
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    private func refusal(
        _ error: String, _ number: Int64, _ message: String, status: HTTPResponse.Status = .badRequest
    ) -> Response {
        Response(
            status: status,
            json: [
                "error": .string(error), "error_description": .string("AADSTS\(number): \(message)"),
                "error_codes": [.int(number)], "timestamp": .string(now().description),
            ])
    }
}

/// The address by which a client reaches this installation.
public struct RequestAddress: Sendable {
    private let configured: String?
    private let isSecure: Bool

    /// - Parameter configured: the address that the operator published; nil: what a request says it asked for.
    public init(configured: String?, isSecure: Bool) {
        self.configured = configured
        self.isSecure = isSecure
    }

    /// The address without a slash at its end.
    public func callAsFunction(_ request: Request) -> String {
        if let configured { return configured }
        return "\(isSecure ? "https" : "http")://\(request.head.authority ?? "localhost")"
    }
}
