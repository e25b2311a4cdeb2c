internal import Access
internal import Chronology
internal import Detection
internal import Foundation
internal import Hummingbird
internal import JSON
internal import StateStore
internal import Vocabulary
internal import WebGate

/// What is asked about rules as a whole: `/api/rules/quality`, `/api/rules/coverage`, a rule's quality, stage and back-tests,
/// and `/api/backtests`.
struct RuleQualityRoutes {
    let desk: RuleDesk

    /// The longest stretch that is looked back over.
    private static let mostDays = 365
    private static let largestRule = 1 << 20

    var endpoints: [Endpoint] { qualityEndpoints + backtestEndpoints }

    private var qualityEndpoints: [Endpoint] {
        let days = EndpointParameter("days", "How far back", .integer(1...Int64(Self.mostDays)))
        return [
            Endpoint(
                .get, "rules/quality", id: "RuleQuality_List", tag: .rules, "Measures how good rules are",
                needs: .readContent, parameters: [days], answers: [.ok(.page(of: .any))], qualities),
            Endpoint(
                .get, "rules/{rule}/quality", id: "RuleQuality_Get", tag: .rules, "Measures how good a rule is",
                needs: .readIncidents, parameters: [days], answers: [.ok(.any)], dossier),
            Endpoint(
                .get, "rules/coverage", id: "RuleCoverage_Get", tag: .rules, "Tells which techniques are covered",
                needs: .readContent, parameters: [days], answers: [.ok(.any)], coverage),
            Endpoint(
                .get, "rules/coverage/navigator", id: "RuleCoverage_GetNavigator", tag: .rules,
                "The same as a layer of the ATT&CK Navigator", needs: .readContent, parameters: [days],
                answers: [.ok(.any)], navigator),
            Endpoint(
                .post, "rules/{rule}/stage", id: "RuleStage_Set", tag: .rules, "Puts a rule into or out of trial",
                needs: .changeContent,
                body: .json(
                    .object(.required("stage", .word(["Active", "Trial"])), .required("reason", .string(1...10_000))),
                    upTo: 1 << 16), answers: [.ok(.any)], setStage),
        ]
    }

    private var backtestEndpoints: [Endpoint] {
        let body = Schema.object(
            .optional("rule", .string), .optional("text", .string), .optional("file", .string),
            .optional("since", .string), .optional("start", .dateTime), .optional("end", .dateTime))
        return [
            Endpoint(
                .get, "backtests", id: "Backtests_List", tag: .rules, "Lists back-tests", needs: .readContent,
                answers: [.ok(.page(of: .any))], backtests),
            Endpoint(
                .post, "backtests", id: "Backtests_Start", tag: .rules, "Starts a back-test of a rule",
                needs: .changeContent, body: .json(body, upTo: Self.largestRule),
                answers: [.accepted(.any), .tooMany, .notFound], start),
            Endpoint(
                .get, "backtests/{backtest}", id: "Backtests_Get", tag: .rules, "Reads a back-test",
                needs: .readContent, answers: [.ok(.any)], backtest),
            Endpoint(
                .delete, "backtests/{backtest}", id: "Backtests_Cancel", tag: .rules, "Cancels a back-test",
                needs: .changeContent, answers: [.noContent], cancel),
        ]
    }

    // MARK: Quality and coverage

    @Sendable func qualities(_ call: EndpointCall) async throws -> Response {
        let rules = await desk.rules()
        let names = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let found = try await desk.qualities(days: try days(call, otherwise: 30))
        return Response(json: [
            "value": .array(found.map { RuleQualityWire.json($0, rule: names[$0.ruleID], desk.stages) })
        ])
    }

    @Sendable func dossier(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        let dossier = try await desk.dossier(of: rule, days: try days(call, otherwise: 30))
        return Response(json: RuleQualityWire.json(dossier, rule: rule, desk.stages))
    }

    @Sendable func coverage(_ call: EndpointCall) async throws -> Response {
        Response(json: RuleQualityWire.json(try await desk.coverage(days: try days(call, otherwise: 7))))
    }

    /// A layer for the ATT&CK Navigator.
    @Sendable func navigator(_ call: EndpointCall) async throws -> Response {
        let coverage = try await desk.coverage(days: try days(call, otherwise: 7))
        return Response(json: coverage.navigatorLayer(name: "Tocsin"))
    }

    // MARK: Stages

    @Sendable func setStage(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        let body = call.body
        guard let stage = body["stage"]?.stringValue.flatMap({ RuleStage(lenient: $0) }) else {
            throw APIError.badRequest("'stage' is Active or Trial", target: "stage")
        }
        guard let reason = body["reason"]?.stringValue, !reason.allSatisfy(\.isWhitespace) else {
            throw APIError.badRequest("'reason' says why, for the journal", target: "reason")
        }
        let actor = try call.caller.actor
        let changed = try await desk.stages.set(stage, of: rule, reason: String(reason.prefix(1_000)), by: actor)
        return Response(json: [
            "ruleId": .string(rule.id), "ruleName": .string(rule.name), "stage": .string(stage.rawValue),
            "changed": .bool(changed),
        ])
    }

    // MARK: Back-tests

    /// Starts a back-test: `{rule: id or name | text: a rule file's text, since: "30d" | start, end}`.
    @Sendable func start(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let (rule, isKnown) = try await rule(in: body)
        let range = try range(body)
        let actor = try call.caller.actor
        do {
            let job = try await desk.backtests.start(rule, over: range, isKnown: isKnown, by: actor)
            return Response(status: .accepted, json: BacktestWire.json(job))
        } catch {
            throw APIError(.tooMany, error.description)
        }
    }

    @Sendable func backtests(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(await desk.backtests.all.map { BacktestWire.json($0, withReport: false) })])
    }

    @Sendable func backtest(_ call: EndpointCall) async throws -> Response {
        Response(json: BacktestWire.json(try await job(call)))
    }

    @Sendable func cancel(_ call: EndpointCall) async throws -> Response {
        _ = await desk.backtests.cancel(try await job(call).id)
        return Response(status: .noContent)
    }

    private func job(_ call: EndpointCall) async throws -> BacktestJobs.Job {
        let text = call.name("backtest")
        guard let id = UUID(uuidString: text), let job = await desk.backtests.job(id) else {
            throw APIError(.notFound, "there is no back-test \(text); those before the last start are not kept")
        }
        return job
    }

    // MARK: Parts of requests

    private func rule(_ call: EndpointCall) async throws -> KnownRule {
        let text = call.name("rule")
        return try await rule(named: text)
    }

    private func rule(named text: String) async throws(APIError) -> KnownRule {
        guard let rule = await desk.rule(text) else {
            throw APIError(.notFound, "there is no rule of the id or name '\(text)'", target: "rule")
        }
        return rule
    }

    private func rule(in body: JSON) async throws(APIError) -> (rule: KnownRule, isKnown: Bool) {
        if let name = body["rule"]?.stringValue { return (try await rule(named: name), true) }
        guard let text = body["text"]?.stringValue else {
            throw APIError.badRequest("give 'rule', an id or name, or 'text', the text of a rule file", target: "rule")
        }
        let (rule, findings) = RuleDesk.rule(inFile: text, named: body["file"]?.stringValue ?? "rule")
        guard let rule else {
            let errors = findings.filter { $0.gravity == .error }.map(\.description)
            throw APIError.badRequest(
                errors.isEmpty ? "the text holds no rule" : errors.joined(separator: "\n"), target: "text")
        }
        return (rule, false)
    }

    private func range(_ body: JSON) throws(APIError) -> TimeRange {
        if body["start"] != nil || body["end"] != nil {
            let now = desk.range(last: .zero).end
            guard let start = body["start"]?.stringValue.flatMap({ Instant(iso8601: $0) }),
                let end = body["end"].map({ $0.stringValue.flatMap { Instant(iso8601: $0) } }) ?? now, start < end,
                end - start <= .days(Int64(Self.mostDays))
            else {
                throw APIError.badRequest(
                    "'start' and 'end' are times, at most \(Self.mostDays) days apart", target: "start")
            }
            return TimeRange(start: start, end: end)
        }
        let text = body["since"]?.stringValue ?? "30d"
        guard let span = DurationText.read(text), span > .zero, span <= .days(Int64(Self.mostDays)) else {
            throw APIError.badRequest(
                "'since' is a duration such as 30d or 12h, at most \(Self.mostDays) days", target: "since")
        }
        return desk.range(last: span)
    }

    private func days(_ call: EndpointCall, otherwise: Int) throws(APIError) -> Int {
        guard let text = call.query("days") else { return otherwise }
        guard let days = Int(text), (1...Self.mostDays).contains(days) else {
            throw APIError.badRequest("'days' is a number from 1 to \(Self.mostDays)", target: "days")
        }
        return days
    }
}
