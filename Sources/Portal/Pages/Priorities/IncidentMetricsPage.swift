internal import Casebook
internal import Chronology
internal import KQLValues
internal import Prioritization

/// How long incidents take, how many are open, and what is due next.
struct IncidentMetricsPage: Page {
    let frame: Frame
    let days: Int
    let groups: [Choice]
    let figures: [Figure]
    let rows: [Row]
    let backlog: Chart?
    let due: [Due]
    let problem: String?

    var template: TemplateName { .incidentMetrics }

    struct Figure: Sendable {
        let name: String
        let value: String
        let detail: String
    }

    struct Row: Sendable {
        let group: String
        let created: String
        let closed: String
        let reopened: String
        let acknowledge: String
        let contain: String
        let close: String
        let slowest: String
    }

    /// Lines over time, 600 wide and 120 high.
    struct Chart: Sendable {
        let open: String
        let created: String
        let most: String
        let first: String
        let last: String
        let summary: String
    }

    struct Due: Sendable {
        let path: String
        let number: Int
        let title: String
        let score: String
        let scoreClass: String
        let target: String
        let due: String
        let dueClass: String
    }

    /// What the figures can be told by, as the function's parameter has it.
    static let groupNames = ["Severity", "Owner", "Tactic", "Product", "Classification"]

    init(
        frame: Frame, days: Int, group: String, whole: Table?, grouped: Table?, backlog: Table?, due: [Due],
        problem: String?
    ) {
        self.frame = frame
        self.days = days
        self.due = due
        self.problem = problem
        groups = Self.groupNames.map { Choice(value: $0, name: $0, isSelected: $0 == group) }
        figures = whole.map { Self.figures($0) } ?? []
        rows = grouped.map { table in (0..<table.rowCount).map { Row(table, $0) } } ?? []
        self.backlog = backlog.flatMap(Chart.init)
    }

    private static func figures(_ table: Table) -> [Figure] {
        guard table.rowCount > 0 else { return [] }
        func minutes(_ name: String) -> String { table.minutes(name, 0) }
        let reopened = table.number("ReopeningRate", 0).map { "\(Int(($0 * 100).rounded())) %" } ?? "–"
        return [
            Figure(
                name: "Created", value: table.count("Created", 0), detail: "\(table.count("Closed", 0)) of them closed"),
            Figure(
                name: "To acknowledge", value: minutes("MeanToAcknowledge"),
                detail: "median \(minutes("MedianToAcknowledge"))"),
            Figure(name: "To contain", value: minutes("MeanToContain"), detail: "median \(minutes("MedianToContain"))"),
            Figure(name: "To close", value: minutes("MeanToClose"), detail: "median \(minutes("MedianToClose"))"),
            Figure(name: "Reopened", value: reopened, detail: "\(table.count("Reopened", 0)) incidents"),
        ]
    }
}

extension IncidentMetricsPage.Row {
    init(_ table: Table, _ row: Int) {
        group = table.text("Group", row)
        created = table.count("Created", row)
        closed = table.count("Closed", row)
        reopened = table.count("Reopened", row)
        acknowledge = table.minutes("MeanToAcknowledge", row)
        contain = table.minutes("MeanToContain", row)
        close = table.minutes("MeanToClose", row)
        slowest = table.minutes("P90ToClose", row)
    }
}

extension IncidentMetricsPage.Chart {
    init?(_ table: Table) {
        guard table.rowCount > 1, let times = table.schema.index(of: "Time") else { return nil }
        let open = (0..<table.rowCount).map { table.number("Open", $0) ?? 0 }
        let created = (0..<table.rowCount).map { table.number("Created", $0) ?? 0 }
        let most = max(1, (open + created).max() ?? 1)
        func line(_ values: [Double]) -> String {
            values.enumerated().map { index, value in
                let x = Double(index) / Double(values.count - 1) * 600
                return "\(Int(x.rounded())),\(Int((118 - value / most * 114).rounded()))"
            }.joined(separator: " ")
        }
        func day(_ row: Int) -> String {
            guard case .datetime(let instant) = table.columns[times][row] else { return "" }
            return String(instant.formatted(fractionDigits: 0).prefix(10))
        }
        self.open = line(open)
        self.created = line(created)
        self.most = String(Int(most))
        first = day(0)
        last = day(table.rowCount - 1)
        summary =
            "Open incidents from \(Int(open.first ?? 0)) to \(Int(open.last ?? 0)), at most \(Int(open.max() ?? 0))"
    }
}

extension IncidentMetricsPage.Due {
    init?(_ incident: Incident, _ timer: ServiceLevelTimer, _ policy: ServiceLevelPolicy, now: Instant) {
        guard let next = timer.next(at: now, policy) else { return nil }
        path = PortalURL.incident(incident.id.rawValue).path
        number = incident.number
        title = incident.title
        score = incident.priority.map { String($0.score) } ?? "–"
        scoreClass = incident.scoreClass
        target = next.target.rawValue
        due = ShownTime(next.due, now: now).relative
        dueClass = next.share >= 1 ? "bad" : next.share >= 0.8 ? "warn" : ""
    }
}

extension Table {
    fileprivate func number(_ name: String, _ row: Int) -> Double? {
        guard let column = schema.index(of: name) else { return nil }
        return switch columns[column][row] {
        case .real(let value): value.isFinite ? value : nil
        case .long(let value): Double(value)
        case .int(let value): Double(value)
        default: nil
        }
    }

    fileprivate func text(_ name: String, _ row: Int) -> String {
        guard let column = schema.index(of: name), case .string(let text) = columns[column][row] else { return "" }
        return text
    }

    fileprivate func count(_ name: String, _ row: Int) -> String {
        number(name, row).map { Int($0).grouped } ?? "0"
    }

    fileprivate func minutes(_ name: String, _ row: Int) -> String {
        number(name, row).map { TimeSpan.seconds($0 * 60).words } ?? "–"
    }
}
