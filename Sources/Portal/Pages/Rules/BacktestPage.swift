internal import Casebook
internal import Chronology
internal import Detection
internal import Foundation
internal import Vocabulary

/// One back-test with what it found.
struct BacktestPage: Page {
    let frame: Frame
    let name: String
    let dossierPath: String?
    let state: String
    let stateClass: String
    let range: String
    let isRunning: Bool
    let progress: Int
    let cancelPath: String
    let mayChange: Bool
    let error: String?
    let promotion: String?
    let report: Report?

    var template: TemplateName { .backtest }

    /// What it found, once it is over.
    struct Report: Sendable {
        let incomplete: String?
        let figures: [RuleQualityPage.Figure]
        let days: [DayRow]
        let entities: [EntityRow]
        let incidents: [IncidentRow]
        let samples: [SampleRow]
        let tables: [TableRow]
        let failures: [String]
    }

    struct DayRow: Sendable {
        let day: String
        let alerts: Int
        let rows: String
        /// Of a bar that is at most 100 wide.
        let width: Int
    }

    struct EntityRow: Sendable {
        let kind: String
        let name: String
        let alerts: Int
    }

    struct IncidentRow: Sendable {
        let path: String
        let number: Int
        let title: String
        let verdict: String
        let verdictClass: String
        let alerts: Int
    }

    struct SampleRow: Sendable {
        let time: String
        let severity: String
        let title: String
        let entities: String
        let incidents: String
    }

    struct TableRow: Sendable {
        let name: String
        let rows: String
    }

    init(_ job: BacktestJobs.Job, isKnown: Bool, frame: Frame, mayChange: Bool, now: Instant) {
        self.frame = frame
        self.mayChange = mayChange
        name = job.ruleName
        dossierPath = isKnown ? PortalURL.ruleDossier(job.ruleID).path : nil
        state = job.state.rawValue
        stateClass = job.state.chipClass
        range =
            "\(ShownTime(job.range.start, now: now).exact.prefix(16)) to "
            + "\(ShownTime(job.range.end, now: now).exact.prefix(16)) UTC, asked by \(job.asker)"
        isRunning = !job.isOver
        progress = Int((job.progress * 100).rounded(.down))
        cancelPath = PortalURL.cancelBacktest(job.id.uuidString).path
        error = job.error
        promotion = job.promotion
        report = job.report.map { Report($0, now: now) }
    }
}

extension BacktestPage.Report {
    init(_ report: BacktestReport, now: Instant) {
        incomplete = report.incompleteReason
        failures = report.failures
        let cost = report.cost
        figures = [
            ("Alerts", report.alerts.grouped, "\(RuleNumbers.decimal(report.alertsPerDay)) a day"),
            ("Known incidents hit", report.incidents.count.grouped, Self.verdicts(report)),
            ("New alerts", report.newAlerts.grouped, "hit no known incident"),
            (
                "Cost", RuleNumbers.words(.seconds(cost.seconds)),
                "\(cost.runs.grouped) runs, \(cost.emptyWindows.grouped) empty windows left out"
            ),
            ("Days with data", "\(report.daysWithRows)", "of \(report.days.count)"),
        ].map { RuleQualityPage.Figure(name: $0.0, value: $0.1, detail: $0.2) }
        let most = max(1, report.days.map(\.alerts).max() ?? 1)
        days = report.days.map { day in
            BacktestPage.DayRow(
                day: String(ShownTime(day.start, now: now).exact.prefix(10)), alerts: day.alerts,
                rows: day.rows.grouped, width: day.alerts * 100 / most)
        }
        entities = report.entities.map {
            BacktestPage.EntityRow(kind: $0.entity.kind.rawValue, name: $0.entity.friendlyName, alerts: $0.alerts)
        }
        incidents = report.incidents.prefix(50).map { hit in
            BacktestPage.IncidentRow(
                path: PortalURL.incident(hit.id.rawValue).path, number: hit.number, title: hit.title,
                verdict: hit.verdict?.rawValue ?? "Not classified", verdictClass: hit.verdict?.chipClass ?? "",
                alerts: hit.alerts)
        }
        samples = report.samples.prefix(50).map { sample in
            BacktestPage.SampleRow(
                time: ShownTime(sample.start, now: now).exact, severity: sample.severity.rawValue, title: sample.title,
                entities: sample.entities.joined(separator: ", "),
                incidents: sample.incidents.map { "#\($0)" }.joined(separator: ", "))
        }
        tables = report.tables.map { BacktestPage.TableRow(name: $0.table, rows: $0.rows.grouped) }
    }

    private static func verdicts(_ report: BacktestReport) -> String {
        let verdicts = report.verdicts
        func count(_ verdict: Classification.Verdict?) -> Int { verdicts[verdict] ?? 0 }
        return "\(count(.truePositive)) true, \(count(.benignPositive)) benign, \(count(.falsePositive)) false"
    }
}

/// A back-test in a list.
struct BacktestRow: Sendable {
    let path: String
    let rule: String
    let state: String
    let stateClass: String
    let asked: String
    let asker: String
    let alerts: String

    init(_ job: BacktestJobs.Job, now: Instant) {
        path = PortalURL.backtest(job.id.uuidString).path
        rule = job.ruleName
        state = job.state.rawValue
        stateClass = job.state.chipClass
        asked = ShownTime(job.asked, now: now).relative
        asker = job.asker
        alerts = job.report?.alerts.grouped ?? "–"
    }
}

extension BacktestJobs.Job.State {
    fileprivate var chipClass: String {
        switch self {
        case .waiting: ""
        case .running: "accent"
        case .finished: "good"
        case .cancelled: "warn"
        case .failed: "bad"
        }
    }
}

extension Classification.Verdict {
    fileprivate var chipClass: String {
        switch self {
        case .truePositive: "good"
        case .falsePositive: "bad"
        case .benignPositive: "warn"
        case .undetermined: ""
        }
    }
}
