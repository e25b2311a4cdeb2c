internal import Casebook
internal import Chronology
internal import Vocabulary

/// One incident in a list.
struct IncidentRow: Sendable {
    let path: String
    /// The name of its tick in the queue.
    let tick: String
    let number: Int
    let title: String
    let severity: String
    let status: String
    let statusClass: String
    let score: String
    let scoreClass: String
    /// The furthest step along the kill chain.
    let stage: String?
    let entities: [EntityChip]
    let alertCount: Int
    /// Nil where no service level applies.
    let service: ServiceLevelChip?
    let owner: String
    let lastActivity: String
    let lastActivityISO: String

    /// The most entities that a row names; the incident's page has all.
    static let shownEntities = 3

    init(_ incident: Incident, _ service: ServiceLevelChip?, now: Instant) {
        self.service = service
        path = PortalURL.incident(incident.id.rawValue).path
        tick = "incident.\(incident.id.rawValue)"
        number = incident.number
        title = incident.title
        severity = incident.severity.rawValue
        status = incident.status.rawValue
        statusClass = incident.status.chipClass
        score = incident.priority.map { String($0.score) } ?? "–"
        scoreClass = incident.scoreClass
        stage = incident.tactics.max { $0.killChainStage < $1.killChainStage }?.rawValue
        entities = incident.entities.sorted { $0.kind.prominence < $1.kind.prominence }
            .prefix(Self.shownEntities).map(EntityChip.init)
        alertCount = incident.alertCount
        owner = incident.owner?.displayName ?? ""
        let time = ShownTime(incident.lastActivityTime ?? incident.createdTime, now: now)
        lastActivity = time.relative
        lastActivityISO = time.iso
    }
}

/// A column of the queue.
struct IncidentHead: Sendable {
    let label: String
    let headClass: String
    /// Where the queue is ordered by it; nil where it cannot be.
    let sortPath: String?
    /// `descending` where it is ordered by it.
    let sorted: String?

    /// All columns; without a request nothing can be ordered.
    static func all(_ request: QueueRequest?) -> [IncidentHead] {
        func head(_ label: String, _ headClass: String = "", by sort: QueueRequest.Sort? = nil) -> IncidentHead {
            IncidentHead(
                label: label, headClass: headClass,
                sortPath: sort.flatMap { sort in request.map { $0.sorted(by: sort).path } },
                sorted: request != nil && sort == request?.sort ? (sort == .due ? "ascending" : "descending") : nil)
        }
        return [
            head("Score", "right", by: .priority), head("Severity", by: .severity), head("Incident", by: .newest),
            head("Status"), head("Service level", by: .due), head("Entities"), head("Alerts", "right"), head("Owner"),
            head("Last activity", by: .activity),
        ]
    }
}

/// An entity in a few characters.
struct EntityChip: Sendable {
    let name: String
    let icon: String

    init(_ entity: KnownEntity) {
        name = entity.friendlyName
        icon = entity.kind.icon
    }
}

extension EntityKind {
    /// Who and where come before what, in a row that names only a few.
    var prominence: Int {
        switch self {
        case .account, .mailbox: 0
        case .host, .azureResource, .cloudApplication: 1
        case .ip, .url, .dns: 2
        default: 3
        }
    }

    /// The icon of entities of this kind, out of the icon sprite.
    var icon: String {
        switch self {
        case .account: "user"
        case .host, .ioTDevice: "server"
        case .ip, .dns: "globe"
        case .url: "link"
        case .azureResource, .cloudApplication: "cloud"
        case .file: "file"
        case .fileHash: "hash"
        case .process: "cpu"
        case .registryKey, .registryValue: "key"
        case .mailbox, .mailCluster, .mailMessage, .submissionMail: "mail"
        case .securityGroup: "users"
        case .malware: "siren"
        }
    }
}

extension IncidentStatus {
    var chipClass: String {
        switch self {
        case .new: "accent"
        case .active: "warn"
        case .closed: ""
        }
    }
}

extension Incident {
    /// Which band of the score colours it.
    var scoreClass: String {
        switch priority?.score ?? 0 {
        case 70...: "top"
        case 40..<70: "middle"
        default: ""
        }
    }
}

/// An entry of a select box.
struct Choice: Sendable {
    let value: String
    let name: String
    let isSelected: Bool
}
