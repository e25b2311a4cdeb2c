internal import Access
internal import Chronology
internal import Detection
internal import Foundation
internal import Hummingbird
internal import StateStore
internal import WebGate

extension PortalRoutes {
    private static let mostDays = 365

    /// Adds the pages about the quality of rules.
    func addRuleQuality(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readIncidents))
        readers.get("rules/quality", use: ruleQuality)
        readers.get("rules/coverage", use: coverage)
        readers.get("rules/:rule/quality", use: ruleDossier)
        readers.get("backtests/:backtest", use: backtest)
        let changes = group.group().add(middleware: Requires(.changeContent))
        changes.post("rules/:rule/stage", use: changeStage)
        changes.post("rules/:rule/backtest", use: startBacktest)
        changes.post("backtests/:backtest/cancel", use: cancelBacktest)
    }

    @Sendable func ruleQuality(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let days = days(request, otherwise: 30)
        let desk = services.detection.ruleDesk
        return try page(
            RuleQualityPage(
                frame: try await frame(.rules, request, context), qualities: try await desk.qualities(days: days),
                rules: await desk.rules(), stages: desk.stages, backtests: await desk.backtests.all, days: days,
                now: services.site.now()))
    }

    @Sendable func coverage(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let days = days(request, otherwise: 7)
        return try page(
            CoveragePage(
                try await services.detection.ruleDesk.coverage(days: days),
                frame: try await frame(.rules, request, context),
                days: days, isNarrowed: FormFields(query: request.uri.query)["show"] == "rules",
                now: services.site.now()))
    }

    @Sendable func ruleDossier(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let rule = try await knownRule(context)
        let days = days(request, otherwise: 30)
        let desk = services.detection.ruleDesk
        return try page(
            RuleDossierPage(
                rule, try await desk.dossier(of: rule, days: days), stages: desk.stages,
                backtests: await desk.backtests.all, frame: try await frame(.rules, request, context),
                mayChange: try context.requireCaller().may(.changeContent), days: days, now: services.site.now()))
    }

    @Sendable func backtest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let job = try await job(context)
        let isKnown = await services.detection.ruleDesk.rule(job.ruleID) != nil
        return try page(
            BacktestPage(
                job, isKnown: isKnown, frame: try await frame(.rules, request, context),
                mayChange: try context.requireCaller().may(.changeContent), now: services.site.now()))
    }

    @Sendable func changeStage(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let rule = try await knownRule(context)
        let reason = (form["reason"] ?? "")[...].trimmingBlanks
        let notice: Notice
        if let stage = form["stage"].flatMap({ RuleStage(lenient: $0) }), !reason.isEmpty {
            try await services.detection.ruleDesk.stages.set(
                stage, of: rule, reason: String(reason.prefix(1_000)), by: caller.actor)
            notice = Notice(stage == .active ? "Its alerts open incidents now." : "It is in trial now.")
        } else {
            notice = Notice("Say why; the reason is kept in the journal.", isError: true)
        }
        return .redirect(to: notice.on(PortalURL.ruleDossier(rule.id).path), type: .normal)
    }

    @Sendable func startBacktest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let rule = try await knownRule(context)
        let desk = services.detection.ruleDesk
        let days = form["days"].flatMap { Int($0) }.map { min(max(1, $0), Self.mostDays) } ?? 30
        do {
            let job = try await desk.backtests.start(
                rule, over: desk.range(last: .days(Int64(days))), isKnown: true, by: caller.actor)
            return .redirect(to: PortalURL.backtest(job.id.uuidString).path, type: .normal)
        } catch {
            let notice = Notice(error.description, isError: true)
            return .redirect(to: notice.on(PortalURL.ruleDossier(rule.id).path), type: .normal)
        }
    }

    @Sendable func cancelBacktest(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        _ = try await FormFields.checked(request, try context.requireCaller())
        let job = try await job(context)
        _ = await services.detection.ruleDesk.backtests.cancel(job.id)
        return .redirect(to: PortalURL.backtest(job.id.uuidString).path, type: .normal)
    }

    private func knownRule(_ context: TocsinRequestContext) async throws -> KnownRule {
        let id = try context.parameters.require("rule")
        guard let rule = await services.detection.ruleDesk.rule(id.removingPercentEncoding ?? id) else {
            throw HTTPError(.notFound, message: "There is no such rule.")
        }
        return rule
    }

    private func job(_ context: TocsinRequestContext) async throws -> BacktestJobs.Job {
        let text = try context.parameters.require("backtest")
        guard let id = UUID(uuidString: text), let job = await services.detection.ruleDesk.backtests.job(id) else {
            throw HTTPError(.notFound, message: "There is no such back-test; those before the last start are not kept.")
        }
        return job
    }

    private func days(_ request: Request, otherwise: Int) -> Int {
        FormFields(query: request.uri.query)["days"].flatMap { Int($0) }.map { min(max(1, $0), Self.mostDays) }
            ?? otherwise
    }
}
