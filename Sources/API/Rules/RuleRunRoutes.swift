internal import Access
internal import Chronology
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Synchronization
internal import Vocabulary
internal import WebGate

/// `/api/rules/{id}/run` and `/api/rules/{id}/runs`; in Azure's shape `alertRules/{id}/triggerRuleRun` and
/// `triggeredAnalyticsRuleRuns`.
final class RuleRunRoutes: Sendable {
    private static let mostRemembered = 1_000
    private static let maximumBody = 1 << 16

    private let runs: any RuleRuns
    private let names: WorkspaceNames
    private let now: @Sendable () -> Instant
    /// Runs asked for in Azure's shape, the newest last.
    private let triggered = Mutex<[(id: String, outcome: RuleRunOutcome)]>([])

    init(runs: any RuleRuns, names: WorkspaceNames, now: @escaping @Sendable () -> Instant) {
        self.runs = runs
        self.names = names
        self.now = now
    }

    func add(to group: RouterGroup<TocsinRequestContext>) {
        group.group("rules/:rule/runs").add(middleware: Requires(.readContent)).get(use: latest)
        group.group("rules/:rule/run").add(middleware: Requires(.changeContent)).post(use: run)
    }

    func addAzure(to group: RouterGroup<TocsinRequestContext>) {
        group.group("alertRules/:rule/triggerRuleRun").add(middleware: Requires(.changeContent)).post(use: trigger)
        let readers = group.group("triggeredAnalyticsRuleRuns").add(middleware: Requires(.readContent))
        readers.get(use: listTriggered)
        readers.get(":run", use: getTriggered)
    }

    @Sendable private func latest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let limit = min(max(1, request.uri.queryParameters["$top"].flatMap { Int($0) } ?? 50), 1_000)
        let found = try await runs.latest(rule: try rule(context), limit: limit)
        return Response(json: ["value": .array(found.map(\.json))])
    }

    /// `{"nominalTime": "…"}` makes one run (now, when nothing is said), `{"from": "…", "to": "…"}` all of a range.
    @Sendable private func run(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = try rule(context)
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        let outcomes: [RuleRunOutcome]?
        if let from = try time("from", in: body) {
            let to = try time("to", in: body) ?? now()
            guard from < to else { throw APIError.badRequest("'from' must lie before 'to'", target: "from") }
            outcomes = try await runs.rerun(rule: id, TimeRange(start: from, end: to))
        } else {
            let time = try time("nominalTime", in: body) ?? now()
            outcomes = try await runs.run(rule: id, nominalTime: time).map { [$0] }
        }
        guard let outcomes else { throw APIError(.notFound, "there is no rule \(id)") }
        return Response(json: ["value": .array(outcomes.map(\.json))])
    }

    @Sendable private func trigger(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = try rule(context)
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        guard let time = try time("executionTimeUtc", in: body["properties"] ?? .null) else {
            throw APIError.badRequest("'properties.executionTimeUtc' is missing", target: "executionTimeUtc")
        }
        guard let outcome = try await runs.run(rule: id, nominalTime: time) else {
            throw APIError(.notFound, "there is no rule \(id)")
        }
        let run = "\(id)-\(outcome.time.ticks)"
        triggered.withLock { runs in
            runs.append((run, outcome))
            if runs.count > Self.mostRemembered { runs.removeFirst(runs.count - Self.mostRemembered) }
        }
        var response = Response(status: .accepted, json: resource(run, outcome))
        response.headers[.location] = "\(names.securityInsights)/triggeredAnalyticsRuleRuns/\(run)"
        return response
    }

    @Sendable private func listTriggered(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let all = triggered.withLock { $0.reversed().map { resource($0.id, $0.outcome) } }
        return Response(json: ["value": .array(all)])
    }

    @Sendable private func getTriggered(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = try context.parameters.require("run")
        guard let run = triggered.withLock({ $0.last { $0.id == id } }) else {
            throw APIError(.notFound, "there is no run \(id)")
        }
        return Response(json: resource(run.id, run.outcome))
    }

    private func resource(_ id: String, _ outcome: RuleRunOutcome) -> JSON {
        Resource(
            id: "\(names.securityInsights)/triggeredAnalyticsRuleRuns/\(id)", name: id,
            type: "Microsoft.SecurityInsights/triggeredAnalyticsRuleRuns",
            properties: [
                "executionTimeUtc": .string("\(outcome.window.end)"), "ruleId": .string(outcome.ruleID),
                "triggeredAnalyticsRuleRunId": .string(id),
                "provisioningState": .string(outcome.succeeded ? "Succeeded" : "Failed"),
                "ruleRunAdditionalData": outcome.json,
            ]
        ).json
    }

    private func rule(_ context: TocsinRequestContext) throws -> String {
        try context.parameters.require("rule").lowercased()
    }

    private func time(_ key: String, in body: JSON) throws -> Instant? {
        guard let value = body[key] else { return nil }
        guard let time = value.stringValue.flatMap({ Instant(iso8601: $0) }) else {
            throw APIError.badRequest("'\(key)' is no time by ISO 8601", target: key)
        }
        return time
    }
}

extension RuleRunOutcome {
    fileprivate var json: JSON {
        [
            "ruleId": .string(ruleID), "time": .string("\(time)"), "windowStart": .string("\(window.start)"),
            "windowEnd": .string("\(window.end)"), "status": .string(succeeded ? "Success" : "Failure"),
            "message": .string(message), "results": .int(Int64(results)), "alerts": .int(Int64(alerts)),
            "seconds": .double(seconds),
        ]
    }
}
