internal import Casebook
internal import Chronology
internal import Detection

/// How good rules are; the noisiest first.
struct RuleQualityPage: Page {
    let frame: Frame
    let tabs: [RuleTab]
    let days: Int
    let figures: [Figure]
    let rules: [QualityRow]
    let backtests: [BacktestRow]

    var template: TemplateName { .ruleQuality }

    struct Figure: Sendable {
        let name: String
        let value: String
        let detail: String
    }

    init(
        frame: Frame, qualities: [RuleQuality], rules: [KnownRule], stages: RuleStages, backtests: [BacktestJobs.Job],
        days: Int, now: Instant
    ) {
        self.frame = frame
        self.days = days
        tabs = RuleTab.all(at: .quality)
        let known = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        self.rules = qualities.map {
            QualityRow($0, rule: known[$0.ruleID], isInTrial: stages.isInTrial($0.ruleID))
        }
        self.backtests = backtests.prefix(20).map { BacktestRow($0, now: now) }
        let judged = qualities.reduce(0) { $0 + $1.judged }
        let right = qualities.reduce(0) { $0 + ($1.verdicts[.truePositive] ?? 0) }
        let alerts = qualities.reduce(0) { $0 + $1.alertsPerDay }
        let noise = qualities.reduce(0) { $0 + $1.noisePerDay }
        figures = [
            Figure(
                name: "Precision of all rules", value: MeasuredShare(count: right, of: judged).text,
                detail: "\(right.grouped) true positives of \(judged.grouped) classified"),
            Figure(
                name: "Alerts a day", value: RuleNumbers.decimal(alerts), detail: "over the last \(days) days"),
            Figure(
                name: "Noise a day", value: RuleNumbers.decimal(noise), detail: "alerts that lead to nothing, expected"),
            Figure(
                name: "In trial", value: "\(stages.inTrial.count)", detail: "rules whose alerts open no incidents"),
        ]
    }
}

/// One rule with its quality.
struct QualityRow: Sendable {
    let path: String
    let name: String
    let kind: String
    let stage: String?
    let alertsPerDay: String
    let line: String
    let truePositives: Int
    let benignPositives: Int
    let falsePositives: Int
    let openIncidents: Int
    let precision: ShareBar
    let timeToTriage: String

    init(_ quality: RuleQuality, rule: KnownRule?, isInTrial: Bool) {
        path = PortalURL.ruleDossier(quality.ruleID).path
        name = rule?.name ?? quality.ruleID
        kind = rule?.kind ?? "–"
        stage = isInTrial ? "Trial" : nil
        alertsPerDay = RuleNumbers.decimal(quality.alertsPerDay)
        line = Sparkline.points(quality.alertsByDay)
        truePositives = quality.verdicts[.truePositive] ?? 0
        benignPositives = quality.verdicts[.benignPositive] ?? 0
        falsePositives = quality.verdicts[.falsePositive] ?? 0
        openIncidents = quality.openIncidents
        precision = ShareBar(quality.precision)
        timeToTriage = quality.timeToTriage.map { RuleNumbers.words($0) } ?? "–"
    }
}

extension ShareBar {
    init(_ share: MeasuredShare) {
        isMeasured = share.total > 0
        text = isMeasured ? "\(Int((Double(share.count) / Double(share.total) * 100).rounded())) %" : "not measured"
        title = isMeasured ? "\(share.text), \(share.count) of \(share.total)" : "No incident of it was classified yet."
        lower = Int((share.lower * 100).rounded())
        width = max(1, Int((share.upper * 100).rounded()) - lower)
        mean = Int((share.mean * 100).rounded())
    }
}

/// Numbers of rules in words.
enum RuleNumbers {
    /// One decimal place below 10, none above.
    static func decimal(_ number: Double) -> String {
        if number == 0 { return "0" }
        if number < 0.05 { return "< 0.1" }
        return number < 10 ? String((number * 10).rounded() / 10) : Int(number.rounded()).grouped
    }

    static func words(_ span: TimeSpan) -> String {
        let seconds = span.seconds
        switch seconds {
        case ..<90: return "\(Int(seconds)) s"
        case ..<5_400: return "\(Int(seconds / 60)) min"
        case ..<172_800: return "\(Int(seconds / 3_600)) h"
        default: return "\(Int(seconds / 86_400)) d"
        }
    }
}
