internal import Access
internal import DataCollection
public import Hummingbird
public import WebGate

/// The HTTP API: the same endpoints at the short path `/api` and at the paths that Azure's clients use.
public struct APIRoutes: Sendable {
    private let services: APIServices

    public init(_ services: APIServices) {
        self.services = services
    }

    /// Adds all endpoints that answer in Azure's shapes.
    ///
    /// - Parameter gate: recognises programs.
    public func add(to group: RouterGroup<TocsinRequestContext>, gate: Gate) {
        EndpointRouter(audit: services.audit).add(
            lists, to: group.group().add(middleware: ErrorEnvelopes()).add(middleware: gate))
    }

    /// All endpoints, with the places at which they answer. Who adds a resource adds its list here.
    var lists: [EndpointList] {
        let names = services.names
        let resources = IncidentResources(names: names, incidentURL: services.incidentURL)
        let queries = QueryRoutes(queries: services.queries, names: names)
        let indicators = IndicatorRoutes(desk: services.indicators, names: names)
        let ruleRuns = RuleRunRoutes(runs: services.ruleRuns, names: names, now: services.now)
        let short = "api"
        let sentinel = names.securityInsights
        return [
            EndpointList(
                at: short, sentinel,
                endpoints: IncidentRoutes(casebook: services.casebook, resources: resources).endpoints),
            EndpointList(at: short, "v1/workspaces/{workspace}", endpoints: queries.endpoints),
            EndpointList(at: short, endpoints: RunningQueryRoutes(queries: services.queries).endpoints),
            EndpointList(at: short, endpoints: KQLRoutes(editor: services.editor).endpoints),
            EndpointList(at: short, endpoints: DeadLetterRoutes(letters: services.deadLetters).endpoints),
            EndpointList(at: short, endpoints: StoreRoutes(store: services.store).endpoints),
            EndpointList(at: short, endpoints: indicators.endpoints),
            EndpointList(at: sentinel, endpoints: indicators.sentinelEndpoints),
            EndpointList(at: "workspaces/\(names.workspaceID)", endpoints: indicators.uploadEndpoints),
            EndpointList(at: short, endpoints: TokenRoutes(access: services.access).endpoints),
            EndpointList(at: short, endpoints: SensorRoutes(intake: services.sensors, now: services.now).endpoints),
            EndpointList(at: short, endpoints: HealthRoutes(health: services.health, now: services.now).endpoints),
            EndpointList(at: short, endpoints: ruleRuns.endpoints),
            EndpointList(at: sentinel, endpoints: ruleRuns.azureEndpoints),
            EndpointList(at: short, endpoints: RuleQualityRoutes(desk: services.rules).endpoints),
            EndpointList(
                at: short, sentinel,
                endpoints: WatchlistRoutes(
                    desk: services.watchlists, names: names, address: services.address
                ).endpoints),
        ] + collecting
    }

    /// Rules, endpoints, tables and keys of collection.
    private var collecting: [EndpointList] {
        let names = services.names
        let address = services.address
        let keys = SharedKeyRoutes(keys: services.collecting.keys, names: names)
        let tables = LogTableRoutes(tables: services.collecting.tables, names: names)
        let resources = DataCollectionResource.Kind.allCases.flatMap { kind in
            let routes = DataCollectionResourceRoutes(
                kind: kind, registry: services.collecting.registry, names: names, address: { address($0) })
            return [
                EndpointList(
                    at: "api", "\(names.group)/providers/Microsoft.Insights", endpoints: routes.endpoints),
                EndpointList(
                    at: "subscriptions/\(names.subscriptionID)/providers/Microsoft.Insights",
                    endpoints: [routes.listEndpoint]),
            ]
        }
        return resources + [
            EndpointList(at: "api", names.workspacePath, endpoints: tables.endpoints + keys.endpoints),
            EndpointList(at: names.workspacePath, endpoints: [keys.workspaceEndpoint]),
        ]
    }
}
