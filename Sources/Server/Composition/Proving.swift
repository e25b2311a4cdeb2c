internal import Casebook
internal import Chronology
internal import Detection
internal import EventStore
internal import Foundation
internal import Investigation
internal import JSON
internal import KQLValues
internal import Prioritization
internal import Sigma
internal import StateStore
internal import Vocabulary

/// What proves rules: their measured quality, trials, back-tests and coverage.
struct Proving: Sendable {
    let core: Core
    let desk: RuleDesk

    /// - Parameter rules: all rules of the installation as they are now.
    init(_ core: Core, stages: RuleStages, rules: @escaping @Sendable () async -> [KnownRule]) {
        self.core = core
        let settings = core.settings.detection
        let history = EventHistory(store: core.events, environment: { core.queries.environment() })
        let backtester = Backtester(
            queries: StoreRuleQueries(store: core.events, environment: { core.queries.environment() }),
            history: history, casebook: core.casebook)
        desk = RuleDesk(
            stages: stages, ledger: RuleQualityLedger(core.database),
            backtests: BacktestJobs(
                backtester, stages: stages, bound: PromotionBound(alertsPerDay: settings.trialAlertsPerDay),
                time: core.time),
            casebook: core.casebook, history: history,
            catalogue: AttackCatalogue(content: core.settings.contentFolder), time: core.time, rules: rules)
    }

    /// Takes in what the journal tells of rules' incidents.
    func followJournal() async throws { try await desk.ledger.run() }

    /// Back-tests rules in trial once.
    func watchTrials() async throws {
        while true {
            if core.settings.detection.trial {
                await desk.testTrials(over: .days(Int64(core.settings.detection.trialDays)))
            }
            try await Task.sleep(for: .seconds(5))
        }
    }

    /// Writes coverage and quality into tables, a minute after the start and then once a day, so that KQL sees them.
    func writeTables() async throws {
        // The first moments of a server belong to those who wait for it.
        try await Task.sleep(for: .seconds(60))
        while true {
            try await writeTablesOnce()
            try await Task.sleep(for: .seconds(86_400))
        }
    }

    func writeTablesOnce() async throws {
        let rows = RuleRows(at: core.time.now(), names: await names())
        var batches = [rows.coverage(try await desk.coverage())]
        let qualities = try await desk.qualities()
        if !qualities.isEmpty { batches.append(rows.quality(qualities, desk.stages)) }
        try await core.events.append(batches.filter { $0.rowCount > 0 })
    }

    /// How good rules are, for the priorities of their incidents.
    static func precisions(
        _ core: Core, _ rules: @escaping @Sendable () async -> [KnownRule]
    ) -> @Sendable () async throws -> [String: RulePrecision] {
        let ledger = RuleQualityLedger(core.database)
        return {
            let names = Dictionary(await rules().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
            var precisions: [String: RulePrecision] = [:]
            for quality in try await ledger.qualities(at: core.time.now()) where quality.judged > 0 {
                let share = quality.precision
                precisions[quality.ruleID] = RulePrecision(
                    ruleName: names[quality.ruleID] ?? quality.ruleID, truePositives: share.count,
                    classified: share.total, lower: share.lower, upper: share.upper)
            }
            return precisions
        }
    }

    private func names() async -> [String: String] {
        Dictionary(await desk.rules().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Rows of the tables `RuleCoverage_CL` and `RuleQuality_CL`.
private struct RuleRows {
    let at: Instant
    let names: [String: String]

    init(at: Instant, names: [String: String]) {
        self.at = at
        self.names = names
    }

    func coverage(_ coverage: AttackCoverage) -> EventBatch {
        var builder = RowBuilder([
            "TimeGenerated": .datetime, "Technique": .string, "TechniqueName": .string, "Tactics": .dynamic,
            "Rules": .dynamic, "RuleCount": .int, "WorkingRules": .int, "MissingTables": .dynamic,
        ])
        for technique in coverage.techniques.flatMap({ [$0] + $0.subTechniques }) where !technique.allRules.isEmpty {
            let rules = technique.allRules.sorted().map { coverage.rules[$0] }
            let missing = Set(rules.filter { !$0.hasData }.flatMap(\.missing)).sorted()
            builder.add([
                "TimeGenerated": .time(at), "Technique": .string(technique.id),
                "TechniqueName": .string(technique.name), "Tactics": .list(technique.tactics.map(\.rawValue)),
                "Rules": .list(rules.map(\.name)), "RuleCount": .int(Int32(rules.count)),
                "WorkingRules": .int(Int32(coverage.working(technique.allRules))), "MissingTables": .list(missing),
            ])
        }
        return builder.batch("RuleCoverage_CL")
    }

    func quality(_ qualities: [RuleQuality], _ stages: RuleStages) -> EventBatch {
        var builder = RowBuilder([
            "TimeGenerated": .datetime, "RuleId": .string, "RuleName": .string, "Stage": .string, "Alerts": .long,
            "AlertsPerDay": .real, "TruePositives": .int, "BenignPositives": .int, "FalsePositives": .int,
            "OpenIncidents": .int, "Precision": .real, "PrecisionLower": .real, "PrecisionUpper": .real,
            "TimeToTriage": .timespan,
        ])
        for quality in qualities {
            let precision = quality.precision
            builder.add([
                "TimeGenerated": .time(at), "RuleId": .string(quality.ruleID),
                "RuleName": .string(names[quality.ruleID] ?? ""),
                "Stage": .string((stages.standing(of: quality.ruleID)?.stage ?? .active).rawValue),
                "Alerts": .long(Int64(quality.alerts)), "AlertsPerDay": .real(quality.alertsPerDay),
                "TruePositives": .int(Int32(quality.verdicts[.truePositive] ?? 0)),
                "BenignPositives": .int(Int32(quality.verdicts[.benignPositive] ?? 0)),
                "FalsePositives": .int(Int32(quality.verdicts[.falsePositive] ?? 0)),
                "OpenIncidents": .int(Int32(quality.openIncidents)),
                "Precision": precision.total == 0 ? .null(.real) : .real(precision.mean),
                "PrecisionLower": .real(precision.lower), "PrecisionUpper": .real(precision.upper),
                "TimeToTriage": quality.timeToTriage.map { .timespan($0) } ?? .null(.timespan),
            ])
        }
        return builder.batch("RuleQuality_CL")
    }
}

extension Rules {
    /// All rules, with those that ship told by where their files lie.
    func known(_ settings: Settings, isEnabled: (String) -> Bool? = { _ in nil }) -> [KnownRule] {
        let content = settings.contentFolder.resolvingSymlinksInPath().path + "/"
        func isShipped(_ file: String) -> Bool {
            URL(filePath: file).resolvingSymlinksInPath().path.hasPrefix(content)
        }
        return analytics.map { rule in
            KnownRule(
                .analytics(rule), isEnabled: isEnabled(rule.id) ?? rule.isEnabled,
                isShipped: isShipped(rule.position.file))
        } + sigma.map { KnownRule(.sigma($0), isShipped: isShipped($0.position.file)) }
    }
}
