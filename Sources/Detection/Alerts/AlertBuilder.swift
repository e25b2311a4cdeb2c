public import Casebook
public import Chronology
internal import JSON
public import KQLValues
internal import Vocabulary

/// Makes alerts of the results of one run of a rule.
///
/// The identifiers of the alerts depend only on the rule, the window and the rows, so that a run repeated after a crash
/// records nothing twice.
public struct AlertBuilder: Sendable {
    static let mostAlertsPerRun = 150
    static let mostNearRealTimeAlertsPerRun = 30

    private let rule: AnalyticsRule
    private let run: RuleSchedule.Run

    public init(_ rule: AnalyticsRule, run: RuleSchedule.Run) {
        self.rule = rule
        self.run = run
    }

    /// The alerts that the results raise; none when the trigger's condition is not met.
    ///
    /// - Parameter tables: the tables that the query reads, for the alert's `Data Sources`.
    public func alerts(for results: Table, generatedAt now: Instant, tables: [String] = []) -> [NewAlert] {
        guard rule.timing.trigger.isMet(by: results.rowCount) else { return [] }
        let rows = (0..<results.rowCount).map { ResultRow(table: results, row: $0) }
        let entities = EntityCollection(rule, schema: results.schema)
        let context = Context(entities: entities, now: now, tables: tables)
        guard rule.eventGrouping == .alertPerResult, !rows.isEmpty else {
            return [alert(of: rows, key: "all", context)]
        }
        let most = Self.mostAlerts(of: rule)
        var repetitions: [String: Int] = [:]
        let single = rows.count > most ? rows.prefix(most - 1) : rows[...]
        var alerts = single.map { row in
            let content = row.json.description
            repetitions[content, default: 0] += 1
            return alert(of: [row], key: "row \(repetitions[content] ?? 1) \(content)", context)
        }
        if rows.count > most { alerts.append(alert(of: rows, key: "all", context)) }
        return alerts
    }

    /// The alerts of some of a window's results, which others may follow: equal results make one alert, and those that may
    /// not stand alone, because the window has too many, are told of together.
    ///
    /// - Parameter standsAlone: whether a result, given as text, gets an alert of its own.
    func partialAlerts(
        for results: Table, generatedAt now: Instant, tables: [String], standsAlone: (String) -> Bool
    ) -> [NewAlert] {
        let rows = (0..<results.rowCount).map { ResultRow(table: results, row: $0) }
        guard !rows.isEmpty else { return [] }
        let context = Context(
            entities: EntityCollection(rule, schema: results.schema), now: now, tables: tables)
        guard rule.eventGrouping == .alertPerResult else { return [alert(of: rows, key: "all", context)] }
        var seen: Set<String> = []
        var alerts: [NewAlert] = []
        var isFull = false
        for row in rows {
            let content = row.json.description
            guard seen.insert(content).inserted else { continue }
            if standsAlone(content) {
                alerts.append(alert(of: [row], key: "row 1 \(content)", context))
            } else {
                isFull = true
            }
        }
        if isFull { alerts.append(alert(of: rows, key: "all", context)) }
        return alerts
    }

    /// How many alerts a window may raise, the one that tells of all included.
    static func mostAlerts(of rule: AnalyticsRule) -> Int {
        rule.timing == .nearRealTime ? mostNearRealTimeAlertsPerRun : mostAlertsPerRun
    }

    private struct Context {
        let entities: EntityCollection
        let now: Instant
        let tables: [String]
    }

    private func alert(of rows: [ResultRow], key: String, _ context: Context) -> NewAlert {
        let times = AlertTimes(rows, window: run.window)
        var alert = NewAlert(
            displayName: rule.name, severity: rule.severity, startTime: times.start, endTime: times.end,
            generatedTime: context.now)
        alert.id = AlertID(
            StableIdentifier.make([
                "alert", rule.id, String(run.window.start.ticks), String(run.window.end.ticks), key,
            ]))
        alert.ruleID = rule.id
        alert.ruleName = rule.name
        alert.alertType = rule.id
        alert.productName = "Tocsin"
        alert.productComponentName = rule.timing == .nearRealTime ? "NRT Alerts" : "Scheduled Alerts"
        alert.description = rule.description
        alert.tactics = rule.tactics
        alert.techniques = rule.techniques
        alert.entities = context.entities.entities(of: rows)
        alert.customDetails = CustomDetailValues.collect(rule.customDetails, rows)
        alert.evidence = rows.prefix(CasebookLimits.evidenceRowsPerAlert).map(\.json)
        alert.extendedProperties = properties(rows, context)
        if let first = rows.first { AlertOverriding(rule: rule, row: first).apply(to: &alert) }
        return alert
    }

    private func properties(_ rows: [ResultRow], _ context: Context) -> AlertProperties {
        var properties: AlertProperties = ["Query": rule.query]
        if case .scheduled(let schedule) = rule.timing {
            properties["Query Period"] = schedule.period.description
            properties["Trigger Operator"] = schedule.trigger.operator.rawValue
            properties["Trigger Threshold"] = String(schedule.trigger.threshold)
        }
        properties["Query Start Time UTC"] = run.window.start.description
        properties["Query End Time UTC"] = run.window.end.description
        properties["Search Query Results Overall Count"] = String(rows.count)
        properties["Analytic Rule Ids"] = JSON.array([.string(rule.id)]).description
        properties["Analytic Rule Name"] = rule.name
        properties["Event Grouping"] = rule.eventGrouping.rawValue
        if !context.tables.isEmpty {
            properties["Data Sources"] = JSON.array(context.tables.map { .string($0) }).description
        }
        if rule.eventGrouping == .alertPerResult {
            properties["OriginalQuery"] = rule.query
            if let row = rows.first, rows.count == 1 { properties["Query"] = EventLiteral.query(for: row) }
        }
        properties["ProcessedBySentinel"] = "True"
        return properties
    }
}

/// The first and last activity that an alert's rows tell of; the window's ends where they do not.
private struct AlertTimes {
    let start: Instant
    let end: Instant

    private static let startColumns = ["StartTimeUtc", "StartTime", "FirstSeen", "TimeGenerated"]
    private static let endColumns = ["EndTimeUtc", "EndTime", "LastSeen", "TimeGenerated"]

    init(_ rows: [ResultRow], window: TimeRange) {
        let first = rows.compactMap { row in Self.startColumns.lazy.compactMap { row.time($0) }.first }.min()
        let last = rows.compactMap { row in Self.endColumns.lazy.compactMap { row.time($0) }.first }.max()
        let start = first ?? window.start
        self.start = start
        end = max(last ?? window.end, start)
    }
}
