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

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readContent))
        readers.get("rules/quality", use: qualities)
        readers.get("rules/coverage", use: coverage)
        readers.get("rules/coverage/navigator", use: navigator)
        readers.group().add(middleware: Requires(.readIncidents)).get("rules/:rule/quality", use: dossier)
        readers.get("backtests", use: backtests)
        readers.get("backtests/:backtest", use: backtest)
        let changes = group.group().add(middleware: Requires(.changeContent))
        changes.post("rules/:rule/stage", use: setStage)
        changes.post("backtests", use: start)
        changes.delete("backtests/:backtest", use: cancel)
    }

    // MARK: Quality and coverage

    @Sendable func qualities(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let rules = await desk.rules()
        let names = Dictionary(rules.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let found = try await desk.qualities(days: try days(request, otherwise: 30))
        return Response(json: [
            "value": .array(found.map { RuleQualityWire.json($0, rule: names[$0.ruleID], desk.stages) })
        ])
    }

    @Sendable func dossier(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let rule = try await rule(context)
        let dossier = try await desk.dossier(of: rule, days: try days(request, otherwise: 30))
        return Response(json: RuleQualityWire.json(dossier, rule: rule, desk.stages))
    }

    @Sendable func coverage(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: RuleQualityWire.json(try await desk.coverage(days: try days(request, otherwise: 7))))
    }

    /// A layer for the ATT&CK Navigator.
    @Sendable func navigator(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let coverage = try await desk.coverage(days: try days(request, otherwise: 7))
        return Response(json: coverage.navigatorLayer(name: "Tocsin"))
    }

    // MARK: Stages

    @Sendable func setStage(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let rule = try await rule(context)
        let body = try await JSONBody.read(request, upTo: 1 << 16)
        guard let stage = body["stage"]?.stringValue.flatMap({ RuleStage(lenient: $0) }) else {
            throw APIError.badRequest("'stage' is Active or Trial", target: "stage")
        }
        guard let reason = body["reason"]?.stringValue, !reason.allSatisfy(\.isWhitespace) else {
            throw APIError.badRequest("'reason' says why, for the journal", target: "reason")
        }
        let actor = try context.requireCaller().actor
        let changed = try await desk.stages.set(stage, of: rule, reason: String(reason.prefix(1_000)), by: actor)
        return Response(json: [
            "ruleId": .string(rule.id), "ruleName": .string(rule.name), "stage": .string(stage.rawValue),
            "changed": .bool(changed),
        ])
    }

    // MARK: Back-tests

    /// Starts a back-test: `{rule: id or name | text: a rule file's text, since: "30d" | start, end}`.
    @Sendable func start(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.largestRule)
        let (rule, isKnown) = try await rule(in: body)
        let range = try range(body)
        let actor = try context.requireCaller().actor
        do {
            let job = try await desk.backtests.start(rule, over: range, isKnown: isKnown, by: actor)
            return Response(status: .accepted, json: BacktestWire.json(job))
        } catch {
            throw APIError(.tooMany, error.description)
        }
    }

    @Sendable func backtests(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: ["value": .array(await desk.backtests.all.map { BacktestWire.json($0, withReport: false) })])
    }

    @Sendable func backtest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: BacktestWire.json(try await job(context)))
    }

    @Sendable func cancel(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        _ = await desk.backtests.cancel(try await job(context).id)
        return Response(status: .noContent)
    }

    private func job(_ context: TocsinRequestContext) async throws -> BacktestJobs.Job {
        let text = try context.parameters.require("backtest")
        guard let id = UUID(uuidString: text), let job = await desk.backtests.job(id) else {
            throw APIError(.notFound, "there is no back-test \(text); those before the last start are not kept")
        }
        return job
    }

    // MARK: Parts of requests

    private func rule(_ context: TocsinRequestContext) async throws -> KnownRule {
        let text = try context.parameters.require("rule")
        return try await rule(named: text.removingPercentEncoding ?? text)
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

    private func days(_ request: Request, otherwise: Int) throws(APIError) -> Int {
        guard let text = FormFields(query: request.uri.query)["days"] else { return otherwise }
        guard let days = Int(text), (1...Self.mostDays).contains(days) else {
            throw APIError.badRequest("'days' is a number from 1 to \(Self.mostDays)", target: "days")
        }
        return days
    }
}
