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
    /// All that programs with a token may ask.
    private let guarded: [EndpointList]
    /// What anybody may ask.
    private let open: EndpointList
    private let description: DocumentRoutes

    public init(_ services: APIServices) {
        let catalogue = EndpointCatalogue(services: services)
        self.services = services
        guarded = catalogue.lists
        open = catalogue.open
        description = DocumentRoutes(describing: guarded + [open] + catalogue.waysIn)
    }

    /// The OpenAPI document of all endpoints.
    public var document: JSON { description.document }

    /// Adds all endpoints that answer in Azure's shapes.
    ///
    /// - Parameter gate: recognises programs.
    public func add(to group: RouterGroup<TocsinRequestContext>, gate: Gate) {
        let router = EndpointRouter(audit: services.workspace.audit)
        let answering = group.group().add(middleware: ErrorEnvelopes())
        router.add(guarded, to: answering.group().add(middleware: gate))
        router.add([open, EndpointList(at: "api", endpoints: description.endpoints)], to: answering)
    }
}

/// All endpoints, with the places at which they answer.
struct EndpointCatalogue {
    let services: APIServices

    /// What anybody may ask.
    var open: EndpointList { EndpointList(at: "", endpoints: kusto.openEndpoints) }

    /// What other routes add, each behind a door of its own.
    var waysIn: [EndpointList] {
        IngestionRoutes(
            intake: services.intake.events, admission: services.intake.collecting.admission,
            channels: services.intake.collecting.channels
        ).lists + AzureIngestionRoutes.lists(services)
            + [
                AuthorityRoutes(
                    access: services.workspace.access, address: services.workspace.address, now: services.workspace.now
                ).list
            ]
    }

    /// What programs with a token may ask. Who adds a resource adds its list here.
    var lists: [EndpointList] {
        let names = services.workspace.names
        let queries = QueryRoutes(queries: services.queries, names: names)
        let indicators = IndicatorRoutes(
            desk: services.detection.indicators, names: names, address: services.workspace.address)
        let ruleRuns = RuleRunRoutes(runs: services.detection.runs, names: names, now: services.workspace.now)
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
                    rules: services.cases.suppression, names: names, address: services.workspace.address,
                    now: services.workspace.now
                ).endpoints),
            EndpointList(at: short, endpoints: RunningQueryRoutes(queries: services.queries).endpoints),
            EndpointList(at: short, endpoints: KQLRoutes(editor: services.editor).endpoints),
            EndpointList(at: short, endpoints: DeadLetterRoutes(letters: services.intake.deadLetters).endpoints),
            EndpointList(at: short, endpoints: StoreRoutes(store: services.intake.store).endpoints),
            EndpointList(at: short, endpoints: indicators.endpoints),
            EndpointList(at: sentinel, endpoints: indicators.sentinelEndpoints),
            EndpointList(at: "workspaces/\(names.workspaceID)", endpoints: indicators.uploadEndpoints),
            EndpointList(at: short, endpoints: TokenRoutes(access: services.workspace.access).endpoints),
            EndpointList(
                at: short,
                endpoints: SensorRoutes(intake: services.intake.sensors, now: services.workspace.now).endpoints),
            EndpointList(
                at: short,
                endpoints: HealthRoutes(health: services.intake.health, now: services.workspace.now).endpoints),
            EndpointList(at: short, endpoints: ruleRuns.endpoints),
            EndpointList(at: sentinel, endpoints: ruleRuns.azureEndpoints),
            EndpointList(
                at: short, sentinel,
                endpoints: services.workspace.configuration.endpoints(names, services.workspace.address)),
            EndpointList(at: short, endpoints: RuleQualityRoutes(desk: services.detection.rules).endpoints),
            EndpointList(
                at: short, sentinel,
                endpoints: WatchlistRoutes(
                    desk: services.detection.watchlists, names: names, address: services.workspace.address
                ).endpoints),
            EndpointList(at: short, endpoints: caseWork),
            EndpointList(at: short, endpoints: AssetRoutes(desk: services.cases.priorities).endpoints),
            EndpointList(
                at: short,
                endpoints: PriorityRoutes(
                    desk: services.cases.priorities, casebook: services.cases.casebook, now: services.workspace.now
                ).endpoints),
            EndpointList(
                at: short,
                endpoints: IncidentMetricRoutes(
                    queries: services.queries, inventory: { services.cases.priorities.book.inventory },
                    now: services.workspace.now
                ).endpoints),
        ] + collecting
    }

    private static let security = "providers/Microsoft.Security"
    private var subscription: String { "subscriptions/\(services.workspace.names.subscriptionID)" }

    private var securityAlerts: SecurityAlertRoutes {
        SecurityAlertRoutes(
            casebook: services.cases.casebook, queries: services.queries, intake: services.intake.events,
            names: services.workspace.names,
            address: services.workspace.address)
    }

    private var posture: PostureRoutes {
        PostureRoutes(queries: services.queries, names: services.workspace.names, address: services.workspace.address)
    }

    private var kusto: KustoRoutes {
        KustoRoutes(queries: services.queries, names: services.workspace.names, address: services.workspace.address)
    }

    private var savedSearches: [Endpoint] {
        let searches = SavedSearches(documents: services.workspace.documents, library: services.queries.library)
        return SavedSearchRoutes(searches: searches, names: services.workspace.names).endpoints
    }

    /// Incidents and all that hangs on them.
    private var cases: [Endpoint] {
        let resources = IncidentResources(names: services.workspace.names, incidentURL: services.cases.url)
        let (casebook, address, playbooks) = (
            services.cases.casebook, services.workspace.address, services.cases.playbooks
        )
        return IncidentRoutes(casebook: casebook, playbooks: playbooks, resources: resources, address: address)
            .endpoints
            + IncidentNoteRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + BookmarkRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + RelationRoutes(casebook: casebook, resources: resources, address: address).endpoints
            + EntityRoutes(casebook: casebook, playbooks: playbooks, resources: resources, address: address).endpoints
            + EntityGraphRoutes(casebook: casebook, entities: services.cases.entities, resources: resources).endpoints
            + EntityInsightRoutes(
                casebook: casebook, entities: services.cases.entities, names: services.workspace.names
            ).endpoints
    }

    /// What people do with incidents that Azure has no shape for.
    private var caseWork: [Endpoint] {
        let resources = IncidentResources(names: services.workspace.names, incidentURL: services.cases.url)
        return CaseRoutes(casebook: services.cases.casebook, resources: resources, address: services.workspace.address)
            .endpoints
            + CaseFileRoutes(casebook: services.cases.casebook, types: services.cases.types).endpoints
    }

    /// What the workspace keeps as clients write it.
    private var documents: [Endpoint] {
        WorkspaceResourceRoutes(
            store: services.workspace.documents, names: services.workspace.names, address: services.workspace.address
        ).endpoints
    }

    /// Rules, endpoints, tables and keys of collection.
    private var collecting: [EndpointList] {
        let names = services.workspace.names
        let address = services.workspace.address
        let keys = SharedKeyRoutes(keys: services.intake.collecting.keys, names: names)
        let tables = LogTableRoutes(tables: services.intake.collecting.tables, names: names)
        let resources = DataCollectionResource.Kind.allCases.flatMap { kind in
            let routes = DataCollectionResourceRoutes(
                kind: kind, registry: services.intake.collecting.registry, names: names, address: { address($0) })
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
