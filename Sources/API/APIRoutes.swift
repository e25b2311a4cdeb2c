internal import Access
internal import DataCollection
public import Hummingbird
internal import Investigation
public import JSON
internal import Prioritization
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
        let router = EndpointRouter(audit: services.audit)
        let guarded = lists
        let answering = group.group().add(middleware: ErrorEnvelopes())
        router.add(guarded, to: answering.group().add(middleware: gate))
        let document = DocumentRoutes(describing: guarded + [open] + waysIn)
        router.add([open, EndpointList(at: "api", endpoints: document.endpoints)], to: answering)
    }

    /// The OpenAPI document of all endpoints.
    public var document: JSON { OpenAPIDocument(lists + [open] + waysIn).json }

    /// What anybody may ask.
    private var open: EndpointList { EndpointList(at: "", endpoints: kusto.openEndpoints) }

    /// What other routes add, each behind a door of its own.
    private var waysIn: [EndpointList] {
        IngestionRoutes(
            intake: services.intake, admission: services.collecting.admission, channels: services.collecting.channels
        ).lists + AzureIngestionRoutes.lists(services)
            + [AuthorityRoutes(access: services.access, address: services.address, now: services.now).list]
    }

    /// All endpoints, with the places at which they answer. Who adds a resource adds its list here.
    var lists: [EndpointList] {
        let names = services.names
        let queries = QueryRoutes(queries: services.queries, names: names)
        let indicators = IndicatorRoutes(desk: services.indicators, names: names, address: services.address)
        let ruleRuns = RuleRunRoutes(runs: services.ruleRuns, names: names, now: services.now)
        let short = "api"
        let sentinel = names.securityInsights
        return [
            EndpointList(at: short, sentinel, endpoints: cases),
            EndpointList(at: sentinel, endpoints: documents),
            EndpointList(
                at: "providers/Microsoft.SecurityInsights",
                endpoints: [OperationRoutes(described: cases + documents).endpoint]),
            EndpointList(
                at: short, "v1/workspaces/{workspace}", names.workspacePath, "\(names.workspacePath)/api",
                "v1\(names.workspacePath)", endpoints: queries.endpoints),
            EndpointList(at: "v1", short, endpoints: [queries.batchEndpoint]),
            EndpointList(at: "", endpoints: kusto.endpoints),
            EndpointList(
                at: "\(subscription)/\(Self.security)", "\(names.group)/\(Self.security)",
                "\(subscription)/resourceGroups/{group}/\(Self.security)", endpoints: securityAlerts.endpoints),
            EndpointList(
                at: "\(subscription)/\(Self.security)", "\(names.group)/\(Self.security)",
                "\(subscription)/resourceGroups/{group}/\(Self.security)",
                "\(subscription)/resourceGroups/{group}/providers/{namespace}/{type}/{resource}/\(Self.security)",
                endpoints: posture.endpoints),
            EndpointList(
                at: Self.security, "\(subscription)/\(Self.security)", endpoints: posture.definitionEndpoints),
            EndpointList(
                at: "\(subscription)/\(Self.security)",
                endpoints: SuppressionRoutes(
                    rules: services.suppression, names: names, address: services.address, now: services.now
                ).endpoints),
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
            EndpointList(at: short, sentinel, endpoints: services.configuration.endpoints(names, services.address)),
            EndpointList(at: short, endpoints: RuleQualityRoutes(desk: services.rules).endpoints),
            EndpointList(
                at: short, sentinel,
                endpoints: WatchlistRoutes(
                    desk: services.watchlists, names: names, address: services.address
                ).endpoints),
            EndpointList(at: short, endpoints: caseWork),
            EndpointList(at: short, endpoints: AssetRoutes(desk: services.priorities).endpoints),
            EndpointList(
                at: short,
                endpoints: PriorityRoutes(
                    desk: services.priorities, casebook: services.casebook, now: services.now
                ).endpoints),
            EndpointList(
                at: short,
                endpoints: IncidentMetricRoutes(
                    queries: services.queries, inventory: { services.priorities.book.inventory }, now: services.now
                ).endpoints),
        ] + collecting
    }

    private static let security = "providers/Microsoft.Security"
    private var subscription: String { "subscriptions/\(services.names.subscriptionID)" }

    private var securityAlerts: SecurityAlertRoutes {
        SecurityAlertRoutes(
            casebook: services.casebook, queries: services.queries, intake: services.intake, names: services.names,
            address: services.address)
    }

    private var posture: PostureRoutes {
        PostureRoutes(queries: services.queries, names: services.names, address: services.address)
    }

    private var kusto: KustoRoutes {
        KustoRoutes(queries: services.queries, names: services.names, address: services.address)
    }

    private var savedSearches: [Endpoint] {
        let searches = SavedSearches(documents: services.documents, library: services.queries.library)
        return SavedSearchRoutes(searches: searches, names: services.names).endpoints
    }

    /// Incidents and all that hangs on them.
    private var cases: [Endpoint] {
        let resources = IncidentResources(names: services.names, incidentURL: services.incidentURL)
        let (casebook, address, playbooks) = (services.casebook, services.address, services.playbooks)
        return IncidentRoutes(casebook: casebook, playbooks: playbooks, resources: resources, address: address)
            .endpoints
            + IncidentNoteRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + BookmarkRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + RelationRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + EntityRoutes(casebook: casebook, playbooks: playbooks, resources: resources, address: address).endpoints
            + EntityGraphRoutes(casebook: casebook, resources: resources, now: services.now).endpoints
            + EntityInsightRoutes(
                casebook: casebook, insights: services.insights, queries: services.queries, names: services.names
            ).endpoints
    }

    /// What people do with incidents that Azure has no shape for.
    private var caseWork: [Endpoint] {
        let resources = IncidentResources(names: services.names, incidentURL: services.incidentURL)
        return CaseRoutes(casebook: services.casebook, resources: resources, address: services.address).endpoints
            + CaseFileRoutes(casebook: services.casebook, types: services.incidentTypes).endpoints
    }

    /// What the workspace keeps as clients write it.
    private var documents: [Endpoint] {
        WorkspaceResourceRoutes(store: services.documents, names: services.names, address: services.address).endpoints
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
            EndpointList(at: "api", names.workspacePath, endpoints: savedSearches),
        ]
    }
}
