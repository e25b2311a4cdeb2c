internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin query`: asks the running installation, or opens the data folder when none runs.
struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Ask a KQL query over every table.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json, csv
    }

    @Argument(help: "The query; - reads it from standard input.")
    var query: String

    @Option(help: "How to print the result.")
    var format: Format = .table

    @Option(help: "An ISO 8601 duration (P1D) or range (start/end) that TimeGenerated must lie in.")
    var timespan: String?

    @Flag(help: "Show the plan, what was pushed down to the store, and the time of each stage.")
    var explain = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let text =
            query == "-"
            ? String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self) : query
        try await Installation.with(installation) { client in
            var body: JSONObject = ["query": .string(text), "explain": .bool(explain)]
            if let timespan { body["timespan"] = .string(timespan) }
            let answer = try await client.post("/api/query", json: .object(body))
            if let plan = answer["explain"]?.stringValue {
                Terminal.line(plan)
                return
            }
            for (index, table) in (answer["tables"]?.arrayValue ?? []).enumerated() {
                if index > 0 { Terminal.line() }
                Terminal.write(ResultText.text(of: table, format: format))
            }
            if let partial = answer["error"]?["message"]?.stringValue {
                Terminal.note("partial result: \(partial)")
            }
        }
    }
}
