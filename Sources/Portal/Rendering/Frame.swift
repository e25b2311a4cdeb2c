/// What surrounds every page: places, the signed-in user, a notice.
struct Frame: Sendable {
    let places: [Place]
    let userName: String
    let roleName: String
    let csrf: String
    let notice: Notice?

    struct Place: Sendable {
        let name: String
        let path: String
        let icon: String
        let isCurrent: Bool
        let badge: String?
    }

    struct Notice: Sendable {
        let text: String
        let isError: Bool
    }
}

/// The portal's main places, in the order of the rail.
enum PortalPlace: String, CaseIterable, Sendable {
    case overview, incidents, assets, metrics, logs, rules, watchlists, playbooks, plans, sources, deadLetters
    case reference

    var name: String {
        switch self {
        case .overview: "Overview"
        case .incidents: "Incidents"
        case .assets: "Assets"
        case .metrics: "Metrics"
        case .logs: "Logs"
        case .rules: "Rules"
        case .watchlists: "Watchlists"
        case .playbooks: "Playbooks"
        case .plans: "Plans"
        case .sources: "Data sources"
        case .deadLetters: "Dead letters"
        case .reference: "API"
        }
    }

    var icon: String {
        switch self {
        case .overview: "layout-dashboard"
        case .incidents: "shield-alert"
        case .assets: "server"
        case .metrics: "clock"
        case .logs: "scroll-text"
        case .rules: "list-checks"
        case .watchlists: "users"
        case .playbooks: "workflow"
        case .plans: "book-open-check"
        case .sources: "database"
        case .deadLetters: "mail"
        case .reference: "link"
        }
    }
}
