internal import Casebook
internal import Chronology
internal import JSON
internal import Portal
internal import Response
internal import StateStore
internal import Workflow

/// The response room as the portal sees it.
struct PortalPlaybooks: PortalResponse {
    let engine: ResponseEngine

    func playbooks() async throws -> [PlaybookOverview] {
        engine.playbooks.map {
            PlaybookOverview(
                id: $0.id, name: $0.name, description: $0.description, trigger: "\($0.event)",
                actionCount: $0.actionCount)
        }
    }

    func automationRules() async throws -> [AutomationRuleOverview] {
        engine.rules.map { rule in
            AutomationRuleOverview(
                order: rule.order, name: rule.displayName,
                trigger: "\(rule.subject.rawValue) \(rule.occasion.rawValue)",
                actions: rule.actions.map(\.typeName).joined(separator: ", "), isEnabled: rule.isEnabled)
        }
    }

    func runs(of incident: IncidentID?, limit: Int) async throws -> [RunOverview] {
        try await engine.runs(of: incident, limit: limit).map(RunOverview.init)
    }

    func run(_ id: String) async throws -> RunDetail? {
        guard let found = try await engine.run(id) else { return nil }
        return RunDetail(
            overview: RunOverview(found.run), error: found.run.error?.message,
            actions: found.actions.map { action in
                RunDetail.Action(
                    name: action.name, type: action.typeName,
                    status: Portal.RunStatus(rawValue: action.status.rawValue) ?? .running,
                    started: action.startTime, error: action.error?.message,
                    inputs: action.inputs.isNull ? nil : action.inputs.indented,
                    outputs: action.outputs.isNull ? nil : action.outputs.indented)
            })
    }

    func start(playbook: String, on incident: IncidentID, by actor: JournalActor) async throws {
        _ = try await engine.start(playbook: playbook, on: incident, by: actor)
    }
}

extension RunOverview {
    init(_ run: PlaybookRun) {
        let status = Portal.RunStatus(rawValue: run.status.rawValue) ?? .running
        self.init(
            id: run.id, playbook: run.playbook, status: run.isWaiting && status == .running ? .waiting : status,
            trigger: run.trigger, started: run.startTime, actionCount: run.actionCount, incident: run.incidentID)
    }
}
