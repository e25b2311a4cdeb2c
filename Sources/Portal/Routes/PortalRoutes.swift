internal import Access
internal import Casebook
public import Hummingbird
internal import StateStore
public import WebGate

/// The portal's pages.
public struct PortalRoutes: Sendable {
    let services: PortalServices
    let templates: Templates

    public init(_ services: PortalServices, templates: Templates) {
        self.services = services
        self.templates = templates
    }

    /// Adds all pages to a group that lets only signed-in people through.
    public func add(to group: RouterGroup<TocsinRequestContext>) {
        let incidents = group.group().add(middleware: Requires(.readIncidents))
        incidents.get("/", use: overview)
        incidents.get("incidents", use: self.incidents)
        incidents.get("incidents/:incident", use: incident)
        incidents.get("rules", use: rules)
        incidents.get("rules/:rule", use: rule)
        incidents.get("playbooks", use: playbooks)
        incidents.get("playbooks/runs/:run", use: run)
        incidents.get("plans", use: plans)
        incidents.get("live", use: live)
        incidents.get("reference", use: reference)
        addRuleQuality(to: group)
        addCases(to: group)
        addEntities(to: group)
        addBookmarks(to: group)
        addWatchlists(to: group)
        addPriorities(to: group)
        group.group().add(middleware: Requires(.readContent)).get("sources", use: sources)
        group.group().add(middleware: Requires(.readEvents)).get("logs", use: logs)
        let letters = group.group("dead-letters").add(middleware: Requires(.readEvents))
        letters.get(use: deadLetters)
        letters.group("redrive").add(middleware: Requires(.ingestEvents)).post(use: redriveDeadLetters)
        let changes = group.group("incidents/:incident").add(middleware: Requires(.changeIncidents))
        changes.post("status", use: changeStatus)
        changes.post("edit", use: edit)
        changes.post("comments", use: addComment)
        changes.post("tasks", use: addTask)
        changes.post("tasks/:task", use: toggleTask)
        group.group("incidents/:incident").add(middleware: Requires(.runPlaybooks))
            .post("run-playbook", use: runPlaybook)
    }

    /// Renders a page.
    func page(_ page: some Page, status: HTTPResponse.Status = .ok) throws -> Response {
        Response.html(try templates.render(page), status: status)
    }

    /// What surrounds a page for this caller.
    func frame(
        _ place: PortalPlace, _ request: Request, _ context: TocsinRequestContext
    ) async throws -> Frame {
        let caller = try context.requireCaller()
        let counts = try await services.cases.casebook.counts()
        let open = (counts.byStatus[.new] ?? 0) + (counts.byStatus[.active] ?? 0)
        return Frame(
            places: PortalPlace.allCases.map { each in
                Frame.Place(
                    name: each.name, path: each.path, icon: each.icon, isCurrent: each == place,
                    badge: each == .incidents && open > 0 ? "\(open)" : nil)
            },
            userName: caller.actor.name, roleName: caller.roleName, csrf: caller.session?.csrfToken ?? "",
            notice: Notice(request)?.frameNotice)
    }
}

extension PortalPlace {
    var path: String {
        switch self {
        case .overview: PortalURL.overview.path
        case .incidents: PortalURL.incidents.path
        case .assets: PortalURL.assets.path
        case .metrics: PortalURL.incidentMetrics.path
        case .logs: PortalURL.logs.path
        case .rules: PortalURL.rules.path
        case .watchlists: PortalURL.watchlists.path
        case .playbooks: PortalURL.playbooks.path
        case .plans: PortalURL.plans.path
        case .sources: PortalURL.sources.path
        case .deadLetters: PortalURL.deadLetters.path
        case .reference: PortalURL.reference.path
        }
    }
}
