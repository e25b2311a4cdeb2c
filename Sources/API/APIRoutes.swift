internal import Access
internal import DataCollection
public import Hummingbird
public import WebGate

/// The HTTP API: the same handlers at the short path `/api` and at the paths that Azure's clients use.
public struct APIRoutes: Sendable {
    private let services: APIServices

    public init(_ services: APIServices) {
        self.services = services
    }

    /// Adds all routes that answer in Azure's shapes to a group that lets only recognised callers through.
    public func add(to group: RouterGroup<TocsinRequestContext>) {
        let names = services.names
        let resources = IncidentResources(names: names, incidentURL: services.incidentURL)
        let incidents = IncidentRoutes(casebook: services.casebook, resources: resources)
        let short = group.group("api")
        incidents.add(to: short)
        let queries = QueryRoutes(queries: services.queries, names: names)
        queries.add(to: short.group())
        RunningQueryRoutes(queries: services.queries).add(to: short)
        KQLRoutes(editor: services.editor).add(to: short)
        DeadLetterRoutes(letters: services.deadLetters).add(to: short)
        StoreRoutes(store: services.store).add(to: short)
        let indicators = IndicatorRoutes(desk: services.indicators, names: names)
        indicators.add(to: short)
        indicators.addSentinel(to: group.group(RouterPath(names.securityInsights)))
        indicators.addUpload(to: group.group("workspaces/\(names.workspaceID)"))
        TokenRoutes(access: services.access).add(to: short)
        SensorRoutes(intake: services.sensors, now: services.now).add(to: short)
        HealthRoutes(health: services.health, now: services.now).add(to: short)
        let ruleRuns = RuleRunRoutes(runs: services.ruleRuns, names: names, now: services.now)
        ruleRuns.add(to: short)
        ruleRuns.addAzure(to: group.group(RouterPath(names.securityInsights)))
        RuleQualityRoutes(desk: services.rules).add(to: short)
        incidents.add(to: group.group(RouterPath(names.securityInsights)))
        queries.add(to: group.group("v1/workspaces/:workspace"))
        addCollecting(to: group, short)
    }

    /// Rules, endpoints, tables and keys of collection.
    private func addCollecting(
        to group: RouterGroup<TocsinRequestContext>, _ short: RouterGroup<TocsinRequestContext>
    ) {
        let names = services.names
        let collecting = services.collecting
        let address = services.address
        for kind in DataCollectionResource.Kind.allCases {
            let routes = DataCollectionResourceRoutes(
                kind: kind, registry: collecting.registry, names: names, address: { address($0) })
            routes.add(to: short)
            routes.add(to: group.group(RouterPath("\(names.group)/providers/Microsoft.Insights")))
            routes.addList(
                to: group.group(
                    RouterPath("/subscriptions/\(names.subscriptionID)/providers/Microsoft.Insights")))
        }
        let tables = LogTableRoutes(tables: collecting.tables, names: names)
        let keys = SharedKeyRoutes(keys: collecting.keys, names: names)
        for place in [short, group.group(RouterPath(names.workspacePath))] {
            tables.add(to: place)
            keys.add(to: place)
        }
        keys.addWorkspace(to: group.group(RouterPath(names.workspacePath)))
    }
}
