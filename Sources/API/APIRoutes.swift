public import Hummingbird
public import WebGate

/// The HTTP API: the same handlers at the short path `/api` and at the paths that Azure's clients use.
public struct APIRoutes: Sendable {
    private let services: APIServices

    public init(_ services: APIServices) {
        self.services = services
    }

    /// Adds all routes to a group that lets only recognised callers through.
    public func add(to group: RouterGroup<TocsinRequestContext>) {
        let resources = IncidentResources(names: services.names, incidentURL: services.incidentURL)
        let incidents = IncidentRoutes(casebook: services.casebook, resources: resources)
        let short = group.group("api")
        incidents.add(to: short)
        let queries = QueryRoutes(queries: services.queries, names: services.names)
        queries.add(to: short.group())
        RunningQueryRoutes(queries: services.queries).add(to: short)
        KQLRoutes(editor: services.editor).add(to: short)
        IngestRoutes(intake: services.intake).add(to: short)
        TokenRoutes(access: services.access).add(to: short)
        incidents.add(to: group.group(RouterPath(services.names.securityInsights)))
        queries.add(to: group.group("v1/workspaces/:workspace"))
    }
}
