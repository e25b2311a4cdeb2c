internal import ArgumentParser
internal import Chronology
internal import JSON
internal import Server

/// `tocsin rule run`: runs a rule by hand on the running server.
struct RuleRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a rule now, or over windows that were missed.",
        discussion:
            "Without times one run is made that ends now. With --from (and --to) each window of the rule's schedule in that "
            + "range is run again; alerts that are there already change nothing.")

    @Argument(help: "The rule's id.")
    var rule: String

    @Option(help: "The end of the one run's window, ISO 8601.")
    var at: String?

    @Option(help: "The start of a range of windows, ISO 8601.")
    var from: String?

    @Option(help: "The end of the range (default: now).")
    var to: String?

    @OptionGroup var installation: InstallationOptions

    func validate() throws {
        for text in [at, from, to].compactMap(\.self) where Instant(iso8601: text) == nil {
            throw ValidationError("'\(text)' is no time such as 2026-03-01T12:00:00Z")
        }
        if at != nil, from != nil || to != nil { throw ValidationError("--at makes one run; --from and --to many") }
        if to != nil, from == nil { throw ValidationError("--to needs --from") }
    }

    func run() async throws {
        var body = JSONObject()
        if let at { body["nominalTime"] = .string(at) }
        if let from { body["from"] = .string(from) }
        if let to { body["to"] = .string(to) }
        let path = "/api/rules/\(APIClient.escaped(rule))/run"
        let json = JSON.object(body)
        try await Installation.with(installation) { client in
            let outcomes = try await client.post(path, json: json)["value"]?.arrayValue ?? []
            for outcome in outcomes {
                let window = ["windowStart", "windowEnd"].map { outcome[$0]?.stringValue ?? "" }
                Terminal.line(
                    "\(outcome["status"]?.stringValue ?? "") \(window.joined(separator: " to ")): "
                        + (outcome["message"]?.stringValue ?? ""))
            }
            if outcomes.contains(where: { $0["status"]?.stringValue != "Success" }) { throw ExitCode.failure }
        }
    }
}
