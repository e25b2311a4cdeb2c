internal import Chronology
internal import Detection
public import Foundation
internal import Sigma
internal import Vocabulary

/// Writes docs/content.md: the rules and behaviours that ship with Tocsin, as their files say.
public struct ContentReference: Sendable {
    private let rules: [AnalyticsRule]
    private let behaviors: [Behavior]
    private let sigma: [SigmaRule]

    /// - Parameter content: the content folder.
    public init(content: URL) {
        func folder(_ name: String) -> [URL] { [content.appending(path: name)] }
        rules = RuleFolder.analyticsRules(in: folder("rules")).rules.sorted { $0.name < $1.name }
        behaviors = BehaviorReader.behaviors(in: folder("behavior")).behaviors.sorted { $0.name < $1.name }
        sigma = RuleFolder.sigmaRules(in: folder("sigma")).reading.rules.sorted { $0.title < $1.title }
    }

    /// The document, in Markdown.
    public var text: String {
        """
        # Shipped content

        Made by `make generate` from the files in `content`. Every rule and behaviour carries its own tests: at least one case
        that must be found and one that looks like it and must not be. `tocsin rule test content/rules` runs them. How rules
        are written, tested and changed stands in [rules.md](rules.md).

        ## Analytics rules

        \(rules.count) rules. Those of kind NRT look at each event once, as soon as it is there; scheduled ones look at a
        window of time. The file's description says why a rule is there, what is usual and benign, and what to do first.

        | Rule | Severity | Kind | Tables | Tactics | Techniques |
        | --- | --- | --- | --- | --- | --- |
        \(rules.map(row).joined(separator: "\n"))

        ## Behaviours

        \(behaviors.count) queries that compare the last hour with the past of each account, computer or address. What they
        find goes to a table, not to an incident: one anomaly says little. Fusion, the rule *Several kinds of unusual
        behaviour by one account*, and people who hunt read the tables. A behaviour file has the fields of a scheduled rule
        (`id`, `name`, `description`, `query`, `queryFrequency`, `queryPeriod` up to 90 days, `tactics`,
        `relevantTechniques`, `entityMappings`, `tests`) and `destination`:

        - `Anomalies`: what is unusual enough to be looked at by itself. The query gives `Score` from 0 to 1, and other
          columns of the table by their names; further columns become `ExtendedProperties`.
        - `BehaviorAnalytics`: activities with what is unusual about each. The query gives `TimeGenerated` of the activity,
          and should give `ActivityInsights` and `InvestigationPriority` from 0 to 10.

        A run writes at most 1,000 rows, the most unusual ones. A run is written once, also when the server is killed in the
        middle of it. Runs missed while the server stood still are made up for, up to two days back.

        | Behaviour | Destination | Every | Looks back | Tactics | Techniques |
        | --- | --- | --- | --- | --- | --- |
        \(behaviors.map(row).joined(separator: "\n"))

        ## Sigma rules

        | Rule | Level | Techniques |
        | --- | --- | --- |
        \(sigma.map(row).joined(separator: "\n"))

        """
    }

    private func row(_ rule: AnalyticsRule) -> String {
        Self.row([
            rule.name, rule.severity.rawValue, rule.timing.kind,
            Self.list(rule.dataConnectors.flatMap(\.dataTypes)), Self.list(rule.tactics.map(\.rawValue)),
            Self.list(rule.techniques),
        ])
    }

    private func row(_ behavior: Behavior) -> String {
        Self.row([
            behavior.name, behavior.destination.rawValue, Self.hours(behavior.frequency.seconds),
            Self.hours(behavior.period.seconds), Self.list(behavior.tactics.map(\.rawValue)),
            Self.list(behavior.techniques),
        ])
    }

    private func row(_ rule: SigmaRule) -> String {
        let techniques = rule.tags.filter { $0.hasPrefix("attack.t") && $0.dropFirst(8).first?.isNumber == true }
        return Self.row([
            rule.title, rule.level.rawValue, Self.list(techniques.map { $0.dropFirst("attack.".count).uppercased() }),
        ])
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// The texts, each once, in their order.
    private static func list(_ texts: [String]) -> String {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }

    private static func hours(_ seconds: Double) -> String {
        seconds < 86_400 ? "\(Int(seconds / 3_600)) h" : "\(Int(seconds / 86_400)) d"
    }
}
