public import Chronology
internal import JSON
public import StateStore

/// What a service level's clock noted in the journal; the entry's subject is the incident.
public enum ServiceLevelEvent: Sendable, Hashable {
    case warned(ServiceTarget, level: String, due: Instant)
    case breached(ServiceTarget, level: String, due: Instant)
    case met(ServiceTarget, level: String, used: TimeSpan, isWithin: Bool)

    /// Reads an entry; nil when it tells of something else.
    public init?(_ entry: JournalEntry) {
        guard let target = entry.payload["target"]?.stringValue.flatMap(ServiceTarget.init(rawValue:)),
            let level = entry.payload["level"]?.stringValue
        else { return nil }
        let due = Instant(ticks: entry.payload["due"]?.intValue ?? 0)
        switch entry.kind {
        case .serviceLevelWarned: self = .warned(target, level: level, due: due)
        case .serviceLevelBreached: self = .breached(target, level: level, due: due)
        case .serviceLevelMet:
            self = .met(
                target, level: level, used: TimeSpan(ticks: entry.payload["used"]?.intValue ?? 0),
                isWithin: entry.payload["isWithin"]?.boolValue ?? false)
        default: return nil
        }
    }

    init(_ action: ServiceLevelTimer.Action, level: String) {
        switch action {
        case .warned(let target, let due): self = .warned(target, level: level, due: due)
        case .breached(let target, let due): self = .breached(target, level: level, due: due)
        case .met(let target, let used, let isWithin):
            self = .met(target, level: level, used: used, isWithin: isWithin)
        }
    }

    var kind: JournalKind {
        switch self {
        case .warned: .serviceLevelWarned
        case .breached: .serviceLevelBreached
        case .met: .serviceLevelMet
        }
    }

    var payload: JSON {
        switch self {
        case .warned(let target, let level, let due), .breached(let target, let level, let due):
            ["target": .string(target.rawValue), "level": .string(level), "due": .int(due.ticks)]
        case .met(let target, let level, let used, let isWithin):
            [
                "target": .string(target.rawValue), "level": .string(level), "used": .int(used.ticks),
                "isWithin": .bool(isWithin),
            ]
        }
    }
}

extension JournalKind {
    public static let serviceLevelWarned = JournalKind(room: "prioritization", event: "serviceLevelWarned")
    public static let serviceLevelBreached = JournalKind(room: "prioritization", event: "serviceLevelBreached")
    public static let serviceLevelMet = JournalKind(room: "prioritization", event: "serviceLevelMet")
}
