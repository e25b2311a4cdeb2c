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

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "rules/{rule}/runs", id: "RuleRuns_List", tag: .rules, "Lists a rule's latest runs",
                needs: .readContent, parameters: .paging, answers: [.ok(.page(of: .any))], latest),
            Endpoint(
                .post, "rules/{rule}/run", id: "RuleRuns_Run", tag: .rules, "Runs a rule now, or over a past time",
                needs: .changeContent,
                body: .json(
                    .object(
                        .optional("nominalTime", .dateTime), .optional("from", .dateTime), .optional("to", .dateTime)),
                    upTo: Self.maximumBody), answers: [.ok(.page(of: .any))], run),
        ]
    }

    /// In Azure's shape.
    var azureEndpoints: [Endpoint] {
        let body = Schema.object(
            .required("properties", .object(.required("executionTimeUtc", .dateTime))))
        return [
            Endpoint(
                .post, "alertRules/{rule}/triggerRuleRun", id: "AlertRule_TriggerRuleRun", tag: .rules,
                "Runs a rule once", needs: .changeContent, body: .json(body, upTo: Self.maximumBody),
                answers: [.accepted(.any)], trigger),
            Endpoint(
                .get, "triggeredAnalyticsRuleRuns", id: "GetTriggeredAnalyticsRuleRuns_List", tag: .rules,
                "Lists runs that were asked for", needs: .readContent, answers: [.ok(.page(of: .any))],
                listTriggered),
            Endpoint(
                .get, "triggeredAnalyticsRuleRuns/{run}", id: "TriggeredAnalyticsRuleRun_Get", tag: .rules,
                "Reads a run that was asked for", needs: .readContent, answers: [.ok(.any)], getTriggered),
        ]
    }

    @Sendable private func latest(_ call: EndpointCall) async throws -> Response {
        let limit = min(max(1, call.query("$top").flatMap { Int($0) } ?? 50), 1_000)
        let found = try await runs.latest(rule: try rule(call), limit: limit)
        return Response(json: ["value": .array(found.map(\.json))])
    }

    /// `{"nominalTime": "…"}` makes one run (now, when nothing is said), `{"from": "…", "to": "…"}` all of a range.
    @Sendable private func run(_ call: EndpointCall) async throws -> Response {
        let id = try rule(call)
        let body = call.body
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

    @Sendable private func trigger(_ call: EndpointCall) async throws -> Response {
        let id = try rule(call)
        let body = call.body
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

    @Sendable private func listTriggered(_ call: EndpointCall) async throws -> Response {
        let all = triggered.withLock { $0.reversed().map { resource($0.id, $0.outcome) } }
        return Response(json: ["value": .array(all)])
    }

    @Sendable private func getTriggered(_ call: EndpointCall) async throws -> Response {
        let id = call.name("run")
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

    private func rule(_ call: EndpointCall) throws -> String {
        call.name("rule").lowercased()
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
