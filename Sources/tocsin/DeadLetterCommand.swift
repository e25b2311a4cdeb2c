internal import ArgumentParser
internal import JSON
internal import Server

/// `tocsin deadletter`: what could not be taken in.
struct DeadLetterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deadletter", abstract: "Look at dead letters and take them in again.",
        subcommands: [List.self, Redrive.self])

    struct Filter: ParsableArguments {
        @Option(help: "Only those that came from there.") var source: String?
        @Option(help: "Only those with that reason.") var reason: String?
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how many there are per source and reason, and the newest.")

        @OptionGroup var filter: Filter
        @Option(help: "How many to show with their raw text.") var limit = 10
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            var query = ["limit=\(limit)"]
            if let source = filter.source { query.append("source=\(APIClient.escaped(source))") }
            if let reason = filter.reason { query.append("reason=\(APIClient.escaped(reason))") }
            let path = "/api/deadletters?" + query.joined(separator: "&")
            try await Installation.with(installation) { client in
                let listing = try await client.get(path)
                for count in listing["counts"]?.arrayValue ?? [] {
                    let note = count["redrivable"]?.boolValue == true ? "" : "\tstored but for this value"
                    Terminal.line(
                        "\(count["count"]?.intValue ?? 0)\t\(count["source"]?.stringValue ?? "")\t"
                            + "\(count["reason"]?.stringValue ?? "")\(note)")
                }
                for letter in listing["value"]?.arrayValue ?? [] {
                    Terminal.line("\n\(letter["time"]?.stringValue ?? "") \(letter["reason"]?.stringValue ?? "")")
                    Terminal.line(letter["raw"]?.stringValue ?? "")
                }
            }
        }
    }

    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take dead letters in again, with the content as it now is.",
            discussion: "What can be read now leaves the dead letters; what cannot stays, with its new reason.")

        @OptionGroup var filter: Filter
        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            var body = JSONObject()
            if let source = filter.source { body["source"] = .string(source) }
            if let reason = filter.reason { body["reason"] = .string(reason) }
            try await Installation.with(installation) { [body] client in
                let receipt = try await client.post("/api/deadletters/redrive", json: .object(body))
                Terminal.line(
                    "\(receipt["letters"]?.intValue ?? 0) letters: \(receipt["stored"]?.intValue ?? 0) rows stored, "
                        + "\(receipt["failed"]?.intValue ?? 0) failed again")
            }
        }
    }
}
