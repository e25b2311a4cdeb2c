internal import JSON
public import StateStore

/// What happened to an incident's type or its own fields.
public enum TypeEvent: Sendable, Hashable {
    /// A custom field with its JSON text before and after; empty when there was none.
    public struct Change: Sendable, Hashable {
        public let name: String
        public let old: String
        public let new: String
    }

    case typeChanged(old: String, new: String)
    case fieldsChanged([Change])

    var kind: JournalKind {
        switch self {
        case .typeChanged: .incidentTypeChanged
        case .fieldsChanged: .customFieldsChanged
        }
    }

    var payload: JSON {
        switch self {
        case .typeChanged(let old, let new): ["old": .string(old), "new": .string(new)]
        case .fieldsChanged(let changes):
            [
                "fields": .array(
                    changes.map { ["name": .string($0.name), "old": .string($0.old), "new": .string($0.new)] })
            ]
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        func text(_ json: JSON, _ key: String) -> String { json[key]?.stringValue ?? "" }
        switch kind {
        case .incidentTypeChanged: self = .typeChanged(old: text(payload, "old"), new: text(payload, "new"))
        case .customFieldsChanged:
            self = .fieldsChanged(
                (payload["fields"]?.arrayValue ?? []).map {
                    Change(name: text($0, "name"), old: text($0, "old"), new: text($0, "new"))
                })
        default: return nil
        }
    }
}

/// What happened to an attachment.
public enum AttachmentEvent: Sendable, Hashable {
    case added(AttachmentID, name: String, digest: String, bytes: Int)
    case deleted(AttachmentID, name: String, digest: String, bytes: Int)

    var kind: JournalKind {
        switch self {
        case .added: .attachmentAdded
        case .deleted: .attachmentDeleted
        }
    }

    var payload: JSON {
        switch self {
        case .added(let id, let name, let digest, let bytes), .deleted(let id, let name, let digest, let bytes):
            [
                "attachmentId": .string(id.rawValue), "name": .string(name), "sha256": .string(digest),
                "bytes": .int(Int64(bytes)),
            ]
        }
    }

    init?(_ kind: JournalKind, _ payload: JSON) {
        let id = AttachmentID(payload["attachmentId"]?.stringValue ?? "")
        let name = payload["name"]?.stringValue ?? ""
        let digest = payload["sha256"]?.stringValue ?? ""
        let bytes = payload["bytes"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
        switch kind {
        case .attachmentAdded: self = .added(id, name: name, digest: digest, bytes: bytes)
        case .attachmentDeleted: self = .deleted(id, name: name, digest: digest, bytes: bytes)
        default: return nil
        }
    }
}

extension JournalKind {
    public static let incidentTypeChanged = JournalKind(room: "casebook", event: "incidentTypeChanged")
    public static let customFieldsChanged = JournalKind(room: "casebook", event: "customFieldsChanged")
    public static let attachmentAdded = JournalKind(room: "casebook", event: "attachmentAdded")
    public static let attachmentDeleted = JournalKind(room: "casebook", event: "attachmentDeleted")
}
