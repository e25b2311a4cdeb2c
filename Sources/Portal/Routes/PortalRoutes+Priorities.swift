internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import Investigation
internal import KQLValues
internal import Prioritization
internal import StateStore
internal import WebGate

extension PortalRoutes {
    /// Adds the pages about assets, priorities and figures.
    func addPriorities(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readIncidents))
        readers.get("assets-inventory", use: assets)
        readers.get("assets-inventory/:asset", use: asset)
        readers.get("incidents/:incident/priority", use: priority)
        readers.get("priorities/model", use: priorityModel)
        readers.get("metrics-incidents", use: incidentMetrics)
        readers.post("priorities/model", use: simulatePriorityModel)
        let content = group.group().add(middleware: Requires(.changeContent))
        content.post("assets-inventory/import", use: importAssets)
        content.post("assets-inventory/:asset/remove", use: removeAsset)
        let changes = group.group("incidents/:incident/priority").add(middleware: Requires(.changeIncidents))
        changes.post("override", use: overridePriority)
        changes.post("return", use: returnPriority)
        changes.post("contained", use: markContained)
    }

    @Sendable func assets(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let sensitivity = form["sensitivity"].flatMap { Sensitivity(lenient: $0) }
        let offset = max(0, form["offset"].flatMap { Int($0) } ?? 0)
        let page = services.cases.priorities.book.page(
            search: form["search"] ?? "", sensitivity: sensitivity, limit: AssetsPage.size, offset: offset)
        return try self.page(
            AssetsPage(
                frame: try await frame(.assets, request, context), page: page, search: form["search"] ?? "",
                sensitivity: sensitivity, offset: offset, mayChange: try context.requireCaller().may(.changeContent),
                now: services.site.now()))
    }

    @Sendable func asset(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = AssetID(rawValue: try context.parameters.require("asset"))
        guard let entry = services.cases.priorities.book.entry(id) else {
            throw HTTPError(.notFound, message: "There is no such asset.")
        }
        return try page(
            AssetPage(
                entry, reach: services.cases.priorities.book.reach(of: entry),
                frame: try await frame(.assets, request, context),
                mayChange: try context.requireCaller().may(.changeContent), now: services.site.now()))
    }

    @Sendable func importAssets(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let text = form["text"] ?? ""
        let format = AssetReading.Format.detect(text, file: "pasted")
        let reading = AssetReading(text, file: "pasted", format: format)
        let isTrial = form["trial"] != nil
        let source = AssetSource.file(format, name: form["source"].flatMap { $0.isEmpty ? nil : $0 })
        let difference = try await services.cases.priorities.take(
            reading, from: source, isWhole: form["partial"] == nil, isTrial: isTrial, by: caller.actor)
        let words =
            "\(difference.added.count) new, \(difference.changed.count) changed, \(difference.gone.count) gone, "
            + "\(difference.unchanged) unchanged"
        let faults = reading.faults.prefix(3).map(\.description).joined(separator: " · ")
        let notice = Notice(
            (isTrial ? "It would be: \(words)." : "Imported: \(words).")
                + (faults.isEmpty ? "" : " \(reading.faults.count) faults: \(faults)"), isError: !reading.faults.isEmpty
        )
        return .redirect(to: notice.on(PortalURL.assets.path), type: .normal)
    }

    @Sendable func removeAsset(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        _ = try await FormFields.checked(request, caller)
        let id = AssetID(rawValue: try context.parameters.require("asset"))
        let notice: Notice
        do {
            try await services.cases.priorities.remove(id, by: caller.actor)
            notice = Notice("The asset was removed.")
        } catch let error as PrioritizationError {
            notice = Notice(error.message, isError: true)
        }
        return .redirect(to: notice.on(PortalURL.assets.path), type: .normal)
    }

    @Sendable func priority(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = IncidentID(try context.parameters.require("incident"))
        guard let incident = try await services.cases.casebook.incident(id) else {
            throw HTTPError(.notFound, message: "There is no such incident.")
        }
        let desk = services.cases.priorities
        return try page(
            PriorityPage(
                incident, timer: try await desk.serviceLevels.timers(of: [id])[id], policy: desk.serviceLevels.policy,
                override: try await desk.override(of: id), model: desk.model.version,
                frame: try await frame(.incidents, request, context),
                mayChange: try context.requireCaller().may(.changeIncidents), now: services.site.now()))
    }

    @Sendable func overridePriority(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changingPriority(request, context) { form, id, caller in
            guard let score = form["score"].flatMap({ Int($0) }) else {
                return Notice("Write a score from 0 to 100.", isError: true)
            }
            let hours = form["hours"].flatMap { Int64($0) }.map { min(max(1, $0), 24 * 365) }
            try await services.cases.priorities.override(
                id, score: score, reason: form["reason"] ?? "", until: hours.map { services.site.now() + .hours($0) },
                by: caller.actor)
            return Notice("The score is \(score) now.")
        }
    }

    @Sendable func returnPriority(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changingPriority(request, context) { _, id, caller in
            _ = try await services.cases.priorities.removeOverride(of: id, by: caller.actor)
            return Notice("The model scores it again.")
        }
    }

    @Sendable func markContained(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await changingPriority(request, context) { _, id, caller in
            try await services.cases.priorities.serviceLevels.markContained(id, by: caller.actor)
            return Notice("The incident is marked as contained.")
        }
    }

    private func changingPriority(
        _ request: Request, _ context: TocsinRequestContext,
        _ change: (FormFields, IncidentID, Caller) async throws -> Notice
    ) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let id = IncidentID(try context.parameters.require("incident"))
        var notice: Notice
        do {
            notice = try await change(form, id, caller)
        } catch let error as PrioritizationError {
            notice = Notice(error.message, isError: true)
        } catch let error as CasebookError {
            notice = Notice(error.message, isError: true)
        }
        return .redirect(to: notice.on(PortalURL.incidentPriority(id.rawValue).path), type: .normal)
    }

    @Sendable func priorityModel(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await modelPage(request, context, text: nil, simulation: nil, problem: nil)
    }

    /// Shows what the weights of the form would do; it changes nothing.
    @Sendable func simulatePriorityModel(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let text = try await FormFields.checked(request, try context.requireCaller())["text"] ?? ""
        do {
            let model = try ScoringModel(yaml: text, file: "weights")
            return try await modelPage(
                request, context, text: text, simulation: try await services.cases.priorities.simulate(model),
                problem: nil)
        } catch let fault as ContentFault {
            return try await modelPage(request, context, text: text, simulation: nil, problem: fault.description)
        }
    }

    private func modelPage(
        _ request: Request, _ context: TocsinRequestContext, text: String?, simulation: PrioritySimulation?,
        problem: String?
    ) async throws -> Response {
        try page(
            PriorityModelPage(
                frame: try await frame(.metrics, request, context), model: services.cases.priorities.model,
                versions: try await services.cases.priorities.history.versions(), text: text, simulation: simulation,
                problem: problem, now: services.site.now()))
    }

    @Sendable func incidentMetrics(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let days = form["days"].flatMap { Int64($0) }.map { min(max(1, $0), 730) } ?? 30
        let group = IncidentMetricsPage.groupNames.first { $0 == form["by"] } ?? "Severity"
        let range = "datetime(\(services.site.now() - .days(days))), datetime(\(services.site.now()))"
        var problem: String?
        func table(_ query: String) async throws -> Table? {
            do {
                return try await services.sources.queries.table(query)
            } catch let error as CancellationError {
                throw error
            } catch {
                problem = "The figures cannot be made: \(error)"
                return nil
            }
        }
        let whole = try await table("IncidentMetrics(\(range), '')")
        let grouped = try await table("IncidentMetrics(\(range), '\(group)')")
        let backlog = try await table("IncidentBacklog(\(range), \(days > 90 ? 7 : 1)d)")
        return try page(
            IncidentMetricsPage(
                frame: try await frame(.metrics, request, context), days: Int(days), group: group, whole: whole,
                grouped: grouped, backlog: backlog, due: try await due(), problem: problem))
    }

    private func due() async throws -> [IncidentMetricsPage.Due] {
        let levels = services.cases.priorities.serviceLevels
        let ids = try await levels.dueNext(limit: 20)
        let timers = try await levels.timers(of: ids)
        var due: [IncidentMetricsPage.Due] = []
        for id in ids {
            guard let timer = timers[id], let incident = try await services.cases.casebook.incident(id) else {
                continue
            }
            if let row = IncidentMetricsPage.Due(incident, timer, levels.policy, now: services.site.now()) {
                due.append(row)
            }
        }
        return due
    }
}
