internal import Casebook
internal import Chronology
internal import HTTPTypes
internal import JSON
internal import StateStore
internal import Vocabulary

extension JournalActor {
    var wire: JSON { ["kind": .string(kind.rawValue), "id": .string(id), "name": .string(name)] }
}

extension IncidentTransfer {
    var wire: JSON {
        [
            "id": .string(id.rawValue), "kind": .string(kind.rawValue), "source": .string(source.rawValue),
            "target": .string(target.rawValue), "moved": moved.wire, "madeBy": madeBy.wire,
            "madeTimeUtc": .string(madeTime.description),
            "undoneTimeUtc": undoneTime.map { .string($0.description) } ?? .null,
        ]
    }
}

extension MovedParts {
    var wire: JSON {
        func list(_ ids: [some RawRepresentable<String>]) -> JSON { .array(ids.map { .string($0.rawValue) }) }
        return [
            "alerts": list(alerts), "bookmarks": list(bookmarks), "comments": list(comments), "tasks": list(tasks),
            "timeEntries": list(timeEntries), "attachments": list(attachments),
            "labels": .array(labels.map { .string($0.name) }),
        ]
    }

    /// What a client names of an incident.
    init(_ body: JSON) {
        func texts(_ key: String) -> [String] { (body[key]?.arrayValue ?? []).compactMap(\.stringValue) }
        self.init(
            alerts: texts("alerts").map { AlertID($0) }, bookmarks: texts("bookmarks").map { BookmarkID($0) },
            comments: texts("comments").map { CommentID($0) }, tasks: texts("tasks").map { TaskID($0) },
            timeEntries: texts("timeEntries").map { TimeEntryID($0) },
            attachments: texts("attachments").map { AttachmentID($0) })
    }
}

extension BulkOutcome {
    func wire(_ resources: IncidentResources) -> JSON {
        switch result {
        case .success(let incident):
            return ["id": .string(id.rawValue), "status": 200, "incident": resources.json(incident)]
        case .failure(let error):
            let failure = APIError(answering: error)
            let members = failure.json["error"] ?? .null
            return ["id": .string(id.rawValue), "status": .int(Int64(failure.status.code)), "error": members]
        }
    }
}

extension IncidentChange {
    /// What a client wants to change on many incidents.
    ///
    /// - Throws: `APIError` 400 with the field at fault.
    init(bulk properties: JSON) throws {
        self.init()
        func text(_ key: String) -> String? { properties[key]?.stringValue }
        severity = try text("severity").map { text in
            guard let severity = Severity(lenient: text) else {
                throw APIError.badRequest("'\(text.prefix(80))' is no severity", target: "properties.severity")
            }
            return severity
        }
        status = try text("status").map { text in
            guard let status = IncidentStatus(lenient: text) else {
                throw APIError.badRequest("'\(text.prefix(80))' is no status", target: "properties.status")
            }
            return status
        }
        classification = try text("classification").map { text in
            guard let verdict = Classification.Verdict(rawValue: text) else {
                throw APIError.badRequest(
                    "'\(text.prefix(80))' is no classification", target: "properties.classification")
            }
            return try Classification(verdict: verdict, reason: try reason(properties["classificationReason"]))
        }
        classificationComment = text("classificationComment")
        addedLabels = labels(properties["addLabels"]).map { IncidentLabel(name: $0) }
        removedLabels = labels(properties["removeLabels"])
        if let owner = properties["owner"] {
            func part(_ key: String) -> String { owner[key]?.stringValue ?? "" }
            let wanted = IncidentOwner(
                objectID: part("objectId"), userPrincipalName: part("userPrincipalName"), email: part("email"),
                assignedTo: part("assignedTo"))
            self.owner = wanted.displayName.isEmpty ? .unassign : .assign(wanted)
        }
    }

    private func labels(_ json: JSON?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue) }

    private func reason(_ json: JSON?) throws -> Classification.Reason? {
        guard let text = json?.stringValue, !text.isEmpty else { return nil }
        guard let reason = Classification.Reason(rawValue: text) else {
            throw APIError.badRequest("'\(text.prefix(80))' is no reason", target: "properties.classificationReason")
        }
        return reason
    }
}

extension SearchHit {
    var wire: JSON {
        let (kind, id) = place.wire
        return [
            "incident": incident.map {
                [
                    "id": .string($0.id.rawValue), "number": .int(Int64($0.number)), "title": .string($0.title),
                    "severity": .string($0.severity.rawValue), "status": .string($0.status.rawValue),
                ]
            } ?? .null,
            "place": .string(kind), "placeId": id.map { .string($0) } ?? .null, "heading": .string(heading),
            "snippet": .array(snippet.map { ["text": .string($0.text), "isMatch": .bool($0.isMatch)] }),
            "matchCount": .int(Int64(matchCount)),
        ]
    }
}

extension SearchHit.Place {
    fileprivate var wire: (kind: String, id: String?) {
        switch self {
        case .incident: ("Incident", nil)
        case .comment(let id): ("Comment", id.rawValue)
        case .task(let id): ("Task", id.rawValue)
        case .bookmark(let id): ("Bookmark", id.rawValue)
        case .alert(let id): ("Alert", id.rawValue)
        case .field(let name): ("Field", name)
        }
    }
}

extension JournalEntry {
    /// An entry of an incident's activity.
    var wire: JSON {
        [
            "sequence": .int(sequence), "timeUtc": .string(time.description), "event": .string(kind.rawValue),
            "actor": actor.wire, "details": payload,
        ]
    }
}

extension IncidentWatcher {
    var wire: JSON {
        ["person": person.wire, "reason": .string(reason.rawValue), "sinceUtc": .string(since.description)]
    }
}

extension TimeEntry {
    var wire: JSON {
        [
            "id": .string(id.rawValue), "person": person.wire, "minutes": .int(Int64(minutes)),
            "note": .string(note), "madeTimeUtc": .string(madeTime.description),
        ]
    }
}

extension Attachment {
    var wire: JSON {
        [
            "id": .string(id.rawValue), "name": .string(name), "bytes": .int(Int64(byteCount)),
            "sha256": .string(digest), "mediaType": .string(mediaType), "addedBy": addedBy.wire,
            "addedTimeUtc": .string(addedTime.description),
        ]
    }
}

extension IncidentType {
    var wire: JSON {
        [
            "name": .string(name), "title": .string(title),
            "fields": .array(
                fields.map { field in
                    let (type, choices) = field.form.wire
                    return [
                        "name": .string(field.name), "title": .string(field.title), "type": .string(type),
                        "choices": .array(choices.map(JSON.string)),
                    ]
                }),
            "tasks": .array(tasks.map { ["title": .string($0.title), "description": .string($0.description)] }),
            "labels": .array(labels.map(JSON.string)),
        ]
    }
}

extension CustomField.Form {
    fileprivate var wire: (type: String, choices: [String]) {
        switch self {
        case .text: ("text", [])
        case .number: ("number", [])
        case .date: ("date", [])
        case .choice(let choices): ("choice", choices)
        case .multipleChoice(let choices): ("multipleChoice", choices)
        case .user: ("user", [])
        case .boolean: ("boolean", [])
        }
    }
}
