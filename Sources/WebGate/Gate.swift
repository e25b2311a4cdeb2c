public import Access
internal import Foundation
internal import HTTPTypes
public import Hummingbird
internal import StateStore

/// Recognises callers: programs by bearer token, people by session cookie. Lets nobody through unrecognised.
public struct Gate: RouterMiddleware {
    /// What happens to a request without a recognised caller.
    public enum Refusal: Sendable {
        /// 401, for programs.
        case unauthorized
        /// To the sign-in page, for people; it leads back afterwards.
        case signIn(path: String)
    }

    private let access: AccessControl
    private let localToken: LocalToken
    private let refusal: Refusal
    private let schemes: Set<CredentialScheme>

    /// The name of the session cookie.
    public static let cookie = "tocsin_session"

    /// - Parameter schemes: how programs may present their token.
    public init(
        access: AccessControl, localToken: LocalToken, refusal: Refusal, schemes: Set<CredentialScheme> = [.bearer]
    ) {
        self.access = access
        self.localToken = localToken
        self.refusal = refusal
        self.schemes = schemes
    }

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        guard let caller = try await caller(of: request) else { return try refused(request) }
        var context = context
        context.caller = caller
        return try await next(request, context)
    }

    private func caller(of request: Request) async throws -> Caller? {
        if let header = request.headers[.authorization] {
            return try await caller(authorization: header)
        }
        guard case .signIn = refusal, let cookie = request.cookies[Gate.cookie]?.value else { return nil }
        guard let session = try await access.session(token: cookie) else { return nil }
        return Caller(
            actor: session.user.actor, roleName: session.user.role.rawValue,
            permissions: session.user.role.permissions, session: PortalSession(csrfToken: session.csrfToken))
    }

    private func caller(authorization header: String) async throws -> Caller? {
        guard let (scheme, text) = CredentialScheme.read(header), schemes.contains(scheme) else { return nil }
        if localToken.matches(text) {
            return Caller(
                actor: JournalActor(kind: .application, id: "local", name: "Local operator"),
                roleName: Role.administrator.rawValue, permissions: Role.administrator.permissions, session: nil)
        }
        guard let identity = try await access.identity(token: text) else { return nil }
        return Caller(
            actor: identity.actor, roleName: identity.owner.role.rawValue, permissions: identity.permissions,
            session: nil)
    }

    private func refused(_ request: Request) throws -> Response {
        switch refusal {
        case .unauthorized:
            throw HTTPError(
                .unauthorized,
                headers: [.wwwAuthenticate: schemes.contains(.basic) ? "Basic realm=\"tocsin\"" : "Bearer"],
                message: "send a token of this installation as 'Authorization: Bearer …'")
        case .signIn(let path):
            guard request.method == .get else { throw HTTPError(.unauthorized, message: "Sign in first.") }
            let wanted = request.uri.string
            return .redirect(to: "\(path)?next=\(escaped(wanted))", type: .normal)
        }
    }

    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}

/// The token by which this machine's operator, who can read the data folder anyway, drives the running server.
public struct LocalToken: Sendable {
    /// The secret; it is written to a file that only the owner may read.
    public let text: String

    /// Makes a token of a secret of at least 256 random bits.
    public init(_ text: String) {
        self.text = text
    }

    /// Compares in a time that does not depend on where the texts differ.
    func matches(_ other: String) -> Bool {
        let mine = Array(text.utf8)
        let theirs = Array(other.utf8)
        guard mine.count == theirs.count else { return false }
        return zip(mine, theirs).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
