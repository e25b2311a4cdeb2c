internal import Casebook
internal import Chronology
internal import JSON
internal import StateStore
internal import Vocabulary

/// The shapes in which playbooks see incidents and alerts.
struct IncidentShapes {
    let workspace: ResponseWorkspace

    /// The incident as a resource.
    ///
    /// - Parameter alerts: shown inside when given, as the trigger does.
    func resource(_ incident: Incident, alerts: [Alert]? = nil, comments: [IncidentComment] = []) -> JSON {
        var properties = self.properties(incident)
        if let alerts {
            properties["relatedEntities"] = .array(incident.entities.map { EntityShapes.resource($0, workspace) })
            properties["Alerts"] = .array(alerts.map(alertResource))
            properties["Bookmarks"] = []
            properties["Comments"] = .array(comments.map { comment($0, of: incident) })
        }
        return [
            "id": .string(workspace.incidentPath(incident.id.rawValue)), "name": .string(incident.id.rawValue),
            "etag": .string(incident.etag), "type": "Microsoft.SecurityInsights/Incidents",
            "properties": .object(properties),
        ]
    }

    private func properties(_ incident: Incident) -> JSONObject {
        var properties: JSONObject = [
            "title": .string(incident.title), "description": .string(incident.description),
            "severity": .string(incident.severity.rawValue), "status": .string(incident.status.rawValue),
            "owner": owner(incident.owner),
            "labels": .array(
                incident.labels.map { ["labelName": .string($0.name), "labelType": .string($0.kind.rawValue)] }),
            "firstActivityTimeUtc": time(incident.firstActivityTime),
            "lastActivityTimeUtc": time(incident.lastActivityTime),
            "lastModifiedTimeUtc": time(incident.lastModifiedTime), "createdTimeUtc": time(incident.createdTime),
            "incidentNumber": .int(Int64(incident.number)),
            "incidentUrl": .string(workspace.incidentURL(incident.id.rawValue)),
            "providerName": .string(incident.providerName),
            "providerIncidentId": .string(incident.providerIncidentID),
            "relatedAnalyticRuleIds": .array(
                incident.ruleIDs.map { .string("\(workspace.insightsPath)/alertRules/\($0)") }),
            "additionalData": additionalData(incident),
        ]
        if let classification = incident.classification {
            properties["classification"] = .string(classification.verdict.rawValue)
            properties["classificationReason"] = classification.reason.map { .string($0.rawValue) } ?? .null
            properties["classificationComment"] = .string(incident.classificationComment)
        }
        return properties
    }

    private func additionalData(_ incident: Incident) -> JSON {
        [
            "alertsCount": .int(Int64(incident.alertIDs.count)), "bookmarksCount": 0,
            "commentsCount": .int(Int64(incident.commentCount)),
            "alertProductNames": .array(incident.alertProductNames.map { .string($0) }),
            "tactics": .array(incident.tactics.map { .string($0.rawValue) }),
            "techniques": .array(incident.techniques.map { .string($0) }),
        ]
    }

    private func owner(_ owner: IncidentOwner?) -> JSON {
        func text(_ value: String?) -> JSON { value.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null }
        return [
            "objectId": text(owner?.objectID), "email": text(owner?.email), "assignedTo": text(owner?.assignedTo),
            "userPrincipalName": text(owner?.userPrincipalName),
        ]
    }

    func time(_ instant: Instant?) -> JSON { instant.map { .string($0.description) } ?? .null }

    func comment(_ comment: IncidentComment, of incident: Incident) -> JSON {
        [
            "id": .string("\(workspace.incidentPath(incident.id.rawValue))/Comments/\(comment.id)"),
            "name": .string(comment.id.rawValue), "type": "Microsoft.SecurityInsights/Incidents/Comments",
            "properties": [
                "message": .string(comment.message), "createdTimeUtc": time(comment.createdTime),
                "lastModifiedTimeUtc": time(comment.lastModifiedTime),
                "author": [
                    "name": .string(comment.author.name), "objectId": .string(comment.author.id), "email": nil,
                    "userPrincipalName": nil,
                ],
            ],
        ]
    }

    func task(_ task: IncidentTask) -> JSON {
        [
            "id": .string("\(workspace.incidentPath(task.incidentID.rawValue))/Tasks/\(task.id)"),
            "name": .string(task.id.rawValue), "type": "Microsoft.SecurityInsights/Incidents/Tasks",
            "properties": [
                "title": .string(task.title), "description": .string(task.description),
                "status": .string(task.status.rawValue), "createdTimeUtc": time(task.createdTime),
                "lastModifiedTimeUtc": time(task.lastModifiedTime),
            ],
        ]
    }

    /// An alert as an entity of kind SecurityAlert.
    func alertResource(_ alert: Alert) -> JSON {
        let content = alert.content
        var additional = JSONObject()
        for (name, value) in content.extendedProperties { additional[name] = .string(value) }
        additional["Custom Details"] = .string(customDetails(content).description)
        return [
            "id": .string("\(workspace.insightsPath)/Entities/\(alert.id)"), "name": .string(alert.id.rawValue),
            "type": "Microsoft.SecurityInsights/Entities", "kind": "SecurityAlert",
            "properties": [
                "systemAlertId": .string(alert.id.rawValue), "alertDisplayName": .string(content.displayName),
                "friendlyName": .string(content.displayName), "description": .string(content.description),
                "alertType": .string(content.alertType), "severity": .string(content.severity.rawValue),
                "status": .string(alert.status.rawValue),
                "confidenceLevel": .string(content.confidence?.level.rawValue ?? "Unknown"),
                "compromisedEntity": .string(content.compromisedEntity),
                "tactics": .array(content.tactics.map { .string($0.rawValue) }),
                "intent": .string(content.tactics.map(\.rawValue).joined(separator: ", ")),
                "vendorName": .string(content.vendorName), "productName": .string(content.productName),
                "productComponentName": .string(content.productComponentName),
                "providerAlertId": .string(content.providerAlertID), "alertLink": .string(content.alertLink),
                "startTimeUtc": time(content.startTime), "endTimeUtc": time(content.endTime),
                "timeGenerated": time(content.generatedTime), "processingEndTime": time(alert.recordedTime),
                "remediationSteps": .array(content.remediationSteps.map { .string($0) }),
                "resourceIdentifiers": [["type": "LogAnalytics", "workspaceId": .string(workspace.id)]],
                "additionalData": .object(additional),
            ],
        ]
    }

    func customDetails(_ alert: NewAlert) -> JSON {
        .object(
            JSONObject(uniqueKeysWithValues: alert.customDetails.map { ($0.key, .array($0.value.map { .string($0) })) })
        )
    }
}
