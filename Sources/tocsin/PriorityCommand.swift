internal import ArgumentParser
internal import Foundation
internal import JSON

/// `tocsin priority`: how urgent incidents are, and why.
struct PriorityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "priority", abstract: "Show, set and simulate incidents' priorities.",
        subcommands: [Show.self, Override.self, Return.self, Simulate.self, Models.self, Due.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "An incident's score with each factor's share.")

        @Argument(help: "The incident's number or id.") var incident: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let answer = try await client.get("/api/incidents/\(APIClient.escaped(incident))/priority")
                Terminal.line(
                    "#\(answer["number"]?.intValue ?? 0): \(answer["score"]?.intValue.map(String.init) ?? "not scored") of 100, "
                        + "by \(answer["model"]?.stringValue ?? "")")
                for reason in answer["reasons"]?.arrayValue ?? [] {
                    let points = String(format: "%+6.1f", reason["points"]?.doubleValue ?? 0)
                    Terminal.line("\(points)  \(reason["text"]?.stringValue ?? "")")
                }
                guard let level = answer["serviceLevel"], !level.isNull else { return }
                Terminal.line("Service level \(level["level"]?.stringValue ?? "none")")
                for (target, clock) in level["targets"]?.objectValue ?? [:] {
                    let end =
                        clock["met"]?.stringValue.map { "done \($0)" } ?? clock["due"]?.stringValue.map { "due \($0)" }
                    guard let end else { continue }
                    Terminal.line("  \(target): \(end)" + (clock["isBreached"]?.boolValue == true ? ", too late" : ""))
                }
            }
        }
    }

    struct Override: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Set an incident's score by hand.")

        @Argument(help: "The incident's number or id.") var incident: String
        @Argument(help: "0 to 100.") var score: Int
        @Option(help: "Why.") var reason: String
        @Option(help: "Until this time, 2026-12-24T18:00:00Z; else until it is taken back.") var until: String?
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                var body: JSONObject = ["score": .int(Int64(score)), "reason": .string(reason)]
                if let until { body["until"] = .string(until) }
                let path = "/api/incidents/\(APIClient.escaped(incident))/priority/override"
                let answer = try await client.put(path, json: .object(body))
                Terminal.line("#\(answer["number"]?.intValue ?? 0): \(answer["score"]?.intValue ?? 0)")
            }
        }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let the model score an incident again.")

        @Argument(help: "The incident's number or id.") var incident: String
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                _ = try await client.delete("/api/incidents/\(APIClient.escaped(incident))/priority/override")
            }
        }
    }

    struct Simulate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tell what other weights would do to the order of the known incidents.",
            discussion:
                "Nothing is changed. To put the weights to use, save the file as priority.yaml in the data folder.")

        @Argument(help: "A file of weights.") var file: String
        @Option(help: "Show so many of the incidents that move furthest.") var moves = 20
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                let answer = try await client.post(
                    "/api/priorities/simulate?file=\(APIClient.escaped(file))",
                    bytes: try Data(contentsOf: URL(filePath: file)), type: "application/yaml")
                func figure(_ side: String, _ name: String) -> String {
                    (answer[side]?[name]?.doubleValue).map { String(format: "%.3f", $0) } ?? "–"
                }
                Terminal.line("\(answer["incidents"]?.intValue ?? 0) incidents        now    then")
                for (words, name) in [
                    ("AUC of true over other  ", "auc"), ("rank correlation        ", "rankCorrelation"),
                    ("place of true positives ", "meanTruePositivePlace"),
                    ("place of others         ", "meanFalsePositivePlace"),
                ] {
                    Terminal.line("\(words)\(figure("old", name))  \(figure("new", name))")
                }
                for move in (answer["moves"]?.arrayValue ?? []).prefix(moves) {
                    func number(_ name: String) -> Int64 { move[name]?.intValue ?? 0 }
                    Terminal.line(
                        "#\(number("number"))  place \(number("oldRank")) → \(number("newRank")), score "
                            + "\(number("oldScore")) → \(number("newScore"))  "
                            + "\(move["classification"]?.stringValue ?? "open")  \(move["title"]?.stringValue ?? "")")
                }
            }
        }
    }

    struct Models: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The models that have scored, the latest first.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                for model in try await client.get("/api/priorities/model")["value"]?.arrayValue ?? [] {
                    Terminal.line(
                        "\(model["number"]?.intValue ?? 0)  \(model["name"]?.stringValue ?? "")  adopted "
                            + "\(model["adopted"]?.stringValue ?? "") by \(model["by"]?.stringValue ?? "")")
                }
            }
        }
    }

    struct Due: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The incidents whose service level ends next.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            try await Installation.with(installation) { client in
                for incident in try await client.get("/api/incidents/due")["value"]?.arrayValue ?? [] {
                    let targets = incident["serviceLevel"]?["targets"]?.objectValue ?? [:]
                    let due = targets.compactMap { target, clock in clock["due"]?.stringValue.map { "\(target) \($0)" }
                    }
                    Terminal.line(
                        "#\(incident["number"]?.intValue ?? 0)  \(due.joined(separator: ", "))  "
                            + "\(incident["title"]?.stringValue ?? "")")
                }
            }
        }
    }
}
