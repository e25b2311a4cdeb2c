internal import Casebook
internal import Chronology
internal import Investigation
internal import StateStore
internal import Vocabulary

/// One item of an entity's timeline.
struct EntityTimelineRow: Sendable {
    /// `alert`, `comment`, `automation` or `change`: how the mark looks.
    let mark: String
    let label: String
    let time: String
    let timeISO: String
    let headline: String
    let headlinePath: String?
    let text: String?

    /// The newest first.
    static func rows(_ kept: [EntityTimelineItem], _ logged: [EntityOccurrence], now: Instant) -> [Self] {
        (kept.map { ($0.time, Self($0, now: now)) } + logged.map { ($0.time, Self($0, now: now)) })
            .sorted { $0.0 > $1.0 }.map(\.1)
    }

    private init(
        _ mark: String, _ label: String, at instant: Instant, now: Instant, _ headline: String, path: String? = nil,
        _ text: String
    ) {
        self.mark = mark
        self.label = label
        let shown = ShownTime(instant, now: now)
        time = shown.exact
        timeISO = shown.iso
        self.headline = headline
        headlinePath = path
        self.text = text.isEmpty ? nil : text
    }

    private init(_ item: EntityTimelineItem, now: Instant) {
        switch item {
        case .alert(let alert):
            self.init(
                "alert", "Alert, \(alert.content.severity.rawValue)", at: item.time, now: now,
                alert.content.displayName, path: PortalURL.alert(alert.id.rawValue).path, alert.content.description)
        case .bookmark(let bookmark):
            self.init(
                "comment", "Bookmark by \(bookmark.createdBy.name)", at: item.time, now: now,
                bookmark.content.displayName, path: PortalURL.query(bookmark.content.query).path,
                bookmark.content.notes)
        }
    }

    private init(_ occurrence: EntityOccurrence, now: Instant) {
        switch occurrence {
        case .activity(let activity):
            let times = activity.count == 1 ? "" : " (\(activity.count.grouped) times)"
            self.init(
                "change", "Activity", at: occurrence.time, now: now, activity.title + times, activity.content)
        case .anomaly(let anomaly):
            self.init(
                "automation", "Anomaly", at: occurrence.time, now: now, anomaly.name,
                ([anomaly.description] + anomaly.reasons).filter { !$0.isEmpty }.joined(separator: "\n"))
        }
    }
}
