internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin rule quality`: how good rules are.
struct RuleQualityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quality", abstract: "Show how good rules are, as analysts classified their incidents.",
        discussion: "The noisiest first; with a rule also the entities behind its noise and suggested exclusions.")

    @Argument(help: "The id or name of a rule; all when none is given.")
    var rule: String?

    @Option(help: "Days that the rates are taken over.")
    var days = 30

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let path = rule.map { "/api/rules/\(APIClient.escaped($0))/quality?days=\(days)" }
        let (all, isJSON) = ("/api/rules/quality?days=\(days)", json)
        try await Installation.with(installation) { client in
            let answer = try await client.get(path ?? all)
            if isJSON { return Terminal.line(answer.indented) }
            Terminal.line("alerts/day\ttrue\tbenign\tfalse\topen\tprecision (95 %)\ttriage\tstage\trule")
            for quality in answer["value"]?.arrayValue ?? [answer] { Terminal.line(Self.line(quality)) }
            Self.writeEntities(answer["noisyEntities"])
            Self.writeExclusions(answer["suggestedExclusions"])
        }
    }

    private static func line(_ quality: JSON) -> String {
        func number(_ key: String) -> String { String(quality[key]?.intValue ?? 0) }
        let name = quality["ruleName"]?.stringValue ?? ""
        let cells = [
            String(format: "%.2f", quality["alertsPerDay"]?.doubleValue ?? 0), number("truePositives"),
            number("benignPositives"), number("falsePositives"), number("openIncidents"),
            precision(quality["precision"]), triage(quality["timeToTriageSeconds"]?.doubleValue),
            quality["stage"]?.stringValue ?? "", name.isEmpty ? quality["ruleId"]?.stringValue ?? "" : name,
        ]
        return cells.joined(separator: "\t")
    }

    private static func precision(_ share: JSON?) -> String {
        guard let share, let total = share["total"]?.intValue, total > 0 else { return "not measured" }
        func percent(_ key: String) -> Int { Int(((share[key]?.doubleValue ?? 0) * 100).rounded()) }
        let found = Int((Double(share["count"]?.intValue ?? 0) / Double(total) * 100).rounded())
        return "\(found) % (\(percent("lower"))–\(percent("upper")) %)"
    }

    private static func triage(_ seconds: Double?) -> String {
        guard let seconds else { return "–" }
        return seconds < 5_400 ? "\(Int(seconds / 60)) min" : "\(Int(seconds / 3_600)) h"
    }

    private static func writeEntities(_ list: JSON?) {
        guard let entities = list?.arrayValue, !entities.isEmpty else { return }
        Terminal.line("\nentities behind the noise (noise, true positives):")
        for entity in entities {
            Terminal.line(
                "\(entity["noise"]?.intValue ?? 0)\t\(entity["truePositives"]?.intValue ?? 0)\t"
                    + "\(entity["kind"]?.stringValue ?? "") \(entity["name"]?.stringValue ?? "")")
        }
    }

    private static func writeExclusions(_ list: JSON?) {
        for exclusion in list?.arrayValue ?? [] {
            func number(_ key: String) -> Int64 { exclusion[key]?.intValue ?? 0 }
            Terminal.line(
                "\nsuggested exclusion: removes \(number("removedNoise")) of \(number("noise")) alerts of noise, loses "
                    + "\(number("lostTruePositives")) of \(number("truePositives")) true positives")
            Terminal.line(exclusion["text"]?.stringValue ?? "")
        }
    }
}

/// `tocsin rule promote`: let a rule's alerts open incidents.
struct RulePromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Take a rule out of its trial, so that its alerts open incidents.")

    @Argument(help: "The id or name of a rule.")
    var rule: String

    @Option(help: "Why; it is kept in the journal.")
    var reason: String

    @Flag(help: "Send the rule back into a trial instead.")
    var demote = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let path = "/api/rules/\(APIClient.escaped(rule))/stage"
        let body: JSON = ["stage": demote ? "Trial" : "Active", "reason": .string(reason)]
        try await Installation.with(installation) { client in
            let answer = try await client.post(path, json: body)
            let verb = answer["changed"]?.boolValue == true ? "is now" : "was already"
            Terminal.line(
                "\(answer["ruleName"]?.stringValue ?? "") \(verb) \(answer["stage"]?.stringValue?.lowercased() ?? "")")
        }
    }
}

/// `tocsin rule coverage`: which techniques of ATT&CK the rules look for.
struct RuleCoverageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coverage",
        abstract: "Show which techniques of ATT&CK the enabled rules cover, and with what data.")

    @Option(help: "A table counts as present with rows in so many days.")
    var days = 7

    @Option(help: "Write a layer for the ATT&CK Navigator to this file.")
    var navigator: String?

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let (days, navigator, isJSON) = (days, navigator, json)
        try await Installation.with(installation) { client in
            if let navigator {
                let layer = try await client.get("/api/rules/coverage/navigator?days=\(days)")
                try Data((layer.indented + "\n").utf8).write(to: URL(filePath: navigator))
            }
            let coverage = try await client.get("/api/rules/coverage?days=\(days)")
            if isJSON { return Terminal.line(coverage.indented) }
            for technique in coverage["value"]?.arrayValue ?? [] {
                Self.write(technique)
                for sub in technique["subTechniques"]?.arrayValue ?? [] { Self.write(sub) }
            }
            let missing = (coverage["dataSources"]?.arrayValue ?? []).filter { $0["isPresent"]?.boolValue == false }
            let tables = missing.compactMap { $0["table"]?.stringValue }.joined(separator: ", ")
            Terminal.line(
                "\(coverage["covered"]?.intValue ?? 0) of \(coverage["techniques"]?.intValue ?? 0) techniques of ATT&CK "
                    + "\(coverage["attackVersion"]?.stringValue ?? "") have a working rule")
            if !tables.isEmpty { Terminal.line("tables without rows in \(days) days: \(tables)") }
        }
    }

    private static func write(_ technique: JSON) {
        let rules = technique["rules"]?.arrayValue ?? []
        guard !rules.isEmpty else { return }
        let names = rules.map { rule in
            let note =
                rule["isInTrial"]?.boolValue == true
                ? " (trial)" : rule["hasData"]?.boolValue == false ? " (no data)" : ""
            return (rule["name"]?.stringValue ?? "") + note
        }
        Terminal.line(
            "\(technique["technique"]?.stringValue ?? "")\t\(technique["workingRules"]?.intValue ?? 0)\t"
                + "\(technique["name"]?.stringValue ?? ""): \(names.joined(separator: "; "))")
    }
}
