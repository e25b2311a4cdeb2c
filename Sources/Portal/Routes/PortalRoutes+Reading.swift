internal import Access
internal import Casebook
internal import Hummingbird
internal import Investigation
internal import KQLEditing
internal import Preparation
internal import Prioritization
internal import StateStore
internal import WebGate

extension PortalRoutes {
    @Sendable func overview(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        async let counts = services.cases.casebook.counts()
        async let queue = services.cases.casebook.incidents(QueueRequest().query)
        async let volume = services.sources.queries.volume()
        let frame = try await frame(.overview, request, context)
        let top = Array(try await queue.incidents.prefix(10))
        return try page(
            OverviewPage(
                frame: frame, counts: try await counts, queue: top, chips: try await chips(of: top),
                volume: await volume, plans: services.site.plans().plans, now: services.site.now()))
    }

    @Sendable func incidents(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let wanted = QueueRequest(
            text: form["text"] ?? "", status: form["status"], severity: form["severity"], sort: form["sort"],
            offset: form["offset"])
        let found = try await queue(wanted)
        let frame = try await frame(.incidents, request, context)
        return try page(
            IncidentsPage(
                frame: frame, page: found, chips: try await chips(of: found.incidents), request: wanted,
                mayChange: try context.requireCaller().may(.changeIncidents), now: services.site.now()))
    }

    /// The page of the queue; in order of time left, the first thousand whose time runs.
    private func queue(_ wanted: QueueRequest) async throws -> IncidentPage {
        let casebook = services.cases.casebook
        guard wanted.sort == .due else { return try await casebook.incidents(wanted.query) }
        let due = try await services.cases.priorities.serviceLevels.dueNext(limit: CasebookLimits.pageSize)
        let places = Dictionary(
            due.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
        var query = wanted.query
        query.filter = .and([query.filter, .ids(due)])
        query.offset = 0
        query.limit = CasebookLimits.pageSize
        let found = try await casebook.incidents(query)
        let sorted = found.incidents.sorted { places[$0.id, default: .max] < places[$1.id, default: .max] }
        return IncidentPage(
            incidents: Array(sorted.dropFirst(wanted.offset).prefix(QueueRequest.pageSize)), total: found.total)
    }

    /// Where incidents stand against their service levels.
    private func chips(of incidents: [Incident]) async throws -> [IncidentID: ServiceLevelChip] {
        let levels = services.cases.priorities.serviceLevels
        let (policy, now) = (levels.policy, services.site.now())
        return try await levels.timers(of: incidents.map(\.id)).compactMapValues {
            ServiceLevelChip($0, policy, now: now)
        }
    }

    @Sendable func incident(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = IncidentID(try context.parameters.require("incident"))
        let caller = try context.requireCaller()
        guard let incident = try await services.cases.casebook.incident(id) else {
            throw HTTPError(.notFound, message: "There is no such incident; it may have been deleted.")
        }
        let now = services.site.now()
        let runs = try await services.cases.response.runs(of: id, limit: 50)
        let levels = services.cases.priorities.serviceLevels
        let file = IncidentFile(
            incident: incident,
            alerts: try await services.cases.casebook.alerts(of: id),
            comments: try await services.cases.casebook.comments(of: id),
            tasks: try await services.cases.casebook.tasks(of: id),
            activity: try await services.cases.casebook.activity(of: id),
            runs: runs.map { RunRow($0, incidentNumber: incident.number, now: now) },
            playbooks: try await services.cases.response.playbooks().map {
                Choice(value: $0.id, name: $0.name, isSelected: false)
            },
            parts: try await CaseFile(of: incident, in: services.cases.casebook, types: services.cases.types.all),
            serviceLevel: ServiceLevelCard(try await levels.timers(of: [id])[id], levels.policy, now: now))
        return try page(
            IncidentPageView(
                file, frame: try await frame(.incidents, request, context), caller: caller.actor,
                mayChange: caller.may(.changeIncidents), mayRunPlaybooks: caller.may(.runPlaybooks), now: now))
    }

    @Sendable func logs(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let wanted = LogsRequest(
            query: form["query"], timespan: form["timespan"], isFormatting: form["format"] != nil)
        if wanted.isFormatting {
            let formatting = await DeepStack.run { Formatting(of: wanted.query) }
            return try page(
                LogsPage(
                    frame: try await frame(.logs, request, context), request: wanted,
                    schemas: services.sources.queries.schemas(), formatting: formatting))
        }
        var outcome: QueryOutcome?
        if !wanted.query.isEmpty {
            let range = wanted.timespan.length.map { QueryTimeRange(last: $0, now: services.site.now()) }
            let actor = try context.requireCaller().actor
            outcome = await services.sources.queries.run(
                QueryRequest(wanted.query, range: range, asker: QueryAsker(id: actor.id, name: actor.name)))
        }
        let frame = try await frame(.logs, request, context)
        return try page(
            LogsPage(
                frame: frame, request: wanted, schemas: services.sources.queries.schemas(),
                mayKeep: try context.requireCaller().may(.changeIncidents), outcome: outcome))
    }

    @Sendable func rules(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let listing = try await services.detection.rules()
        let now = services.site.now()
        return try page(
            RulesPage(
                frame: try await frame(.rules, request, context), rules: listing.rules.map { RuleRow($0, now: now) },
                findings: listing.findings.map { RulesPage.Finding(place: $0.place, message: $0.message) }))
    }

    @Sendable func rule(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = try context.parameters.require("rule")
        guard let rule = try await services.detection.rules().rules.first(where: { $0.id == id }) else {
            throw HTTPError(.notFound, message: "There is no such rule.")
        }
        return try page(RulePage(rule, frame: try await frame(.rules, request, context), now: services.site.now()))
    }

    @Sendable func playbooks(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let now = services.site.now()
        var runs: [RunRow] = []
        for run in try await services.cases.response.runs(of: nil, limit: 100) {
            let incident =
                if let id = run.incident { try await services.cases.casebook.incident(id) } else { Incident?.none }
            runs.append(RunRow(run, incidentNumber: incident?.number, now: now))
        }
        return try page(
            PlaybooksPage(
                frame: try await frame(.playbooks, request, context), runs: runs,
                playbooks: try await services.cases.response.playbooks().map {
                    .init(name: $0.name, description: $0.description, trigger: $0.trigger, actionCount: $0.actionCount)
                },
                automationRules: try await services.cases.response.automationRules().map {
                    .init(
                        order: $0.order, name: $0.name, trigger: $0.trigger, actions: $0.actions,
                        state: $0.isEnabled ? "Enabled" : "Disabled", stateClass: $0.isEnabled ? "good" : "warn")
                }))
    }

    @Sendable func run(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        guard let run = try await services.cases.response.run(try context.parameters.require("run")) else {
            throw HTTPError(.notFound, message: "There is no such playbook run.")
        }
        return try page(RunPage(run, frame: try await frame(.playbooks, request, context), now: services.site.now()))
    }

    @Sendable func sources(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let feed = form["origin"].map {
            FeedChoice(origin: $0, source: form["source"] ?? "", table: form["table"] ?? "")
        }
        let frame = try await frame(.sources, request, context)
        return try page(
            DataSourcesPage(frame: frame, health: services.sources.health, feed: feed, now: services.site.now()))
    }

    @Sendable func reference(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let frame = try await frame(.reference, request, context)
        return try page(ReferencePage(frame: frame, document: services.site.reference()))
    }

    @Sendable func plans(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let frame = try await frame(.plans, request, context)
        return try page(PlansPage(frame: frame, folder: services.site.plans(), now: services.site.now()))
    }
}
