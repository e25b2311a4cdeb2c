internal import ArgumentParser
internal import JSON
internal import Server

/// `tocsin token`: tokens for programs that send events or drive the API.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make tokens for programs.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is shown once.",
            discussion:
                "Scopes: readEvents, readIncidents, readContent, changeIncidents, runPlaybooks, changeContent, "
                + "ingestEvents, readMetrics, forwardAlerts. A token may never do more than its owner.")

        @Argument(help: "What the token is for; shown in the journal.")
        var name: String

        @Option(help: "The user whose token it is.")
        var user: String

        @Option(parsing: .upToNextOption, help: "What it may do.")
        var scope: [String]

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let body: JSON = [
                    "name": .string(name), "user": .string(user), "scopes": .array(scope.map { .string($0) }),
                ]
                let made = try await client.post("/api/tokens", json: body)
                Terminal.line(made["secret"]?.stringValue ?? "")
            }
        }
    }
}
