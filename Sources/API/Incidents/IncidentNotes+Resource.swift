internal import Casebook
internal import Chronology
internal import JSON
internal import StateStore
internal import Vocabulary

// Comments, tasks, relations and bookmarks.
extension IncidentResources {
    func json(_ comment: IncidentComment) -> JSON {
        Resource(
            id: "\(names.securityInsights)/Incidents/\(comment.incidentID.rawValue)/Comments/\(comment.id.rawValue)",
            name: comment.id.rawValue, type: "Microsoft.SecurityInsights/incidents/comments",
            etag: Incident.etag(version: comment.version),
            properties: [
                "message": .string(comment.message),
                "createdTimeUtc": .string(comment.createdTime.description),
                "lastModifiedTimeUtc": .string(comment.lastModifiedTime.description),
                "author": json(comment.author),
            ]
        ).json
    }

    func json(_ task: IncidentTask) -> JSON {
        Resource(
            id: "\(names.securityInsights)/Incidents/\(task.incidentID.rawValue)/tasks/\(task.id.rawValue)",
            name: task.id.rawValue, type: "Microsoft.SecurityInsights/incidents/tasks",
            etag: Incident.etag(version: task.version),
            properties: [
                "title": .string(task.title),
                "description": .string(task.description),
                "status": .string(task.status.rawValue),
                "createdTimeUtc": .string(task.createdTime.description),
                "lastModifiedTimeUtc": .string(task.lastModifiedTime.description),
                "createdBy": json(task.createdBy), "lastModifiedBy": json(task.lastModifiedBy),
            ]
        ).json
    }

    /// Who did something (`ClientInfo`).
    func json(_ actor: JournalActor) -> JSON {
        ["name": .string(actor.name), "objectId": .string(actor.id), "email": .null, "userPrincipalName": .null]
    }

    // MARK: Relations

    func json(_ relation: IncidentRelation) -> JSON {
        let (name, place, kind) =
            switch relation.related {
            case .alert(let id): (id.rawValue, "entities", "SecurityAlert")
            case .bookmark(let id): (id.rawValue, "bookmarks", "Bookmark")
            case .incident(let id, let link): (id.rawValue, "Incidents", link.rawValue)
            }
        return json(
            relation.name.rawValue, of: "Incidents/\(relation.incidentID.rawValue)", "incidents/relations",
            relation.etag, relatedTo: name, place, kind)
    }

    /// The relation of a bookmark's incident as the bookmark sees it.
    func json(_ relation: IncidentRelation, ofBookmark bookmark: BookmarkID) -> JSON {
        json(
            relation.name.rawValue, of: "bookmarks/\(bookmark.rawValue)", "bookmarks/relations", relation.etag,
            relatedTo: relation.incidentID.rawValue, "Incidents", "Incident")
    }

    /// An incident as one of its entities sees it.
    func relation(of entity: EntityID, to incident: Incident) -> JSON {
        json(
            incident.id.rawValue, of: "Entities/\(entity.rawValue)", "entities/relations", incident.etag,
            relatedTo: incident.id.rawValue, "Incidents", "Incident")
    }

    private func json(
        _ name: String, of owner: String, _ type: String, _ etag: String, relatedTo related: String, _ place: String,
        _ kind: String
    ) -> JSON {
        Resource(
            id: "\(names.securityInsights)/\(owner)/relations/\(name)", name: name,
            type: "Microsoft.SecurityInsights/\(type)", etag: etag,
            properties: [
                "relatedResourceId": .string("\(names.securityInsights)/\(place)/\(related)"),
                "relatedResourceName": .string(related),
                "relatedResourceType": .string("Microsoft.SecurityInsights/\(place)"),
                "relatedResourceKind": .string(kind),
            ]
        ).json
    }

    // MARK: Bookmarks

    func json(_ bookmark: Bookmark) -> JSON {
        Resource(
            id: "\(names.securityInsights)/bookmarks/\(bookmark.id.rawValue)", name: bookmark.id.rawValue,
            type: "Microsoft.SecurityInsights/bookmarks", etag: bookmark.etag,
            properties: .object(properties(of: bookmark))
        ).json
    }

    /// A bookmark as an entity, as lists of an incident show it.
    func entity(_ bookmark: Bookmark) -> JSON {
        var properties = properties(of: bookmark)
        properties["friendlyName"] = .string(bookmark.content.displayName)
        return Resource(
            id: "\(names.securityInsights)/Entities/\(bookmark.id.rawValue)", name: bookmark.id.rawValue,
            type: "Microsoft.SecurityInsights/Entities", kind: "Bookmark", properties: .object(properties)
        ).json
    }

    private func properties(of bookmark: Bookmark) -> JSONObject {
        let content = bookmark.content
        var members: JSONObject = [
            "displayName": .string(content.displayName), "query": .string(content.query),
            "queryResult": .string(content.queryResult), "notes": .string(content.notes),
            "labels": .array(content.labels.map { .string($0) }),
            "created": .string(bookmark.createdTime.description), "updated": .string(bookmark.updatedTime.description),
            "createdBy": json(bookmark.createdBy), "updatedBy": json(bookmark.updatedBy),
            "entityMappings": .array(content.entities.map(\.json)),
            "tactics": .array(content.tactics.map { .string($0.rawValue) }),
            "techniques": .array(content.techniques.map { .string($0) }),
        ]
        members["eventTime"] = content.eventTime.map { .string($0.description) }
        members["queryStartTime"] = content.queryStartTime.map { .string($0.description) }
        members["queryEndTime"] = content.queryEndTime.map { .string($0.description) }
        if let incident = bookmark.incident {
            members["incidentInfo"] = [
                "incidentId": .string(incident.incidentID.rawValue), "title": .string(incident.title),
                "severity": .string(incident.severity.rawValue),
                "relationName": .string(incident.relationName.rawValue),
            ]
        }
        return members
    }
}

extension BookmarkEntity {
    fileprivate var json: JSON {
        [
            "entityType": .string(kind.rawValue),
            "fieldMappings": .array(
                fields.map { ["identifier": .string($0.identifier), "value": .string($0.value)] }),
        ]
    }
}
