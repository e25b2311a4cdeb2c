internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin rule backtest`: what a rule would have raised.
struct RuleBacktestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest", abstract: "Replay a rule over the stored events: what it would have raised, by day.",
        discussion:
            "The rule is named by id or name, or is a file that was not added yet. Nothing is recorded. Works with the "
            + "running server of the data folder, or opens the data folder itself.")

    @Argument(help: "The id or name of a rule, or a rule file.")
    var rule: String

    @Option(help: "How far to look back, such as 12h or 30d.")
    var since = "30d"

    @Option(help: "Where to begin instead, such as 2026-03-01T00:00:00Z.")
    var start: String?

    @Option(help: "Where to end; now if it is not given.")
    var end: String?

    @Flag(help: "Print the whole report as JSON.")
    var json = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let body = try request()
        let wantsJSON = json
        try await Installation.with(installation) { client in
            var job = try await client.post("/api/backtests", json: body)
            guard let id = job["id"]?.stringValue else { throw CommandFailure("the server gave no back-test") }
            do {
                while ["Waiting", "Running"].contains(job["state"]?.stringValue) {
                    try await Task.sleep(for: .milliseconds(300))
                    job = try await client.get("/api/backtests/\(id)")
                }
            } catch is CancellationError {
                _ = try await client.delete("/api/backtests/\(id)")
                throw CancellationError()
            }
            if let error = job["error"]?.stringValue { throw CommandFailure(error) }
            if wantsJSON { Terminal.line(job.indented) } else { BacktestText.write(job) }
        }
    }

    private func request() throws -> JSON {
        var body = JSONObject()
        if FileManager.default.fileExists(atPath: rule) {
            body["text"] = .string(try String(contentsOf: URL(filePath: rule), encoding: .utf8))
            body["file"] = .string(rule)
        } else {
            body["rule"] = .string(rule)
        }
        body["since"] = .string(since)
        if let start { body["start"] = .string(start) }
        if let end { body["end"] = .string(end) }
        return .object(body)
    }
}

/// A back-test for people to read.
private enum BacktestText {
    static func write(_ job: JSON) {
        guard let report = job["report"], !report.isNull else {
            Terminal.line("\(job["ruleName"]?.stringValue ?? ""): \(job["state"]?.stringValue ?? "")")
            return
        }
        func number(_ json: JSON?, _ key: String) -> Int64 { json?[key]?.intValue ?? 0 }
        Terminal.line(
            "\(job["ruleName"]?.stringValue ?? "") over \(day(job["start"])) to \(day(job["end"])): "
                + "\(number(report, "alerts")) alerts, \(decimal(report["alertsPerDay"])) a day")
        if let reason = report["incompleteReason"]?.stringValue { Terminal.line("incomplete: \(reason)") }
        let cost = report["cost"]
        Terminal.line(
            "cost: \(number(cost, "runs")) runs (\(number(cost, "emptyWindows")) windows without rows left out, "
                + "\(number(cost, "failedRuns")) failed), \(number(cost, "results")) results, "
                + "\(decimal(cost?["seconds"])) s, slowest run \(decimal(cost?["slowestRunSeconds"])) s")
        for failure in report["failures"]?.arrayValue ?? [] { Terminal.line("failed: \(failure.stringValue ?? "")") }
        for table in report["tables"]?.arrayValue ?? [] {
            Terminal.line("read: \(table["table"]?.stringValue ?? ""), \(number(table, "rows")) rows")
        }
        writeDays(report)
        writeList("entities", report["entities"]) { entity in
            "\(number(entity, "alerts"))\t\(entity["kind"]?.stringValue ?? "") \(entity["name"]?.stringValue ?? "")"
        }
        writeList("known incidents it would have hit", report["incidents"]) { hit in
            "\(number(hit, "alerts"))\t#\(number(hit, "number")) "
                + "\(hit["classification"]?.stringValue ?? "not classified"): \(hit["title"]?.stringValue ?? "")"
        }
        Terminal.line("\(number(report, "newAlerts")) alerts hit no known incident")
        if let promotion = job["promotion"]?.stringValue { Terminal.line("promoted out of its trial: \(promotion)") }
    }

    private static func writeDays(_ report: JSON) {
        let days = report["days"]?.arrayValue ?? []
        let most = max(1, days.map { $0["alerts"]?.intValue ?? 0 }.max() ?? 1)
        Terminal.line("\nby day:")
        for day in days {
            let alerts = day["alerts"]?.intValue ?? 0
            let bar = String(repeating: "█", count: Int(alerts * 40 / most))
            Terminal.line("\(day["day"]?.stringValue ?? "")\t\(alerts)\t\(bar)")
        }
    }

    private static func writeList(_ title: String, _ list: JSON?, _ line: (JSON) -> String) {
        let elements = list?.arrayValue ?? []
        guard !elements.isEmpty else { return }
        Terminal.line("\n\(title):")
        for element in elements.prefix(20) { Terminal.line(line(element)) }
    }

    private static func day(_ json: JSON?) -> String { String((json?.stringValue ?? "").prefix(16)) }

    private static func decimal(_ json: JSON?) -> String { String(format: "%.2f", json?.doubleValue ?? 0) }
}
