internal import Casebook
internal import Chronology
internal import Detection
internal import Vocabulary

/// All that is known of how good one rule is, with what can be done about it.
struct RuleDossierPage: Page {
    let frame: Frame
    let name: String
    let severity: String
    let rulePath: String
    let stage: String
    let stageClass: String
    let stageDetail: String
    let stagePath: String
    let backtestPath: String
    let otherStage: String
    let stageVerb: String
    let mayChange: Bool
    let days: Int
    let facts: [Fact]
    let precision: ShareBar
    let line: String
    let entities: [EntityRow]
    let exclusions: [ExclusionRow]
    let backtests: [BacktestRow]

    var template: TemplateName { .ruleDossier }

    struct EntityRow: Sendable {
        let kind: String
        let name: String
        let noise: Int
        let truePositives: Int
    }

    struct ExclusionRow: Sendable {
        let text: String
        let removed: String
        let lost: String
        let lostClass: String
        let incidents: String
    }

    init(
        _ rule: KnownRule, _ dossier: RuleDossier, stages: RuleStages, backtests: [BacktestJobs.Job], frame: Frame,
        mayChange: Bool, days: Int, now: Instant
    ) {
        self.frame = frame
        self.mayChange = mayChange
        self.days = days
        name = rule.name
        severity = rule.severity.rawValue
        rulePath = PortalURL.rule(rule.id).path
        stagePath = PortalURL.ruleStage(rule.id).path
        backtestPath = PortalURL.ruleBacktest(rule.id).path
        let standing = stages.standing(of: rule.id)
        let isInTrial = standing?.stage == .trial
        stage = isInTrial ? "In trial" : "Active"
        stageClass = isInTrial ? "warn" : "good"
        stageDetail =
            standing.map { "since \(ShownTime($0.since, now: now).exact) by \($0.by): \($0.reason)" }
            ?? "from the beginning"
        otherStage = isInTrial ? RuleStage.active.rawValue : RuleStage.trial.rawValue
        stageVerb = isInTrial ? "Promote" : "Send into a trial"
        let quality = dossier.quality
        precision = ShareBar(quality.precision)
        line = Sparkline.points(quality.alertsByDay)
        facts = Self.facts(quality, now: now)
        entities = dossier.noisyEntities.map {
            EntityRow(
                kind: $0.entity.kind.rawValue, name: $0.entity.friendlyName, noise: $0.noise,
                truePositives: $0.truePositives)
        }
        exclusions = dossier.exclusions.map { ExclusionRow($0) }
        self.backtests = backtests.filter { $0.ruleID == rule.id }.map { BacktestRow($0, now: now) }
    }

    private static func facts(_ quality: RuleQuality, now: Instant) -> [Fact] {
        func count(_ verdict: Classification.Verdict) -> String { (quality.verdicts[verdict] ?? 0).grouped }
        return [
            ("Alerts a day", RuleNumbers.decimal(quality.alertsPerDay)), ("Alerts in all", quality.alerts.grouped),
            ("True positives", count(.truePositive)), ("Benign positives", count(.benignPositive)),
            ("False positives", count(.falsePositive)), ("Undetermined", count(.undetermined)),
            ("Not classified", quality.openIncidents.grouped), ("Precision", quality.precision.text),
            ("Found what it looks for", quality.correctness.text),
            ("Time to triage", quality.timeToTriage.map { RuleNumbers.words($0) } ?? "–"),
            ("Last alert", quality.lastAlert.map { ShownTime($0, now: now).relative } ?? "never"),
        ].map { Fact(name: $0.0, value: $0.1) }
    }
}

extension RuleDossierPage.ExclusionRow {
    init(_ exclusion: SuggestedExclusion) {
        text = exclusion.text
        removed = "\(exclusion.removedNoise.grouped) of \(exclusion.noise.grouped) alerts of noise gone"
        lost = "\(exclusion.lostTruePositives.grouped) of \(exclusion.truePositives.grouped) true positives lost"
        lostClass = exclusion.lostTruePositives > 0 ? "bad" : "good"
        let numbers = exclusion.lostIncidents.prefix(10).map { "#\($0)" }.joined(separator: ", ")
        incidents = numbers.isEmpty ? "" : "Would have been missed: \(numbers)"
    }
}
