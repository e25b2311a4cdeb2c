public import Casebook
internal import Chronology
internal import JSON
public import StateStore
internal import Vocabulary
public import Workflow

/// Why the response room refused a request.
public struct ResponseError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case playbookNotFound
        /// There is no such incident, alert, entity or run.
        case notFound
        /// The playbook's trigger is of another kind.
        case wrongTrigger
        case notSupported
    }

    public let code: Code
    /// What happened and what to do.
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

// Starting playbooks by hand, and looking at runs.
extension ResponseEngine {
    /// Starts a playbook on an incident; an alert playbook gets each of the incident's alerts.
    ///
    /// - Returns: The runs' ids.
    /// - Throws: `ResponseError`
    @discardableResult
    public func start(
        playbook reference: String, on incident: IncidentID, by actor: JournalActor
    ) async throws -> [String] {
        let playbook = try playbook(reference)
        guard playbook.event == .alert else {
            return try await runner.start(
                try await request(playbook, id: identifiers.next(), on: incident, update: nil, rule: nil, by: actor))
        }
        var started: [String] = []
        for alert in try await casebook.alerts(of: incident) {
            started += try await runner.start(
                try await request(playbook, id: identifiers.next(), onAlert: alert.id, rule: nil, by: actor))
        }
        return started
    }

    /// Starts a playbook on an entity.
    @discardableResult
    public func start(
        playbook reference: String, on entity: EntityID, of incident: IncidentID?, by actor: JournalActor
    ) async throws -> [String] {
        let playbook = try playbook(reference)
        guard case .entity(let kind) = playbook.event else {
            throw ResponseError(.wrongTrigger, "'\(playbook.id)' is not started by entities")
        }
        guard let known = try await casebook.entity(entity) else {
            throw ResponseError(.notFound, "there is no entity \(entity)")
        }
        guard EntityKind(lenient: kind) == known.kind else {
            throw ResponseError(.wrongTrigger, "'\(playbook.id)' is for \(kind) entities, not \(known.kind.rawValue)")
        }
        var context: Incident?
        if let incident { context = try await casebook.incident(incident) }
        let body = TriggerBodies(workspace: workspace).entity(known, incident: context)
        return try await runner.start(
            RunRequest(
                id: identifiers.next(), playbook: playbook, event: WorkflowAnswer(body: body), incidentID: incident,
                ruleID: nil, startedBy: actor))
    }

    /// Starts a playbook with a Request trigger and waits for its answer, at most two minutes.
    ///
    /// - Returns: Its Response; 202 when it gives none.
    public func request(
        playbook reference: String, _ event: WorkflowAnswer, by actor: JournalActor
    ) async throws -> WorkflowAnswer {
        let playbook = try playbook(reference)
        guard playbook.event == .request else {
            throw ResponseError(.wrongTrigger, "'\(playbook.id)' has no Request trigger")
        }
        let request = RunRequest(
            id: identifiers.next(), playbook: playbook, event: event, incidentID: nil, ruleID: nil, startedBy: actor)
        guard let id = try await runner.start(request).first else { return WorkflowAnswer(statusCode: 202) }
        _ = try await runner.end(of: id, within: .minutes(2))
        return try await runner.store.response(of: id)?.answer ?? WorkflowAnswer(statusCode: 202)
    }

    /// The newest runs; of one incident, or of all.
    public func runs(of incident: IncidentID? = nil, limit: Int = 100) async throws -> [PlaybookRun] {
        try await runner.store.summaries(ofIncident: incident, limit: limit)
    }

    /// Runs by status.
    public func runCounts() async throws -> [String: Int] { try await runner.store.counts() }

    /// A run with its actions; nil when there is none.
    public func run(_ id: String) async throws -> PlaybookRunDetail? {
        guard let stored = try await runner.store.load(id) else { return nil }
        return PlaybookRunDetail(
            run: stored.summary, actions: try await runner.store.actions(of: id), triggerBody: stored.event.body,
            response: stored.response)
    }

    /// Stops a run; false when it is not under way.
    public func cancel(run id: String) -> Bool { runner.send(.cancelled, to: id) }

    /// Takes a call of an action's callback address.
    ///
    /// - Returns: False when the address is not one of a waiting run.
    public func callBack(run id: String, token: String, action: String, _ answer: WorkflowAnswer) async throws -> Bool {
        guard let stored = try await runner.store.load(id), Self.areEqual(stored.callbackToken, token) else {
            return false
        }
        return runner.send(.calledBack(ActionPath(action), answer), to: id)
    }

    /// Compares without telling by its time where the texts differ.
    private static func areEqual(_ left: String, _ right: String) -> Bool {
        let (first, second) = (Array(left.utf8), Array(right.utf8))
        guard first.count == second.count, !first.isEmpty else { return false }
        return zip(first, second).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    func request(
        _ playbook: Playbook, id: String, on incidentID: IncidentID, update: IncidentUpdate?, rule: String?,
        by actor: JournalActor
    ) async throws -> RunRequest {
        guard let incident = try await casebook.incident(incidentID) else {
            throw ResponseError(.notFound, "there is no incident \(incidentID)")
        }
        switch playbook.event {
        case .incident, .request: break
        case .alert, .entity, .recurrence, .other:
            throw ResponseError(.wrongTrigger, "'\(playbook.id)' is not started by incidents")
        }
        let body = TriggerBodies(workspace: workspace).incident(
            incident, alerts: try await casebook.alerts(of: incidentID),
            comments: try await casebook.comments(of: incidentID), update: update)
        return RunRequest(
            id: id, playbook: playbook, event: WorkflowAnswer(body: body), incidentID: incidentID, ruleID: rule,
            startedBy: actor)
    }

    func request(
        _ playbook: Playbook, id: String, onAlert alertID: AlertID, rule: String?, by actor: JournalActor
    ) async throws -> RunRequest {
        guard let alert = try await casebook.alert(alertID) else {
            throw ResponseError(.notFound, "there is no alert \(alertID)")
        }
        guard playbook.event == .alert || playbook.event == .request else {
            throw ResponseError(.wrongTrigger, "'\(playbook.id)' is not started by alerts")
        }
        return RunRequest(
            id: id, playbook: playbook,
            event: WorkflowAnswer(body: TriggerBodies(workspace: workspace).alert(alert)),
            incidentID: alert.incidentID, ruleID: rule, startedBy: actor)
    }
}
