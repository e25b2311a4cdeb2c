internal import Casebook
internal import Chronology
internal import Investigation
internal import KQLValues
internal import Prioritization
internal import Vocabulary

/// The page of one entity: who or what it is, how much it matters, and what happened around it.
struct EntityPage: Page {
    let frame: Frame
    let path: String
    let entityName: String
    let kind: String
    let icon: String
    let sensitivity: String?
    let sensitivityClass: String
    let explanation: String?
    let tags: [String]
    let owner: String?
    let assetPath: String?
    let firstSeen: String
    let lastSeen: String
    let identifiers: [Identifier]
    let formers: [Former]
    let drawing: EntityDrawing
    let relations: [Relation]
    let relationCount: String
    let periods: [Choice]
    let timeline: [EntityTimelineRow]
    let timelineCount: String
    let gaps: [String]
    let insights: [Insight]
    let mayReadEvents: Bool
    let logsPath: String
    let canChange: Bool

    var template: TemplateName { .entity }

    struct Identifier: Sendable {
        let identifier: String
        let value: String
        /// Whether it is part of what alone says which entity this is.
        let isStrong: Bool
    }

    /// An entity that turned out to be this one.
    struct Former: Sendable {
        let formerID: String
        let formerName: String
        let detail: String
    }

    /// A neighbour in the graph.
    struct Relation: Sendable {
        let relatedPath: String
        let relatedName: String
        let what: String
        let how: String
    }

    struct Insight: Sendable {
        let title: String
        let about: String
        let problem: String?
        let result: ResultGrid?
        let more: String?
    }

    /// The most timeline items and neighbours that the page lists; the API gives all.
    static let shown = 200

    init(_ file: EntityFile, frame: Frame, canChange: Bool, now: Instant) {
        let known = file.profile.entity
        self.frame = frame
        self.canChange = canChange
        mayReadEvents = file.mayReadEvents
        path = PortalURL.entity(known.id.rawValue).path
        entityName = known.friendlyName
        kind = known.kind.rawValue
        icon = known.kind.icon
        sensitivity = file.asset?.sensitivity?.rawValue
        sensitivityClass = (file.asset?.sensitivity).chipClass
        explanation = file.asset.flatMap { $0.explanation.isEmpty ? nil : $0.explanation }
        tags = file.asset?.tags ?? []
        owner = file.asset.flatMap { $0.owner.isEmpty ? nil : $0.owner }
        assetPath = file.assetID.map { PortalURL.asset($0.rawValue).path }
        firstSeen = ShownTime(file.profile.firstSeen, now: now).exact
        lastSeen = ShownTime(file.profile.lastSeen, now: now).exact
        let strong = known.entity.strongIdentifiers
        identifiers = known.entity.identifiers.sorted { $0.key < $1.key }.map {
            Identifier(identifier: $0.key, value: $0.value, isStrong: strong.contains($0.key))
        }
        formers = file.profile.former.map { former in
            Former(
                formerID: former.id.rawValue, formerName: former.friendlyName,
                detail: former.entity.identifiers.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                    .joined(separator: ", "))
        }
        drawing = EntityDrawing(known, file.neighbourhood)
        let relations = Relation.all(of: file.neighbourhood, now: now)
        self.relations = Array(relations.prefix(Self.shown))
        relationCount = "\(relations.count)\(file.neighbourhood.isCut ? "+" : "")"
        periods = EntityPeriod.allCases.map {
            Choice(value: $0.rawValue, name: $0.name, isSelected: $0 == file.period)
        }
        let rows = EntityTimelineRow.rows(file.kept, file.logged.items, now: now)
        timeline = Array(rows.prefix(Self.shown))
        timelineCount = rows.count > Self.shown ? "\(Self.shown) newest of \(rows.count.grouped)" : "\(rows.count)"
        gaps =
            file.logged.problems.map { "\($0.activity.name): \($0.problem.message)" }
            + file.logged.faults.map(\.description)
        insights = file.insights.map(Insight.init)
        logsPath = EntityRow.logsPath(of: known)
    }
}

extension EntityPage.Relation {
    fileprivate static func all(of found: EntityNeighbourhood, now: Instant) -> [Self] {
        found.incidents.map { incident in
            Self(
                relatedPath: PortalURL.incident(incident.id.rawValue).path,
                relatedName: "#\(incident.number) \(incident.title)", what: "Incident",
                how: "\(incident.status.rawValue), \(incident.severity.rawValue)")
        }
            + found.alerts.map { alert in
                Self(
                    relatedPath: PortalURL.alert(alert.id.rawValue).path, relatedName: alert.content.displayName,
                    what: "Alert",
                    how: "\(alert.content.severity.rawValue), \(ShownTime(alert.content.endTime, now: now).relative)")
            }
            + found.entities.map { related in
                Self(
                    relatedPath: PortalURL.entity(related.entity.id.rawValue).path,
                    relatedName: related.entity.friendlyName, what: related.entity.kind.rawValue,
                    how: related.sharedAlerts == 1 ? "in 1 alert with it" : "in \(related.sharedAlerts) alerts with it")
            }
    }
}

extension EntityPage.Insight {
    /// The most rows of an insight that the page shows.
    private static let rows = 20

    fileprivate init(_ answer: InsightAnswer) {
        title = answer.insight.name
        about = answer.insight.description
        problem = answer.problems.first?.message
        let grid = (answer.table ?? answer.chart).map { ResultGrid($0, atMost: Self.rows) }
        let count = (answer.table ?? answer.chart)?.rowCount ?? 0
        result = count > 0 ? grid : nil
        more = count > Self.rows ? "The first \(Self.rows) of \(count.grouped) rows." : nil
    }
}
