internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import StateStore
internal import Vocabulary

/// Rows of `SecurityIncident`: one per creation and per change, as Azure Monitor documents the table.
struct IncidentRows {
    var builder = RowBuilder([
        "TimeGenerated": .datetime, "IncidentName": .string, "IncidentNumber": .int, "Title": .string,
        "Description": .string, "Severity": .string, "Status": .string, "Classification": .string,
        "ClassificationReason": .string, "ClassificationComment": .string, "Owner": .dynamic, "Labels": .dynamic,
        "FirstActivityTime": .datetime, "LastActivityTime": .datetime, "FirstModifiedTime": .datetime,
        "LastModifiedTime": .datetime, "CreatedTime": .datetime, "ClosedTime": .datetime, "AlertIds": .dynamic,
        "BookmarkIds": .dynamic, "Comments": .dynamic, "Tasks": .dynamic, "RelatedAnalyticRuleIds": .dynamic,
        "AdditionalData": .dynamic, "IncidentUrl": .string, "ProviderName": .string, "ProviderIncidentId": .string,
        "ModifiedBy": .string, "SourceSystem": .string, "Type": .string,
    ])

    /// Adds the incident as it is now; `time` is when it became so.
    mutating func add(
        _ incident: Incident, comments: [IncidentComment], tasks: [IncidentTask], url: String, at time: Instant
    ) {
        var cells = IncidentRows.facts(of: incident, url: url)
        cells["TimeGenerated"] = .datetime(time)
        cells["Comments"] = .dynamic(.array(comments.map(IncidentRows.json)))
        cells["Tasks"] = .dynamic(.array(tasks.map(IncidentRows.json)))
        builder.add(cells)
    }

    private static func facts(of incident: Incident, url: String) -> [String: Value] {
        [
            "IncidentName": .string(incident.id.rawValue),
            "IncidentNumber": .int(Int32(clamping: incident.number)),
            "Title": .string(incident.title),
            "Description": .string(incident.description),
            "Severity": .string(incident.severity.rawValue),
            "Status": .string(incident.status.rawValue),
            "Classification": .string(incident.classification?.verdict.rawValue ?? ""),
            "ClassificationReason": .string(incident.classification?.reason?.rawValue ?? ""),
            "ClassificationComment": .string(incident.classificationComment),
            "Owner": .dynamic(json(incident.owner)),
            "Labels": .dynamic(
                .array(
                    incident.labels.map {
                        ["labelName": .string($0.name), "labelType": .string($0.kind.rawValue)]
                    })),
            "FirstActivityTime": .time(incident.firstActivityTime),
            "LastActivityTime": .time(incident.lastActivityTime),
            "FirstModifiedTime": .time(incident.firstModifiedTime),
            "LastModifiedTime": .datetime(incident.lastModifiedTime),
            "CreatedTime": .datetime(incident.createdTime),
            "ClosedTime": .time(incident.closedTime),
            "AlertIds": .list(incident.alertIDs.map(\.rawValue)),
            "BookmarkIds": .list(incident.bookmarkIDs.map(\.rawValue)),
            "RelatedAnalyticRuleIds": .list(incident.ruleIDs),
            "AdditionalData": .dynamic(additionalData(of: incident)),
            "IncidentUrl": .string(url),
            "ProviderName": .string(incident.providerName),
            "ProviderIncidentId": .string(incident.providerIncidentID),
            "ModifiedBy": .string(incident.modifiedBy),
            "SourceSystem": .string("Tocsin"),
            "Type": .string("SecurityIncident"),
        ]
    }

    private static func additionalData(of incident: Incident) -> JSON {
        [
            "alertsCount": .int(Int64(incident.alertIDs.count)),
            "bookmarksCount": .int(Int64(incident.bookmarkIDs.count)),
            "commentsCount": .int(Int64(incident.commentCount)),
            "alertProductNames": .array(incident.alertProductNames.map { .string($0) }),
            "tactics": .array(incident.tactics.map { .string($0.rawValue) }),
            "techniques": .array(incident.techniques.map { .string($0) }),
            "score": incident.priority.map { .int(Int64($0.score)) } ?? .null,
        ]
    }

    private static func json(_ owner: IncidentOwner?) -> JSON {
        [
            "objectId": owner.map { .string($0.objectID) } ?? .null,
            "email": owner.map { .string($0.email) } ?? .null,
            "assignedTo": owner.map { .string($0.assignedTo) } ?? .null,
            "userPrincipalName": owner.map { .string($0.userPrincipalName) } ?? .null,
        ]
    }

    private static func json(_ comment: IncidentComment) -> JSON {
        [
            "message": .string(comment.message), "author": .string(comment.author.name),
            "createdTimeUtc": .string(comment.createdTime.description),
        ]
    }

    private static func json(_ task: IncidentTask) -> JSON {
        ["title": .string(task.title), "status": .string(task.status.rawValue)]
    }
}
