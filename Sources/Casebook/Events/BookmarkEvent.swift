internal import JSON
public import StateStore

/// What happened to a bookmark.
public enum BookmarkEvent: Sendable, Hashable {
    case created(displayName: String)
    case changed([FieldChange])
    case deleted(displayName: String)

    var kind: JournalKind {
        switch self {
        case .created: .bookmarkCreated
        case .changed: .bookmarkChanged
        case .deleted: .bookmarkDeleted
        }
    }

    var members: JSONObject {
        switch self {
        case .created(let name), .deleted(let name): ["displayName": .string(name)]
        case .changed(let changes): ["changes": .array(changes.map(\.json))]
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        let name = payload["displayName"]?.stringValue ?? ""
        switch kind {
        case .bookmarkCreated: self = .created(displayName: name)
        case .bookmarkChanged:
            self = .changed((payload["changes"]?.arrayValue ?? []).compactMap(FieldChange.init(json:)))
        case .bookmarkDeleted: self = .deleted(displayName: name)
        default: return nil
        }
    }
}

/// What happened to a named relation of an incident. Alerts come and go as `alertAdded` and `alertRemoved`.
public enum RelationEvent: Sendable, Hashable {
    case added(RelationName, IncidentRelation.Related)
    case removed(RelationName, IncidentRelation.Related)

    var kind: JournalKind {
        switch self {
        case .added: .relationAdded
        case .removed: .relationRemoved
        }
    }

    var payload: JSON {
        switch self {
        case .added(let name, let related), .removed(let name, let related):
            var members: JSONObject = ["name": .string(name.rawValue)]
            switch related {
            case .alert(let id): members["alertId"] = .string(id.rawValue)
            case .bookmark(let id): members["bookmarkId"] = .string(id.rawValue)
            case .incident(let id, let link):
                members["incidentId"] = .string(id.rawValue)
                members["link"] = .string(link.rawValue)
            }
            return .object(members)
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        let name = RelationName(payload["name"]?.stringValue ?? "")
        guard let related = IncidentRelation.Related(payload) else { return nil }
        switch kind {
        case .relationAdded: self = .added(name, related)
        case .relationRemoved: self = .removed(name, related)
        default: return nil
        }
    }
}

extension IncidentRelation.Related {
    fileprivate init?(_ payload: JSON) {
        if let id = payload["alertId"]?.stringValue {
            self = .alert(AlertID(id))
        } else if let id = payload["bookmarkId"]?.stringValue {
            self = .bookmark(BookmarkID(id))
        } else if let id = payload["incidentId"]?.stringValue,
            let link = payload["link"]?.stringValue.flatMap(IncidentLink.init(rawValue:))
        {
            self = .incident(IncidentID(id), link)
        } else {
            return nil
        }
    }
}

extension JournalKind {
    public static let bookmarkCreated = JournalKind(room: "casebook", event: "bookmarkCreated")
    public static let bookmarkChanged = JournalKind(room: "casebook", event: "bookmarkChanged")
    public static let bookmarkDeleted = JournalKind(room: "casebook", event: "bookmarkDeleted")
    public static let relationAdded = JournalKind(room: "casebook", event: "relationAdded")
    public static let relationRemoved = JournalKind(room: "casebook", event: "relationRemoved")
}
