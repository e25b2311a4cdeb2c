internal import Casebook
internal import Chronology
internal import Investigation
internal import JSON
internal import Preparation
internal import Vocabulary

/// The first page: figures, the top of the queue, what comes in, readiness.
struct OverviewPage: Page {
    let frame: Frame
    let now: String
    let figures: [Figure]
    let incidents: [IncidentRow]
    let heads: [IncidentHead]
    let histogram: String
    let tables: [TableRow]
    let plans: [PlanLine]
    /// The shared table of incidents has no boxes to tick here.
    let canChange = false

    var template: TemplateName { .overview }

    struct Figure: Sendable {
        let name: String
        let value: String
        let detail: String
        let path: String
    }

    struct TableRow: Sendable {
        let name: String
        let count: String
        let latest: String
        let logsPath: String
    }

    struct PlanLine: Sendable {
        let title: String
        let isOverdue: Bool
        let reviewDue: String
    }

    init(
        frame: Frame, counts: IncidentCounts, queue: [Incident], chips: [IncidentID: ServiceLevelChip],
        volume: EventVolume, plans: [ResponsePlan],
        now: Instant
    ) {
        self.frame = frame
        self.now = ShownTime(now, now: now).exact
        figures = OverviewPage.figures(counts, volume: volume)
        incidents = queue.map { IncidentRow($0, chips[$0.id], now: now) }
        heads = IncidentHead.all(nil)
        histogram = ScriptJSON.text(volume.chart)
        tables = volume.tables.map {
            TableRow(
                name: $0.name, count: $0.count.grouped, latest: ShownTime($0.latest, now: now).relative,
                logsPath: PortalURL.query("\($0.name)\n| sort by TimeGenerated desc\n| take 100").path)
        }
        self.plans = plans.map {
            PlanLine(
                title: $0.title, isOverdue: $0.isReviewOverdue(at: now),
                reviewDue: String($0.reviewDue.formatted(fractionDigits: 0).prefix(10)))
        }
    }

    private static func figures(_ counts: IncidentCounts, volume: EventVolume) -> [Figure] {
        let open = (counts.byStatus[.new] ?? 0) + (counts.byStatus[.active] ?? 0)
        let high = counts.openBySeverity[.high] ?? 0
        return [
            Figure(
                name: "Open incidents", value: "\(open)", detail: "\(counts.openUnassigned) without an owner",
                path: QueueRequest().path),
            Figure(
                name: "High severity", value: "\(high)", detail: "open",
                path: QueueRequest(severity: Severity.high.rawValue).path),
            Figure(
                name: "Alerts", value: counts.alerts.grouped, detail: "recorded",
                path: PortalURL.query("SecurityAlert\n| sort by TimeGenerated desc").path),
            Figure(
                name: "Events", value: volume.total.grouped, detail: "in the last 24 hours",
                path: PortalURL.logs.path),
            Figure(
                name: "Mean time to triage", value: counts.meanTimeToTriage.map(words) ?? "–",
                detail: "created to first change",
                path: QueueRequest(status: "all").path),
            Figure(
                name: "Mean time to close", value: counts.meanTimeToClose.map(words) ?? "–",
                detail: "created to closed",
                path: QueueRequest(status: "closed").path),
        ]
    }

    private static func words(_ span: TimeSpan) -> String {
        let minutes = Int(span.seconds / 60)
        return switch minutes {
        case ..<1: "\(Int(span.seconds)) s"
        case ..<60: "\(minutes) min"
        case ..<2880: "\(minutes / 60) h \(minutes % 60) min"
        default: "\(minutes / 1440) d"
        }
    }
}

/// JSON for a script block: `<` is escaped, so that no value can end the block.
enum ScriptJSON {
    static func text(_ json: JSON) -> String {
        json.description.replacing("<", with: "\\u003c")
    }
}
