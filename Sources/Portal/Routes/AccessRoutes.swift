public import Access
internal import HTTPTypes
public import Hummingbird
internal import NIOCore
internal import StateStore
public import WebGate

/// Signing in and out, and making the first administrator: the only pages without a session.
public struct AccessRoutes: Sendable {
    private let access: AccessControl
    private let templates: Templates
    private let isSecure: Bool

    /// - Parameter isSecure: whether cookies may travel over TLS only.
    public init(access: AccessControl, templates: Templates, isSecure: Bool) {
        self.access = access
        self.isSecure = isSecure
        self.templates = templates
    }

    public func add(to group: RouterGroup<TocsinRequestContext>) {
        group.get("sign-in", use: showSignIn)
        group.post("sign-in", use: signIn)
        group.post("sign-out", use: signOut)
        group.get("welcome", use: showWelcome)
        group.post("welcome", use: acceptInvitation)
    }

    @Sendable func showSignIn(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let next = FormFields(query: request.uri.query)["next"] ?? ""
        return .html(try templates.render(SignInPage(next: next, name: "", problem: nil)))
    }

    @Sendable func signIn(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = try await FormFields.read(request)
        let name = form["name"] ?? ""
        let next = form["next"] ?? ""
        do {
            let opened = try await access.signIn(
                name: name, password: Secret(form["password"] ?? ""), address: context.address)
            return entering(opened, to: next)
        } catch {
            guard error.code == .invalidCredentials || error.code == .throttled else { throw error }
            let page = SignInPage(next: next, name: name, problem: error.message)
            return .html(try templates.render(page), status: .unauthorized)
        }
    }

    @Sendable func signOut(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        if let token = request.cookies[Gate.cookie]?.value,
            let session = try await access.session(token: token)
        {
            let form = try await FormFields.read(request)
            guard session.accepts(csrfToken: form["csrf"] ?? "") else { throw HTTPError(.forbidden) }
            try await access.signOut(token: token)
        }
        var response = Response.redirect(to: PortalURL.signIn.path, type: .normal)
        response.setCookie(cookie("", maxAge: 0))
        return response
    }

    @Sendable func showWelcome(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let token = FormFields(query: request.uri.query)["token"] ?? ""
        guard try await access.isOpen(invitation: Secret(token)) else {
            let page = ProblemPage(
                heading: "This link is used up",
                message: "It worked once or has expired. Start Tocsin again for a new one, or sign in.")
            return .html(try templates.render(page), status: .gone)
        }
        return .html(try templates.render(WelcomePage(token: token, name: "", problem: nil)))
    }

    @Sendable func acceptInvitation(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = try await FormFields.read(request)
        let token = form["token"] ?? ""
        let name = form["name"] ?? ""
        do {
            let opened = try await access.accept(
                invitation: Secret(token), name: name, displayName: "", password: Secret(form["password"] ?? ""))
            return entering(opened, to: "")
        } catch {
            guard error.code != .failure else { throw error }
            let page = WelcomePage(token: token, name: name, problem: error.message)
            return .html(try templates.render(page), status: .badRequest)
        }
    }

    private func entering(_ opened: OpenedSession, to next: String) -> Response {
        // Only a path of our own: an address elsewhere would make the sign-in page a bait.
        let isOwnPath = next.hasPrefix("/") && !next.hasPrefix("//") && !next.contains("\\")
        var response = Response.redirect(to: isOwnPath ? next : PortalURL.overview.path, type: .normal)
        response.setCookie(cookie(opened.token, maxAge: nil))
        return response
    }

    private func cookie(_ value: String, maxAge: Int?) -> Cookie {
        Cookie(
            name: Gate.cookie, value: value, maxAge: maxAge, path: "/", secure: isSecure, httpOnly: true,
            sameSite: .strict)
    }
}

extension TocsinRequestContext {
    /// The caller's network address without its port.
    fileprivate var address: String { remoteAddress?.ipAddress ?? "unknown" }
}
