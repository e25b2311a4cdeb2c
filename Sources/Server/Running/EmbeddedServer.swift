internal import Foundation
internal import Logging
internal import ServiceLifecycle
internal import StateStore
internal import WebGate

/// A server inside a command, for a data folder that no other process has open: it answers on a free loopback port, works
/// through what it was given, and ends.
public enum EmbeddedServer {
    /// Gives `body` the address and the operator's token. Scheduled rules and listeners do not run.
    public static func run(
        _ settings: Settings, _ body: @escaping @Sendable (_ address: String, _ token: String) async throws -> Void
    ) async throws {
        var settings = settings
        settings.http.host = "127.0.0.1"
        settings.http.port = 0
        settings.http.tlsCertificate = nil
        settings.http.tlsKey = nil
        var logger = Logger(label: "tocsin")
        logger.logLevel = .warning
        let core = try await Core.open(settings, time: .system, logger: logger)
        do {
            let life = try await Life.build(core)
            try await serve(core, life, body)
            try await life.settle()
        } catch {
            await core.close()
            throw error
        }
        await core.close()
    }

    private static func result(of body: () async throws -> Void) async -> Result<Void, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private static func serve(
        _ core: Core, _ life: Life, _ body: @escaping @Sendable (String, String) async throws -> Void
    ) async throws {
        let token = LocalToken(RandomText.token())
        let (ports, listening) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(1))
        let application = try Web(core: core, life: life, localToken: token).application { port in
            listening.yield(port)
        }
        let group = ServiceGroup(services: [application], logger: core.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                // The server ends in order however the body ends.
                let outcome = await result(of: { try await body("http://127.0.0.1:\(port)", token.text) })
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return try outcome.get()
            }
        }
    }
}
