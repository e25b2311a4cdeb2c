public import Access
public import Hummingbird
public import NIOCore
public import StateStore

/// What is known about a request while it is handled.
public struct TocsinRequestContext: RequestContext, RemoteAddressRequestContext {
    public var coreContext: CoreRequestContextStorage
    public let remoteAddress: SocketAddress?
    /// Who asks; nil until a gate has recognised the caller.
    public var caller: Caller?

    public init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The caller, whom the gate has let in.
    ///
    /// - Throws: 401 on a route that no gate guards.
    public func requireCaller() throws -> Caller {
        guard let caller else { throw HTTPError(.unauthorized) }
        return caller
    }
}

/// Someone who was recognised: a person with a session or a program with a token.
public struct Caller: Sendable {
    /// How the journal names the caller.
    public let actor: JournalActor
    public let roleName: String
    public let permissions: Set<Permission>
    /// The session of a person in the portal.
    public let session: PortalSession?

    public init(actor: JournalActor, roleName: String, permissions: Set<Permission>, session: PortalSession?) {
        self.actor = actor
        self.roleName = roleName
        self.permissions = permissions
        self.session = session
    }

    public func may(_ permission: Permission) -> Bool { permissions.contains(permission) }
}

/// What a page needs of the session that it is shown in.
public struct PortalSession: Sendable {
    /// Goes into every form and must come back with it.
    public let csrfToken: String

    public init(csrfToken: String) {
        self.csrfToken = csrfToken
    }
}
