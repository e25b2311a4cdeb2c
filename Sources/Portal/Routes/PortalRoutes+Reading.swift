internal import Access
internal import Casebook
internal import Hummingbird
internal import Investigation
internal import KQLEditing
internal import Preparation
internal import StateStore
internal import WebGate

extension PortalRoutes {
    @Sendable func overview(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        async let counts = services.casebook.counts()
        async let queue = services.casebook.incidents(QueueRequest().query)
        async let volume = services.queries.volume()
        let frame = try await frame(.overview, request, context)
        return try page(
            OverviewPage(
                frame: frame, counts: try await counts, queue: Array(try await queue.incidents.prefix(10)),
                volume: await volume, plans: services.plans().plans, now: services.now()))
    }

    @Sendable func incidents(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let wanted = QueueRequest(
            text: form["text"] ?? "", status: form["status"], severity: form["severity"], offset: form["offset"])
        let found = try await services.casebook.incidents(wanted.query)
        let frame = try await frame(.incidents, request, context)
        return try page(
            IncidentsPage(
                frame: frame, page: found, request: wanted,
                mayChange: try context.requireCaller().may(.changeIncidents), now: services.now()))
    }

    @Sendable func incident(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = IncidentID(try context.parameters.require("incident"))
        let caller = try context.requireCaller()
        guard let incident = try await services.casebook.incident(id) else {
            throw HTTPError(.notFound, message: "There is no such incident; it may have been deleted.")
        }
        let now = services.now()
        let runs = try await services.response.runs(of: id, limit: 50)
        let file = IncidentFile(
            incident: incident,
            alerts: try await services.casebook.alerts(of: id),
            comments: try await services.casebook.comments(of: id),
            tasks: try await services.casebook.tasks(of: id),
            activity: try await services.casebook.activity(of: id),
            runs: runs.map { RunRow($0, incidentNumber: incident.number, now: now) },
            playbooks: try await services.response.playbooks().map {
                Choice(value: $0.id, name: $0.name, isSelected: false)
            },
            parts: try await CaseFile(of: incident, in: services.casebook, types: services.types.all))
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
                    schemas: services.queries.schemas(), formatting: formatting))
        }
        var outcome: QueryOutcome?
        if !wanted.query.isEmpty {
            let range = wanted.timespan.length.map { QueryTimeRange(last: $0, now: services.now()) }
            let actor = try context.requireCaller().actor
            outcome = await services.queries.run(
                QueryRequest(wanted.query, range: range, asker: QueryAsker(id: actor.id, name: actor.name)))
        }
        let frame = try await frame(.logs, request, context)
        return try page(
            LogsPage(frame: frame, request: wanted, schemas: services.queries.schemas(), outcome: outcome))
    }

    @Sendable func rules(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let listing = try await services.rules()
        let now = services.now()
        return try page(
            RulesPage(
                frame: try await frame(.rules, request, context), rules: listing.rules.map { RuleRow($0, now: now) },
                findings: listing.findings.map { RulesPage.Finding(place: $0.place, message: $0.message) }))
    }

    @Sendable func rule(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let id = try context.parameters.require("rule")
        guard let rule = try await services.rules().rules.first(where: { $0.id == id }) else {
            throw HTTPError(.notFound, message: "There is no such rule.")
        }
        return try page(RulePage(rule, frame: try await frame(.rules, request, context), now: services.now()))
    }

    @Sendable func playbooks(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let now = services.now()
        var runs: [RunRow] = []
        for run in try await services.response.runs(of: nil, limit: 100) {
            let incident = if let id = run.incident { try await services.casebook.incident(id) } else { Incident?.none }
            runs.append(RunRow(run, incidentNumber: incident?.number, now: now))
        }
        return try page(
            PlaybooksPage(
                frame: try await frame(.playbooks, request, context), runs: runs,
                playbooks: try await services.response.playbooks().map {
                    .init(name: $0.name, description: $0.description, trigger: $0.trigger, actionCount: $0.actionCount)
                },
                automationRules: try await services.response.automationRules().map {
                    .init(
                        order: $0.order, name: $0.name, trigger: $0.trigger, actions: $0.actions,
                        state: $0.isEnabled ? "Enabled" : "Disabled", stateClass: $0.isEnabled ? "good" : "warn")
                }))
    }

    @Sendable func run(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        guard let run = try await services.response.run(try context.parameters.require("run")) else {
            throw HTTPError(.notFound, message: "There is no such playbook run.")
        }
        return try page(RunPage(run, frame: try await frame(.playbooks, request, context), now: services.now()))
    }

    @Sendable func sources(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let form = FormFields(query: request.uri.query)
        let feed = form["origin"].map {
            FeedChoice(origin: $0, source: form["source"] ?? "", table: form["table"] ?? "")
        }
        let frame = try await frame(.sources, request, context)
        return try page(DataSourcesPage(frame: frame, health: services.health, feed: feed, now: services.now()))
    }

    @Sendable func reference(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let frame = try await frame(.reference, request, context)
        return try page(ReferencePage(frame: frame, document: services.reference))
    }

    @Sendable func plans(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let frame = try await frame(.plans, request, context)
        return try page(PlansPage(frame: frame, folder: services.plans(), now: services.now()))
    }
}
