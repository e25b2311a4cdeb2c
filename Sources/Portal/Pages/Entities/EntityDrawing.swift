internal import Casebook
internal import Vocabulary

/// The graph around an entity as a picture that needs no script: entities named together with it on the left, the alerts
/// that name it on its right, their incidents beyond. The page lists the same below.
struct EntityDrawing: Sendable {
    let width = 980
    let height: Int
    let nodes: [Node]
    let edges: [Edge]
    let summary: String

    struct Node: Sendable {
        let nodePath: String
        let x: Int
        let y: Int
        let textX: Int
        let textY: Int
        let caption: String
        let nodeClass: String
        let full: String
    }

    struct Edge: Sendable {
        let d: String
    }

    /// How many of each column are drawn.
    private static let most = 10
    private static let nodeWidth = 200
    private static let nodeHeight = 26
    private static let step = 34
    private static let columns = (related: 0, own: 270, alerts: 520, incidents: 780)

    init(_ own: KnownEntity, _ found: EntityNeighbourhood) {
        let related = Array(found.entities.prefix(Self.most))
        let alerts = Array(found.alerts.prefix(Self.most))
        let incidents = Array(found.incidents.prefix(Self.most))
        let rows = max(related.count, alerts.count, incidents.count, 1)
        height = rows * Self.step + 8
        let middle = Self.top(0, of: 1, rows)
        var nodes = [
            Node(
                PortalURL.entity(own.id.rawValue).path, Self.columns.own, middle, own.friendlyName,
                "own", own.kind.rawValue)
        ]
        var edges: [Edge] = []
        for (index, entity) in related.enumerated() {
            let y = Self.top(index, of: related.count, rows)
            nodes.append(
                Node(
                    PortalURL.entity(entity.entity.id.rawValue).path, Self.columns.related, y,
                    entity.entity.friendlyName, "", entity.entity.kind.rawValue))
            edges.append(Edge(from: Self.columns.related, y, to: Self.columns.own, middle))
        }
        var places: [IncidentID: Int] = [:]
        for (index, incident) in incidents.enumerated() {
            let y = Self.top(index, of: incidents.count, rows)
            places[incident.id] = y
            nodes.append(
                Node(
                    PortalURL.incident(incident.id.rawValue).path, Self.columns.incidents, y,
                    "#\(incident.number) \(incident.title)", "incident", "Incident"))
        }
        var reached: Set<IncidentID> = []
        for (index, alert) in alerts.enumerated() {
            let y = Self.top(index, of: alerts.count, rows)
            nodes.append(
                Node(
                    PortalURL.alert(alert.id.rawValue).path, Self.columns.alerts, y, alert.content.displayName,
                    "alert \(alert.content.severity.rawValue)", "Alert, \(alert.content.severity.rawValue)"))
            edges.append(Edge(from: Self.columns.own, middle, to: Self.columns.alerts, y))
            if let incident = alert.incidentID, let place = places[incident] {
                reached.insert(incident)
                edges.append(Edge(from: Self.columns.alerts, y, to: Self.columns.incidents, place))
            }
        }
        // Incidents whose alerts are not drawn hang on the entity itself.
        for incident in incidents where !reached.contains(incident.id) {
            edges.append(
                Edge(from: Self.columns.own, middle, to: Self.columns.incidents, places[incident.id] ?? middle))
        }
        self.nodes = nodes
        self.edges = edges
        summary =
            "\(found.entities.count) entities, \(found.alerts.count) alerts and \(found.incidents.count) incidents around "
            + own.friendlyName
    }

    /// The upper edge of a node, its column centred among the rows.
    private static func top(_ index: Int, of count: Int, _ rows: Int) -> Int {
        4 + index * step + (rows - count) * step / 2
    }
}

extension EntityDrawing.Node {
    /// The most characters that a node holds.
    private static let letters = 26

    fileprivate init(_ path: String, _ x: Int, _ y: Int, _ name: String, _ nodeClass: String, _ what: String) {
        nodePath = path
        self.x = x
        self.y = y
        textX = x + 10
        textY = y + 17
        caption = name.count > Self.letters ? name.prefix(Self.letters - 1) + "…" : name
        self.nodeClass = nodeClass
        full = "\(what): \(name)"
    }
}

extension EntityDrawing.Edge {
    fileprivate init(from left: Int, _ top: Int, to right: Int, _ bottom: Int) {
        let (start, end) = (left + 200, right)
        let bend = (start + end) / 2
        d = "M\(start) \(top + 13) C\(bend) \(top + 13) \(bend) \(bottom + 13) \(end) \(bottom + 13)"
    }
}
