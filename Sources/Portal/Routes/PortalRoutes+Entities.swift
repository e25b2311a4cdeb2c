internal import Access
internal import Casebook
internal import Chronology
internal import Hummingbird
internal import Investigation
internal import Prioritization
internal import StateStore
internal import Vocabulary
internal import WebGate

extension PortalRoutes {
    /// Adds the pages of entities and alerts.
    func addEntities(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group().add(middleware: Requires(.readIncidents))
        readers.get("entities/:entity", use: entity)
        readers.get("alerts/:alert", use: alert)
        group.group("entities/:entity").add(middleware: Requires(.changeIncidents)).post("separate", use: separate)
    }

    /// How long each query of an entity's page may run; what takes longer is asked on the logs page.
    private static let querySeconds = 10.0

    @Sendable func entity(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let casebook = services.cases.casebook
        let id = EntityID(try context.parameters.require("entity"))
        guard let profile = try await casebook.profile(of: id) else {
            throw HTTPError(.notFound, message: "There is no such entity.")
        }
        let form = FormFields(query: request.uri.query)
        let period = form["days"].flatMap(EntityPeriod.init(rawValue:)) ?? .week
        let now = services.site.now()
        let range = period.range(now: now)
        let known = profile.entity
        let mayReadEvents = caller.may(.readEvents)
        async let answers = told(of: known, over: range, for: mayReadEvents ? caller.actor : nil)
        let book = services.cases.priorities.book
        let file = EntityFile(
            profile: profile, asset: book.inventory.profile(of: known.entity), assetID: book.id(of: known.entity),
            neighbourhood: try await casebook.expand(profile.id, by: Set(EntityExpansion.allCases), limit: 100),
            period: period, kept: try await casebook.timeline(of: profile.id, over: range),
            logged: try await answers.occurrences, insights: try await answers.insights, mayReadEvents: mayReadEvents)
        return try page(
            EntityPage(
                file, frame: try await frame(.incidents, request, context), canChange: caller.may(.changeIncidents),
                now: now))
    }

    /// What events tell about an entity; nothing to whoever may not read events.
    private func told(
        of known: KnownEntity, over range: TimeRange, for actor: JournalActor?
    ) async throws -> (occurrences: EntityOccurrences, insights: [InsightAnswer]) {
        guard let actor else { return (EntityOccurrences(), []) }
        let desk = services.cases.entities
        let asker = QueryAsker(id: actor.id, name: actor.name)
        let identifiers = known.entity.identifiers
        async let insights = desk.queries.answers(
            to: desk.insights.fitting(known.kind, identifiers), about: identifiers, over: range, extended: false,
            seconds: Self.querySeconds, for: asker)
        let occurrences = try await desk.occurrences(
            of: known.kind, identifiers, over: range, seconds: Self.querySeconds, for: asker)
        return (occurrences, await insights)
    }

    @Sendable func separate(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let caller = try context.requireCaller()
        let form = try await FormFields.checked(request, caller)
        let id = try context.parameters.require("entity")
        let notice: Notice
        do {
            let apart = try await services.cases.casebook.separate(EntityID(form["former"] ?? ""), by: caller.actor)
            notice = Notice("\(apart.friendlyName) is an entity of its own again.")
        } catch {
            notice = Notice(error.message, isError: true)
        }
        return .redirect(to: notice.on(PortalURL.entity(id).path), type: .normal)
    }

    @Sendable func alert(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let casebook = services.cases.casebook
        guard let alert = try await casebook.alert(AlertID(try context.parameters.require("alert"))) else {
            throw HTTPError(.notFound, message: "There is no such alert.")
        }
        let incident = if let id = alert.incidentID { try await casebook.incident(id) } else { Incident?.none }
        return try page(
            AlertPage(
                alert, entities: try await casebook.entities(ofAlert: alert.id), incident: incident,
                frame: try await frame(.incidents, request, context), now: services.site.now()))
    }
}
