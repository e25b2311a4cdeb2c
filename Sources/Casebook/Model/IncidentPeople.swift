public import Chronology
public import StateStore

/// Finds the person of a mention (`@ada`, `@ada@corp.example`) among those who use Tocsin.
public struct PeopleDirectory: Sendable {
    private let lookUp: @Sendable (String) async -> JournalActor?

    /// - Parameter lookUp: The person of a name in any letter case; nil when there is none.
    public init(_ lookUp: @escaping @Sendable (String) async -> JournalActor?) {
        self.lookUp = lookUp
    }

    /// Knows nobody.
    public static let empty = PeopleDirectory { _ in nil }

    func person(named name: String) async -> JournalActor? { await lookUp(name) }
}

/// Somebody who wants to hear of an incident.
public struct IncidentWatcher: Sendable, Hashable {
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// Asked for it.
        case own = "Own"
        /// Was mentioned in a comment.
        case mention = "Mention"
    }

    public let person: JournalActor
    public let reason: Reason
    public let since: Instant
}

/// Time that somebody spent on an incident.
public struct TimeEntry: Sendable, Hashable {
    public let id: TimeEntryID
    public let incidentID: IncidentID
    public let person: JournalActor
    /// 1 to 1,440.
    public let minutes: Int
    public let note: String
    public let madeTime: Instant
}

/// The identifier of a time entry, a GUID.
public struct TimeEntryID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public init(_ rawValue: String) { self.rawValue = rawValue }

    public var description: String { rawValue }
}

/// The people who work on an incident together, and where they talk (`teamInformation`).
public struct IncidentTeam: Sendable, Hashable {
    public let id: String
    public let name: String
    public let description: String
    /// The address of the team's room; empty when it has none.
    public let channelURL: String
    public let memberIDs: [String]
    public let groupIDs: [String]
    public let createdTime: Instant
}

/// A team to make.
public struct NewIncidentTeam: Sendable, Hashable {
    public var name: String
    public var description: String = ""
    public var channelURL: String = ""
    public var memberIDs: [String] = []
    public var groupIDs: [String] = []

    public init(name: String) { self.name = name }
}
