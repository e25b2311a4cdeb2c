internal import Foundation
internal import Server

/// The installation that a command talks to, through the same API whether it runs already or not.
enum Installation {
    /// Gives `body` a client of the running server of the data folder; when none runs, one is started inside this process on
    /// a free loopback port for the time of the call, and what it has taken in is worked through before it stops.
    static func with(
        _ options: InstallationOptions, _ body: @escaping @Sendable (APIClient) async throws -> Void
    ) async throws {
        let settings = try await options.settings()
        if let running = RunningServer.read(settings.dataFolder) {
            try await withClient(address: running.address, token: running.token, body)
            return
        }
        try await EmbeddedServer.run(settings) { address, token in
            try await withClient(address: address, token: token, body)
        }
    }

    private static func withClient(
        address: String, token: String, _ body: (APIClient) async throws -> Void
    ) async throws {
        let client = APIClient(address: address, token: token)
        do {
            try await body(client)
        } catch {
            try await client.close()
            throw error
        }
        try await client.close()
    }
}
