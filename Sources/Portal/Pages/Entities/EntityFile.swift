internal import Casebook
internal import Chronology
internal import Investigation
internal import Prioritization
internal import Vocabulary

/// An entity with all that its page shows.
struct EntityFile: Sendable {
    let profile: EntityProfile
    /// What the inventory knows; nil: nothing.
    let asset: AssetProfile?
    /// The inventory's own page about it.
    let assetID: AssetID?
    let neighbourhood: EntityNeighbourhood
    let period: EntityPeriod
    let kept: [EntityTimelineItem]
    let logged: EntityOccurrences
    let insights: [InsightAnswer]
    /// Whether the reader may see what events tell.
    let mayReadEvents: Bool
}

/// How far back an entity's page looks.
enum EntityPeriod: String, CaseIterable, Sendable {
    case day = "1"
    case week = "7"
    case month = "30"
    case quarter = "90"

    var name: String { self == .day ? "Last 24 hours" : "Last \(rawValue) days" }

    func range(now: Instant) -> TimeRange {
        TimeRange(start: now - .days(Int64(rawValue) ?? 7), end: now + .seconds(1))
    }
}
