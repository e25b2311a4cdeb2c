internal import API
internal import Detection
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
internal import Investigation
internal import Logging
internal import NIOSSL
internal import Portal
internal import Preparation
internal import StateStore
internal import Suppression
internal import WebGate
internal import WorkspaceResources

/// The web server: assets, sign-in, portal, API.
struct Web: Sendable {
    private let core: Core
    private let api: APIServices
    private let routes: APIRoutes
    private let portal: PortalServices
    private let localToken: LocalToken
    private let callbacks: CallbackRoutes
    private let editor: QueryEditor
    private let metrics: LifeMetrics

    init(core: Core, life: Life, localToken: LocalToken) {
        self.core = core
        self.localToken = localToken
        callbacks = CallbackRoutes(engine: life.response)
        editor = QueryEditor(queries: core.queries)
        metrics = LifeMetrics(life: life)
        let stages = life.proving.desk.stages
        let now = { @Sendable in core.time.now() }
        api = APIServices(
            cases: CaseServices(
                casebook: core.casebook, types: core.incidentTypes, entities: core.entities,
                priorities: life.priorities.desk, suppression: SuppressionRules(core.database, time: core.time),
                playbooks: EnginePlaybooks(engine: life.response), url: { core.incidentURL($0) }),
            queries: core.queries, editor: editor,
            intake: IntakeServices(
                events: life.intake, collecting: life.collecting,
                sensors: HubIntake(
                    store: core.events, casebook: core.casebook, indicators: life.threats.matcher,
                    detector: life.deadLetters.detector, health: life.health, time: core.time,
                    isInTrial: { stages.isInTrial($0) }, logger: core.logger),
                health: life.health, deadLetters: life.deadLetters, store: UpkeepDesk(core: core)),
            detection: DetectionServices(
                rules: life.proving.desk,
                runs: RuleRunDesk(runner: life.runner, states: RuleStates(core.database)),
                indicators: StoredIndicatorDesk(store: life.threats.indicators, time: core.time),
                watchlists: life.watchlists),
            workspace: WorkspaceServices(
                names: core.settings.workspace.names,
                address: RequestAddress(
                    configured: core.settings.http.publicURL, isSecure: core.settings.http.isSecure),
                access: core.access, configuration: Configuring.desks(life), documents: core.documents,
                audit: JournalAudit(core: core), now: now))
        routes = APIRoutes(api)
        portal = PortalServices(
            cases: PortalCases(
                casebook: core.casebook, types: core.incidentTypes, journal: core.database.journal,
                entities: core.entities, priorities: life.priorities.desk,
                response: PortalPlaybooks(engine: life.response)),
            detection: PortalDetection(
                rules: { await RuleListing(life) }, ruleDesk: life.proving.desk, watchlists: life.watchlists),
            sources: PortalSources(queries: core.queries, health: life.health, deadLetters: life.deadLetters),
            site: PortalSite(
                plans: { PlanFolder(core.settings.contentFolder.appending(path: "plans").path) },
                reference: { [routes] in routes.document }, now: now, webFolder: core.settings.webFolder))
    }

    /// The routes; each is open on purpose or behind a gate.
    func router() throws -> Router<TocsinRequestContext> {
        let isSecure = core.settings.http.isSecure
        let templates = try Templates()
        // ARM paths are the same in any letter case.
        let router = Router(context: TocsinRequestContext.self, options: [.caseInsensitive])
        router.add(middleware: RequestMetrics())
        router.add(middleware: SecurityHeaders(isSecure: isSecure))
        router.get("healthz") { _, _ in "ok" }
        AssetRoutes(webFolder: core.settings.webFolder).add(to: router.group())
        callbacks.add(to: router.group())
        router.add(middleware: ElasticGreeting(gate: programs([.basic, .apiKey, .bearer])))
        let pages = router.group().add(middleware: ProblemPages(templates: templates, logger: core.logger))
        AccessRoutes(access: core.access, templates: templates, isSecure: isSecure).add(to: pages.group())
        let people = Gate(access: core.access, localToken: localToken, refusal: .signIn(path: "/sign-in"))
        PortalRoutes(portal, templates: templates).add(to: pages.group().add(middleware: people))
        // The portal's editor asks with the session of the page; nothing is changed by these requests.
        KQLRoutes(editor: editor).add(
            to: router.group().add(middleware: people), at: "portal", audit: api.workspace.audit)
        MetricsRoute(sampled: metrics.families).add(to: router.group().add(middleware: programs([.bearer])))
        routes.add(to: router.group(), gate: programs([.bearer]))
        IngestionRoutes(
            intake: api.intake.events, admission: api.intake.collecting.admission,
            channels: api.intake.collecting.channels
        ).add(to: router.group(), gate: programs)
        AzureIngestionRoutes(api, gate: programs).add(to: router.group())
        AuthorityRoutes(access: core.access, address: api.workspace.address, now: api.workspace.now).add(
            to: router.group(), audit: api.workspace.audit)
        return router
    }

    /// Lets programs through that present their token in one of these ways.
    private func programs(_ schemes: Set<CredentialScheme>) -> Gate {
        Gate(access: core.access, localToken: localToken, refusal: .unauthorized, schemes: schemes)
    }

    /// The application, listening when it runs; `onServing` is told the port.
    func application(
        onServing: @escaping @Sendable (Int) async -> Void
    ) throws -> some ApplicationProtocol {
        let http = core.settings.http
        return Application(
            router: try router(),
            server: try WebServer.builder(core.settings.http),
            configuration: ApplicationConfiguration(
                address: .hostname(http.host, port: http.port), serverName: "tocsin"),
            onServerRunning: { channel in await onServing(channel.localAddress?.port ?? http.port) },
            logger: core.logger)
    }
}

/// How this process speaks HTTP.
enum WebServer {
    /// Plain, or with the configured certificate. Connections on which nothing comes are closed, be it between requests or
    /// inside of one.
    static func builder(_ http: Settings.HTTP) throws -> HTTPServerBuilder {
        let connections = HTTP1Channel.Configuration(idleTimeout: .seconds(Int64(http.idleSeconds)))
        guard let certificate = http.tlsCertificate, let key = http.tlsKey else {
            return .http1(configuration: connections)
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(certificate).map { NIOSSLCertificateSource.certificate($0) }
            let configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain, privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
            return try .tls(.http1(configuration: connections), tlsConfiguration: configuration)
        } catch {
            throw SettingsError(
                message: "TLS cannot be set up with \(certificate) and \(key): \(error); both must be PEM files")
        }
    }
}
