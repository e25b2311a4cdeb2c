internal import Casebook
internal import Chronology
internal import Vocabulary

extension RuleRow {
    init(_ rule: RuleOverview, now: Instant) {
        path = PortalURL.rule(rule.id).path
        name = rule.name
        severity = rule.severity.rawValue
        kind = rule.kind
        tactics = rule.tactics.map(\.rawValue)
        schedule = rule.schedule
        state = rule.state.name
        stateClass = rule.state.chipClass
        stateDetail = rule.state.detail
        lastRun = rule.lastRun.map { ShownTime($0, now: now).relative } ?? "–"
        alertCount = rule.alertCount
    }
}

extension RulePage {
    init(_ rule: RuleOverview, frame: Frame, now: Instant) {
        self.frame = frame
        name = rule.name
        severity = rule.severity.rawValue
        state = rule.state.name
        stateClass = rule.state.chipClass
        description = rule.description
        qualityPath = PortalURL.ruleDossier(rule.id).path
        bodyTitle = rule.isQuery ? "Query" : "Rule"
        body = rule.body
        queryLink = rule.isQuery ? PortalURL.query(rule.body).path : nil
        let facts: [(String, String)] = [
            ("Kind", rule.kind), ("Schedule", rule.schedule),
            ("Tactics", rule.tactics.map(\.rawValue).joined(separator: ", ")),
            ("Techniques", rule.techniques.joined(separator: ", ")), ("State", rule.state.detail),
            ("Last run", rule.lastRun.map { ShownTime($0, now: now).exact } ?? ""),
            ("Last run read", rule.reading ?? ""),
            ("Next run", rule.nextRun.map { ShownTime($0, now: now).exact } ?? ""),
            ("Alerts", "\(rule.alertCount)"), ("Id", rule.id), ("File", rule.file),
        ]
        self.facts = facts.filter { !$0.1.isEmpty }.map { Fact(name: $0.0, value: $0.1) }
    }
}

extension RuleOverview.State {
    var name: String {
        switch self {
        case .healthy: "Healthy"
        case .failing: "Failing"
        case .disabled: "Disabled"
        case .streaming: "Streaming"
        case .waiting: "Waiting"
        }
    }

    var chipClass: String {
        switch self {
        case .healthy, .streaming: "good"
        case .failing: "bad"
        case .disabled: "warn"
        case .waiting: ""
        }
    }

    var detail: String {
        switch self {
        case .healthy: "The last run succeeded."
        case .failing(let reason): reason
        case .disabled(let reason): reason
        case .streaming: "Matched against every event as it comes in."
        case .waiting: "The first run is still to come."
        }
    }
}

extension RunRow {
    init(_ run: RunOverview, incidentNumber: Int?, now: Instant) {
        path = PortalURL.run(run.id).path
        playbook = run.playbook
        status = run.status.rawValue
        statusClass = run.status.chipClass
        trigger = run.trigger
        started = ShownTime(run.started, now: now).relative
        actionCount = run.actionCount
        incident = run.incident.map { id in
            IncidentLink(
                path: PortalURL.incident(id.rawValue).path, name: incidentNumber.map { "#\($0)" } ?? "incident")
        }
    }
}

extension RunPage {
    init(_ run: RunDetail, frame: Frame, now: Instant) {
        let row = RunRow(run.overview, incidentNumber: nil, now: now)
        self.frame = frame
        id = run.overview.id
        playbook = row.playbook
        status = row.status
        statusClass = row.statusClass
        error = run.error
        incident = row.incident
        actions = run.actions.map { action in
            ActionItem(
                name: action.name, type: action.type, status: action.status.rawValue,
                statusClass: action.status.chipClass, kind: action.status == .succeeded ? "automation" : "change",
                time: action.started.map { ShownTime($0, now: now).exact } ?? "", error: action.error,
                inputs: action.inputs, outputs: action.outputs)
        }
    }
}
