internal import API
internal import Access
internal import Chronology
internal import Collection
internal import DataCollection
internal import Detection
internal import Exposition
internal import FileConnector
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Investigation
public import Logging
internal import ServiceLifecycle
internal import Spool
internal import StateStore
internal import UnixSignals
internal import WebGate

/// A sensor: collects, normalises and matches where the events are, without casebook and portal, and hands everything on
/// to the hub.
public enum TocsinSensor {
    /// Runs until SIGINT or SIGTERM. `onStart` is told once where events are taken in.
    ///
    /// - Throws: what kept it from starting, with the remedy.
    public static func run(
        _ settings: Settings, logger: Logger, onStart: @escaping @Sendable (StartReport) -> Void
    ) async throws {
        try settings.sensor.check()
        if let other = RunningServer.read(settings.dataFolder) {
            throw SettingsError(
                message: "process \(other.processID) has \(settings.dataFolder.path) open already; stop it or use "
                    + "another data folder")
        }
        _ = ProcessMetrics.registry
        let sensor = try await SensorLife.build(settings, logger: logger)
        let localToken = LocalToken(RandomText.token())
        let application = try sensor.application(localToken) { port in
            var http = settings.http
            http.port = port
            do {
                try RunningServer(
                    address: http.localAddress, token: localToken.text,
                    processID: ProcessInfo.processInfo.processIdentifier
                ).write(to: settings.dataFolder)
                onStart(
                    StartReport(
                        address: http.localAddress, invitation: nil,
                        notes: [
                            settings.events.engine == .clickhouse
                                ? "Events go to ClickHouse, alerts to the hub \(settings.sensor.hub)."
                                : "Everything goes to the hub \(settings.sensor.hub)."
                        ]))
            } catch {
                logger.critical("the sensor cannot finish its start", metadata: ["error": "\(error)"])
            }
        }
        let services: [any Service] = try sensor.loops() + [application]
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await group.run())
        } catch {
            outcome = .failure(error)
        }
        RunningServer.remove(from: settings.dataFolder)
        try await sensor.close()
        try outcome.get()
    }

    /// Makes a token with which a program may send events to the sensor of a data folder, running or not.
    public static func makeToken(name: String, _ settings: Settings) async throws -> String {
        let database = try SensorLife.openState(settings)
        let access = AccessControl(database: database, time: .system)
        if let invitation = try await access.firstAdministratorInvitation() {
            // The tokens' owner; nobody signs in to a sensor, so that the password is known to nobody.
            _ = try await access.accept(
                invitation: invitation, name: "sensor", displayName: "Sensor", password: Secret(RandomText.token()))
        }
        guard let owner = try await access.users().first else {
            throw SettingsError(message: "the owner of the sensor's tokens could not be made")
        }
        let made = try await access.makeToken(name: name, scopes: [.ingestEvents, .readMetrics], owner: owner)
        try database.close()
        return made.secret.revealed
    }
}

/// The parts of a sensor.
struct SensorLife: Sendable {
    let settings: Settings
    let database: StateDatabase
    let access: AccessControl
    let spool: Spool
    let health: SourceHealth
    let intake: IngestPipeline
    let forwarding: SensorForwarding
    let hub: HubClient
    let logger: Logger

    static func openState(_ settings: Settings) throws -> StateDatabase {
        try FileManager.default.createDirectory(
            at: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return try StateDatabase.open(
            path: settings.dataFolder.appending(path: "sensor.sqlite").path,
            rooms: [
                AccessControl.migrations, AlertOutbox.migrations, DataCollectionTables.migrations,
                FilePositions.migrations, HitOutbox.migrations,
            ])
    }

    static func build(_ settings: Settings, logger: Logger) async throws -> SensorLife {
        let time = TimeSource.system
        let database = try openState(settings)
        let (content, faults) = CollectionContent.load(from: settings.contentFolder)
        for fault in faults { logger.warning("content left out", metadata: ["fault": "\(fault)"]) }
        let rules = Rules(settings)
        for finding in rules.findings where finding.gravity == .error {
            logger.warning("rule left out", metadata: ["finding": "\(finding)"])
        }
        let stream = KQLBlockMatcher()
        let environment = KnownContent.environment(content: settings.contentFolder, schemas: nil, functions: nil)
        await DeepStack.run { stream.replace(rules.analytics, environment: environment) }
        let spool = try Spool(
            .init(
                folder: settings.dataFolder.appending(path: "spool"), mostBytes: settings.sensor.spoolMiB << 20))
        for segment in spool.damagedSegments {
            logger.error("a spooled segment is damaged and was set aside", metadata: ["file": "\(segment)"])
        }
        let outbox = AlertOutbox(database, time: time)
        let hits = HitOutbox(database, mostBytes: settings.sensor.hitsMiB << 20)
        let health = SourceHealth(ledger: settings.health.ledger())
        let hub = try HubClient(settings.sensor)
        let destination: any EventDestination =
            switch settings.events.engine {
            case .duckdb: HubDestination(hub: hub)
            case .clickhouse: SharedStoreDestination(settings, time: time)
            }
        return SensorLife(
            settings: settings, database: database, access: AccessControl(database: database, time: time),
            spool: spool, health: health,
            intake: IngestPipeline(
                collector: Collector(content),
                sink: SensorSink(
                    name: settings.sensor.name, spool: spool, outbox: outbox, hits: hits,
                    matcher: MatcherGroup([
                        SigmaBlockMatcher(rules.sigma, correlator: rules.correlator), stream,
                        ProductAlertMatcher(rules.incidentCreation),
                    ]),
                    schemas: content.tables.tables.mapValues(\.schema)),
                ledger: health.ledger, time: time, logger: logger),
            forwarding: SensorForwarding(
                spool: spool, outbox: outbox, hits: hits, hub: hub, destination: destination, health: health,
                name: settings.sensor.name, refused: settings.dataFolder.appending(path: "refused"), logger: logger),
            hub: hub, logger: logger)
    }

    func close() async throws {
        try await hub.close()
        try database.close()
    }

    /// What runs besides the way in by HTTP.
    ///
    /// - Throws: `SettingsError` when a way in cannot work as it is configured.
    func loops() throws -> [Loop] {
        let listeners = Listeners(
            settings: settings, intake: intake, board: health.connectors, database: database, time: .system,
            logger: logger)
        return [
            loop("events to the hub") { try await forwarding.forwardEvents() },
            loop("alerts to the hub") { try await forwarding.forwardAlerts() },
            loop("hits to the hub") { try await forwarding.forwardHits() },
            loop("heartbeat") { try await forwarding.beat() },
        ] + (try listeners.loops())
    }

    private func loop(_ name: String, _ body: @escaping @Sendable () async throws -> Void) -> Loop {
        Loop(name: name, logger: logger, body: body)
    }

    func application(
        _ localToken: LocalToken, onServing: @escaping @Sendable (Int) async -> Void
    ) throws -> some ApplicationProtocol {
        let router = Router(context: TocsinRequestContext.self)
        router.add(middleware: RequestMetrics())
        router.add(middleware: SecurityHeaders(isSecure: settings.http.isSecure))
        router.get("healthz") { _, _ in "ok" }
        let programs = { @Sendable (schemes: Set<CredentialScheme>) in
            Gate(access: access, localToken: localToken, refusal: .unauthorized, schemes: schemes)
        }
        router.add(middleware: ElasticGreeting(gate: programs([.basic, .apiKey, .bearer])))
        IngestionRoutes(
            intake: intake, admission: IntakeAdmission(settings.http.intakeLimits),
            channels: AcknowledgementChannels(database: database)
        ).add(to: router.group(), gate: programs)
        MetricsRoute(sampled: { try await metrics() }).add(to: router.group().add(middleware: programs([.bearer])))
        return Application(
            router: router, server: try WebServer.builder(settings.http),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.http.host, port: settings.http.port), serverName: "tocsin"),
            onServerRunning: { channel in await onServing(channel.localAddress?.port ?? settings.http.port) },
            logger: logger)
    }

    private func metrics() async throws -> [MetricFamily] {
        let backlog = spool.backlog
        let hits = try await forwarding.hits.backlog()
        return SourceMetrics.families(health, at: TimeSource.system.now()) + [
            MetricFamily(
                "tocsin_spool_bytes", .gauge, help: "Bytes that wait in the spool.", value: Double(backlog.bytes)),
            MetricFamily(
                "tocsin_spool_deliveries", .gauge, help: "Deliveries that wait in the spool.",
                value: Double(backlog.deliveries)),
            MetricFamily(
                "tocsin_waiting_hits", .gauge, help: "Hits of Sigma rules that wait for the hub.",
                value: Double(hits.hits)),
            MetricFamily(
                "tocsin_dropped_hits_total", .counter, help: "Hits of Sigma rules that the hub never gets.",
                value: Double(hits.dropped)),
        ]
    }
}
