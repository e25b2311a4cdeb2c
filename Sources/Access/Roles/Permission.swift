/// What someone may do. Every route, page and command asks for one of these, and nothing else decides.
public enum Permission: String, Sendable, Hashable, CaseIterable {
    /// Query the event tables.
    case readEvents
    /// See incidents, alerts, entities, comments, tasks and the overview.
    case readIncidents
    /// See rules, playbooks, plans, contacts and the health of the system.
    case readContent
    /// Change incidents: status, owner, severity, labels, comments, tasks; make and merge them.
    case changeIncidents
    /// Start playbooks by hand.
    case runPlaybooks
    /// Change rules, automation rules, playbooks, watchlists, assets, plans and contacts.
    case changeContent
    /// Send events in.
    case ingestEvents
    /// Read the measures of the running system at `/metrics`.
    case readMetrics
    /// Forward alerts and events of a sensor to this hub.
    case forwardAlerts
    /// Read and verify the whole journal.
    case readJournal
    /// Make and change users, roles and other people's tokens; change settings.
    case administer
}

/// The roles, after Microsoft Sentinel's: each holds what the one before holds and more.
public enum Role: String, Sendable, Hashable, CaseIterable {
    case reader = "Reader"
    case responder = "Responder"
    case contributor = "Contributor"
    case administrator = "Administrator"

    /// The one table of who may do what.
    public var permissions: Set<Permission> {
        switch self {
        case .reader: [.readEvents, .readIncidents, .readContent, .readMetrics]
        case .responder: Role.reader.permissions.union([.changeIncidents, .runPlaybooks])
        case .contributor: Role.responder.permissions.union([.changeContent, .ingestEvents, .forwardAlerts])
        case .administrator: Set(Permission.allCases)
        }
    }

    /// Reads a role in any letter case.
    public init?(lenient text: some StringProtocol) {
        let wanted = text.lowercased()
        guard let role = Role.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = role
    }
}
