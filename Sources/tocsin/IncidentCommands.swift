internal import ArgumentParser
internal import JSON
internal import Server

/// `tocsin incident`: the queue and an incident's life cycle from the terminal.
struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "List, show and change incidents.",
        subcommands: [List.self, Show.self, Take.self, Close.self, Comment.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The open incidents, the highest score first.")

        @Flag(help: "Closed ones too.") var all = false
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let answer = try await client.get("/api/incidents" + (all ? "" : "?status=open"))
                for incident in answer["value"]?.arrayValue ?? [] {
                    Terminal.line(IncidentText.line(incident))
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One incident with its reasons, alerts and comments.")

        @Argument(help: "The incident's number or id.") var incident: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let found = try await client.get("/api/incidents/\(APIClient.escaped(incident))")
                let path = "/api/incidents/\(found["name"]?.stringValue ?? "")"
                let alerts = try await client.post(path + "/alerts", json: [:])
                let comments = try await client.get(path + "/comments")
                Terminal.write(
                    IncidentText.page(
                        found, alerts: alerts["value"]?.arrayValue ?? [],
                        comments: comments["value"]?.arrayValue ?? []))
            }
        }
    }

    struct Take: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an incident Active and own it.")

        @Argument(help: "The incident's number or id.") var incident: String
        @Option(help: "The owner.") var owner: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                try await IncidentText.change(incident, client) { properties in
                    properties["status"] = "Active"
                    properties["owner"] = ["assignedTo": .string(owner)]
                }
            }
        }
    }

    struct Close: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Close an incident with its classification.")

        @Argument(help: "The incident's number or id.") var incident: String
        @Option(help: "TruePositive, BenignPositive, FalsePositive or Undetermined.")
        var classification: String
        @Option(help: "The reason; needed for FalsePositive: IncorrectAlertLogic or InaccurateData.")
        var reason: String?
        @Option(help: "What was found.") var comment: String = ""
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                try await IncidentText.change(incident, client) { properties in
                    properties["status"] = "Closed"
                    properties["classification"] = .string(classification)
                    if let reason { properties["classificationReason"] = .string(reason) }
                    properties["classificationComment"] = .string(comment)
                }
            }
        }
    }

    struct Comment: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Add a comment.")

        @Argument(help: "The incident's number or id.") var incident: String
        @Argument(help: "The text.") var message: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let path = "/api/incidents/\(APIClient.escaped(incident))/comments"
                let added = try await client.post(path, json: ["properties": ["message": .string(message)]])
                Terminal.line("added comment \(added["name"]?.stringValue ?? "")")
            }
        }
    }
}
