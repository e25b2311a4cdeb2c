internal import JSON
public import StateStore

/// Who hears of an incident.
public enum WatchEvent: Sendable, Hashable {
    case began(JournalActor, IncidentWatcher.Reason)
    case ended(JournalActor)
    /// A comment names the person.
    case mentioned(JournalActor, CommentID)

    var kind: JournalKind {
        switch self {
        case .began: .watchBegan
        case .ended: .watchEnded
        case .mentioned: .mentioned
        }
    }

    var payload: JSON {
        switch self {
        case .began(let person, let reason): person.json(with: ["reason": .string(reason.rawValue)])
        case .ended(let person): person.json(with: [:])
        case .mentioned(let person, let comment): person.json(with: ["commentId": .string(comment.rawValue)])
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        guard let person = JournalActor(person: payload) else { return nil }
        switch kind {
        case .watchBegan:
            let reason = payload["reason"]?.stringValue.flatMap(IncidentWatcher.Reason.init(rawValue:))
            self = .began(person, reason ?? .own)
        case .watchEnded: self = .ended(person)
        case .mentioned: self = .mentioned(person, CommentID(payload["commentId"]?.stringValue ?? ""))
        default: return nil
        }
    }
}

/// What people note beside comments and tasks.
public enum EffortEvent: Sendable, Hashable {
    case timeAdded(TimeEntryID, minutes: Int)
    case timeDeleted(TimeEntryID, minutes: Int)
    case teamCreated(name: String)

    var kind: JournalKind {
        switch self {
        case .timeAdded: .timeAdded
        case .timeDeleted: .timeDeleted
        case .teamCreated: .teamCreated
        }
    }

    var payload: JSON {
        switch self {
        case .timeAdded(let id, let minutes), .timeDeleted(let id, let minutes):
            ["timeEntryId": .string(id.rawValue), "minutes": .int(Int64(minutes))]
        case .teamCreated(let name): ["teamName": .string(name)]
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        let id = TimeEntryID(payload["timeEntryId"]?.stringValue ?? "")
        let minutes = payload["minutes"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
        switch kind {
        case .timeAdded: self = .timeAdded(id, minutes: minutes)
        case .timeDeleted: self = .timeDeleted(id, minutes: minutes)
        case .teamCreated: self = .teamCreated(name: payload["teamName"]?.stringValue ?? "")
        default: return nil
        }
    }
}

extension JournalActor {
    fileprivate func json(with others: JSONObject) -> JSON {
        var members: JSONObject = [
            "personKind": .string(kind.rawValue), "personId": .string(id), "person": .string(name),
        ]
        for (name, value) in others { members[name] = value }
        return .object(members)
    }

    fileprivate init?(person payload: JSON) {
        guard let kind = payload["personKind"]?.stringValue.flatMap(Kind.init(rawValue:)),
            let id = payload["personId"]?.stringValue
        else { return nil }
        self.init(kind: kind, id: id, name: payload["person"]?.stringValue ?? id)
    }
}

extension JournalKind {
    public static let watchBegan = JournalKind(room: "casebook", event: "watchBegan")
    public static let watchEnded = JournalKind(room: "casebook", event: "watchEnded")
    public static let mentioned = JournalKind(room: "casebook", event: "mentioned")
    public static let timeAdded = JournalKind(room: "casebook", event: "timeAdded")
    public static let timeDeleted = JournalKind(room: "casebook", event: "timeDeleted")
    public static let teamCreated = JournalKind(room: "casebook", event: "teamCreated")
}
