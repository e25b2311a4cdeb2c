internal import API
internal import Access
internal import Collection
internal import Foundation
public import Logging
internal import Portal
internal import ServiceLifecycle
internal import StateStore
internal import UnixSignals
internal import WebGate

/// What a started server tells its operator.
public struct StartReport: Sendable {
    public let address: String
    /// The one-time link by which the first administrator signs up; nil when there is a user already.
    public let invitation: String?
    /// Further things worth knowing, a sentence each.
    public let notes: [String]
}

/// The server: every room, composed and run until it is told to stop.
public enum TocsinServer {
    /// Runs until SIGINT or SIGTERM. `onStart` is called once, when requests are answered.
    ///
    /// - Throws: what kept it from starting, with the remedy.
    public static func run(
        _ settings: Settings, simulation: SimulationPlan? = nil, logger: Logger,
        onStart: @escaping @Sendable (StartReport) -> Void
    ) async throws {
        if let other = RunningServer.read(settings.dataFolder) {
            throw SettingsError(
                message: "a server has \(settings.dataFolder.path) open already: \(other.address) "
                    + "(process \(other.processID)); stop it or use another data folder")
        }
        _ = ProcessMetrics.registry
        OpenFiles.raiseLimit(logger)
        let core = try await Core.open(settings, time: .system, logger: logger)
        let life = try await Life.build(core)
        try await simulation?.playHistory(life)
        let localToken = LocalToken(RandomText.token())
        let web = Web(core: core, life: life, localToken: localToken)
        let application = try web.application { port in
            life.health.connectors.report(
                ConnectorStatus(
                    name: "http", kind: "HTTP", address: "\(settings.http.host):\(port)", state: .working,
                    since: core.time.now()))
            await Start.finish(core, port: port, token: localToken.text, simulation: simulation, onStart)
        }
        var services: [any Service] = life.readers + life.schedules + (try life.listeners.loops())
        if let simulation { services.append(simulation.loop(life)) }
        services.append(application)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map {
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: $0, successTerminationBehavior: .ignore,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
            ).boundingShutdown())
        do {
            try await group.run()
        } catch {
            RunningServer.remove(from: settings.dataFolder)
            await core.close()
            throw error
        }
        RunningServer.remove(from: settings.dataFolder)
        await core.close()
    }
}

extension ServiceGroupConfiguration {
    /// After ten seconds of waiting for requests that are being answered, they are cancelled.
    fileprivate func boundingShutdown() -> ServiceGroupConfiguration {
        var bounded = self
        bounded.maximumGracefulShutdownDuration = .seconds(10)
        return bounded
    }
}

/// What happens when the server begins to answer.
private enum Start {
    static func finish(
        _ core: Core, port: Int, token: String, simulation: SimulationPlan?,
        _ report: @Sendable (StartReport) -> Void
    ) async {
        var http = core.settings.http
        http.port = port
        do {
            try RunningServer(
                address: http.localAddress, token: token, processID: ProcessInfo.processInfo.processIdentifier
            )
            .write(to: core.settings.dataFolder)
            let invitation = try await core.access.firstAdministratorInvitation()
            report(
                StartReport(
                    address: http.address,
                    invitation: invitation.map { "\(http.address)/welcome?token=\($0.revealed)" },
                    notes: notes(core, simulation)))
        } catch {
            core.logger.critical("the server cannot finish its start", metadata: ["error": "\(error)"])
        }
    }

    private static func notes(_ core: Core, _ simulation: SimulationPlan?) -> [String] {
        var notes: [String] = []
        if core.settings.mail.host == nil {
            notes.append("No mail server is configured (mail.host): notifications wait in the outbox.")
        }
        if let simulation { notes.append(simulation.note) }
        return notes
    }
}

/// Random text for tokens.
enum RandomText {
    /// 256 random bits in hexadecimal digits.
    static func token() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<4).map { _ in
            let digits = String(UInt64.random(in: .min ... .max, using: &generator), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
