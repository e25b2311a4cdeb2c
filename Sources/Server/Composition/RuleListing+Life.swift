internal import Chronology
internal import Detection
internal import Portal
internal import Sigma
internal import Vocabulary

extension RuleListing {
    /// The rules of an installation as the portal lists them: scheduled ones with their state, then Sigma rules.
    init(_ life: Life) async {
        let scheduled = await life.runner.statuses().map(RuleOverview.init)
        let streaming = life.rules.sigma.map(RuleOverview.init)
        self.init(
            rules: scheduled + streaming,
            findings: life.rules.findings.map { finding in
                Finding(place: "\(finding.position)", message: finding.message)
            })
    }
}

extension RuleOverview {
    fileprivate init(_ status: RuleRunner.Status) {
        let rule = status.rule
        self.init(
            id: rule.id, name: rule.name, severity: rule.severity, kind: rule.timing.kind, tactics: rule.tactics,
            techniques: rule.techniques, schedule: RuleOverview.words(rule.timing), state: State(status),
            lastRun: nil, nextRun: status.schedule.nextNominalTime, alertCount: status.alerts,
            description: rule.description, body: rule.query, isQuery: true, file: "\(rule.position)")
        reading = status.reading
    }

    fileprivate init(_ rule: SigmaRule) {
        let attack = rule.tags.filter { $0.hasPrefix("attack.") }.map { $0.dropFirst("attack.".count) }
        self.init(
            id: rule.id, name: rule.title, severity: Severity(lenient: rule.level.rawValue) ?? .medium, kind: "Sigma",
            tactics: attack.compactMap { Tactic(lenient: $0) },
            techniques: attack.filter { $0.first == "t" && $0.dropFirst().first?.isNumber == true }.map {
                $0.uppercased()
            }, schedule: "every event", state: .streaming, lastRun: nil, nextRun: nil,
            alertCount: 0, description: rule.description, body: "", isQuery: false, file: "\(rule.position)")
    }

    private static func words(_ timing: RuleTiming) -> String {
        switch timing {
        case .scheduled(let schedule): "every \(words(schedule.frequency)) over the last \(words(schedule.period))"
        case .nearRealTime: "every minute"
        }
    }

    private static func words(_ span: TimeSpan) -> String {
        let minutes = Int(span.seconds / 60)
        if minutes % 1440 == 0 { return "\(minutes / 1440) d" }
        return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes) min"
    }
}

extension RuleOverview.State {
    fileprivate init(_ status: RuleRunner.Status) {
        if status.schedule.isDisabledByFailures {
            self = .disabled("Disabled after repeated failures: \(status.schedule.failureCode ?? "unknown")")
        } else if !status.isEnabled {
            self = .disabled("Disabled by a person.")
        } else if let code = status.schedule.failureCode {
            self = .failing("The last run failed: \(code)")
        } else {
            self = .healthy
        }
    }
}
