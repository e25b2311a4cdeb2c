internal import Access
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import WebGate

/// Puts endpoints into Hummingbird's router: the one place where paths become routes.
struct EndpointRouter: Sendable {
    let audit: any EndpointAudit

    /// Adds lists of endpoints to a group that recognises callers; a method that a path does not have is 405.
    ///
    /// - Parameter lists: all endpoints of their paths, since a path's methods are known only together.
    func add(_ lists: [EndpointList], to group: RouterGroup<TocsinRequestContext>) {
        var methods: [String: (path: RouterPath, names: [HTTPRequest.Method])] = [:]
        for list in lists {
            for (mount, endpoint) in list.places {
                let route = EndpointRoute(endpoint, mount: mount, audit: audit)
                group.on(route.path, method: endpoint.method) { try await route.respond(to: $0, $1) }
                let key = route.path.description.lowercased()
                methods[key, default: (route.path, [])].names.append(endpoint.method)
            }
        }
        for (path, known) in methods.values {
            let allowed = known.map(\.rawValue).sorted().joined(separator: ", ")
            for method in EndpointRouter.methods where !known.contains(method) {
                group.on(path, method: method) { _, _ -> Response in
                    throw HTTPError(
                        .methodNotAllowed, headers: [.allow: allowed],
                        message: "there is no \(method.rawValue) here; there is \(allowed)")
                }
            }
        }
    }

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace]
}

/// Endpoints that answer at the same places.
struct EndpointList: Sendable {
    /// The paths that the endpoints' own paths follow; an empty one is the root.
    let mounts: [String]
    let endpoints: [Endpoint]

    init(at mounts: String..., endpoints: [Endpoint]) {
        self.mounts = mounts
        self.endpoints = endpoints
    }

    /// Every endpoint at every place.
    var places: [(mount: String, endpoint: Endpoint)] {
        mounts.flatMap { mount in endpoints.map { (mount, $0) } }
    }
}

/// One endpoint at one place.
struct EndpointRoute: Sendable {
    let endpoint: Endpoint
    /// The path as documents show it, such as `/api/incidents/{incident}`.
    let template: String
    /// The same for the router, which knows one name only for what a path may hold at a place.
    let path: RouterPath
    private let names: [(place: String, name: String)]
    private let audit: any EndpointAudit

    init(_ endpoint: Endpoint, mount: String, audit: any EndpointAudit) {
        self.endpoint = endpoint
        self.audit = audit
        let parts = (mount + "/" + endpoint.path).split(separator: "/").map(String.init)
        template = "/" + parts.joined(separator: "/")
        var names: [(String, String)] = []
        path = RouterPath(
            parts.enumerated().map { index, part in
                guard part.hasPrefix("{"), part.hasSuffix("}") else { return part }
                names.append(("part\(index)", String(part.dropFirst().dropLast())))
                return "{part\(index)}"
            }.joined(separator: "/"))
        self.names = names
    }

    func respond(to request: Request, _ context: TocsinRequestContext) async throws -> Response {
        var context = context
        context.coreContext.endpointPath.value = template
        let found = context.parameters
        context.coreContext.parameters = Parameters(
            names.map { place, name in
                let text = found.get(place) ?? ""
                return (Substring(name), Substring(text.removingPercentEncoding ?? text))
            })
        guard endpoint.isAudited else { return try await answer(request, context) }
        let response: Response
        do {
            response = try await answer(request, context)
        } catch {
            let failure = APIError(answering: error)
            await audit.note(AuditRecord(endpoint, request, context, failure.status, failure.message))
            throw error
        }
        await audit.note(AuditRecord(endpoint, request, context, response.status, ""))
        return response
    }

    private func answer(_ request: Request, _ context: TocsinRequestContext) async throws -> Response {
        if case .permission(let permission) = endpoint.access {
            guard try context.requireCaller().may(permission) else {
                throw HTTPError(.forbidden, message: "this needs the permission '\(permission.rawValue)'")
            }
        }
        switch endpoint.handling {
        case .stream(let action): return try await action(request, context)
        case .call(let action):
            try EndpointChecks.headers(of: request, endpoint)
            try EndpointChecks.parameters(of: request, endpoint)
            let body = try await EndpointChecks.body(of: request, endpoint)
            return try await action(EndpointCall(request, context, body: body))
        }
    }
}
