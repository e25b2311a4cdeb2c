internal import Foundation

/// Every address of the portal; no other file spells one.
enum PortalURL: Sendable {
    case overview, incidents, logs, rules, playbooks, plans, sources, signIn, signOut, welcome, live
    case deadLetters, redriveDeadLetters
    case watchlists, uploadWatchlist
    case watchlist(String)
    case watchlistAction(String, WatchlistAction)
    case watchlistItem(list: String, item: String)
    case deleteWatchlistItem(list: String, item: String)
    case reference
    case incident(String)
    case incidentAction(String, IncidentAction)
    case entity(String)
    case alert(String)
    case search(String)
    case bookmarkRows
    case attachments(String)
    case attachment(incident: String, file: String)
    case task(incident: String, task: String)
    case rule(String)
    case ruleQualities, ruleCoverage
    case ruleDossier(String)
    case ruleStage(String)
    case ruleBacktest(String)
    case backtest(String)
    case cancelBacktest(String)
    case run(String)
    case assets, importAssets, priorityModel, incidentMetrics
    case asset(String)
    case removeAsset(String)
    case incidentPriority(String)
    case query(String)
    /// The senders of one feed.
    case feed(origin: String, source: String, table: String)

    enum WatchlistAction: String, Sendable {
        case items, delete
    }

    enum IncidentAction: String, Sendable {
        case status, edit, comments, tasks
        case runPlaybook = "run-playbook"
    }

    var path: String {
        switch self {
        case .overview: "/"
        case .incidents: "/incidents"
        case .logs: "/logs"
        case .rules: "/rules"
        case .playbooks: "/playbooks"
        case .plans: "/plans"
        case .sources: "/sources"
        case .signIn: "/sign-in"
        case .signOut: "/sign-out"
        case .welcome: "/welcome"
        case .live: "/live"
        case .watchlists: "/watchlists"
        case .uploadWatchlist: "/watchlists/upload"
        case .watchlist(let alias): "/watchlists/\(PortalURL.escaped(alias))"
        case .watchlistAction(let alias, let action): "/watchlists/\(PortalURL.escaped(alias))/\(action.rawValue)"
        case .watchlistItem(let list, let item):
            "/watchlists/\(PortalURL.escaped(list))/items/\(PortalURL.escaped(item))"
        case .deleteWatchlistItem(let list, let item):
            "/watchlists/\(PortalURL.escaped(list))/items/\(PortalURL.escaped(item))/delete"
        case .deadLetters: "/dead-letters"
        case .redriveDeadLetters: "/dead-letters/redrive"
        case .reference: "/reference"
        case .incident(let id): "/incidents/\(PortalURL.escaped(id))"
        case .incidentAction(let id, let action): "/incidents/\(PortalURL.escaped(id))/\(action.rawValue)"
        case .entity(let id): "/entities/\(PortalURL.escaped(id))"
        case .alert(let id): "/alerts/\(PortalURL.escaped(id))"
        case .search(let text): "/search?text=\(PortalURL.escaped(text))"
        case .bookmarkRows: "/logs/bookmarks"
        case .attachments(let incident): "/incidents/\(PortalURL.escaped(incident))/attachments"
        case .attachment(let incident, let file):
            "/incidents/\(PortalURL.escaped(incident))/attachments/\(PortalURL.escaped(file))"
        case .task(let incident, let task):
            "/incidents/\(PortalURL.escaped(incident))/tasks/\(PortalURL.escaped(task))"
        case .rule(let id): "/rules/\(PortalURL.escaped(id))"
        case .ruleQualities: "/rules/quality"
        case .ruleCoverage: "/rules/coverage"
        case .ruleDossier(let id): "/rules/\(PortalURL.escaped(id))/quality"
        case .ruleStage(let id): "/rules/\(PortalURL.escaped(id))/stage"
        case .ruleBacktest(let id): "/rules/\(PortalURL.escaped(id))/backtest"
        case .backtest(let id): "/backtests/\(PortalURL.escaped(id))"
        case .cancelBacktest(let id): "/backtests/\(PortalURL.escaped(id))/cancel"
        case .run(let id): "/playbooks/runs/\(PortalURL.escaped(id))"
        case .assets: "/assets-inventory"
        case .importAssets: "/assets-inventory/import"
        case .asset(let id): "/assets-inventory/\(PortalURL.escaped(id))"
        case .removeAsset(let id): "/assets-inventory/\(PortalURL.escaped(id))/remove"
        case .priorityModel: "/priorities/model"
        case .incidentMetrics: "/metrics-incidents"
        case .incidentPriority(let id): "/incidents/\(PortalURL.escaped(id))/priority"
        case .query(let text): "/logs?query=\(PortalURL.escaped(text))"
        case .feed(let origin, let source, let table):
            "/sources?origin=\(PortalURL.escaped(origin))&source=\(PortalURL.escaped(source))"
                + "&table=\(PortalURL.escaped(table))"
        }
    }

    /// A text as one part of a path or query.
    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}
