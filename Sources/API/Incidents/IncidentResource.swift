internal import Casebook
internal import Chronology
internal import JSON
internal import StateStore
internal import Vocabulary

/// Incidents and what hangs on them in the shapes of Microsoft.SecurityInsights.
struct IncidentResources {
    let names: WorkspaceNames
    let incidentURL: @Sendable (IncidentID) -> String

    /// - Parameter team: That of the incident, where it was asked for.
    func json(_ incident: Incident, team: IncidentTeam? = nil) -> JSON {
        Resource(
            id: "\(names.securityInsights)/Incidents/\(incident.id.rawValue)", name: incident.id.rawValue,
            type: "Microsoft.SecurityInsights/Incidents", etag: incident.etag,
            properties: properties(of: incident, team)
        ).json
    }

    private func properties(of incident: Incident, _ team: IncidentTeam?) -> JSON {
        var members: JSONObject = [
            "title": .string(incident.title),
            "description": .string(incident.description),
            "severity": .string(incident.severity.rawValue),
            "status": .string(incident.status.rawValue),
            "owner": owner(incident.owner),
            "labels": .array(
                incident.labels.map { ["labelName": .string($0.name), "labelType": .string($0.kind.rawValue)] }),
            "createdTimeUtc": .string(incident.createdTime.description),
            "lastModifiedTimeUtc": .string(incident.lastModifiedTime.description),
            "incidentNumber": .int(Int64(incident.number)),
            "incidentUrl": .string(incidentURL(incident.id)),
            "providerName": .string(incident.providerName),
            "providerIncidentId": .string(incident.providerIncidentID),
            "relatedAnalyticRuleIds": .array(
                incident.ruleIDs.map { .string("\(names.securityInsights)/alertRules/\($0)") }),
            "additionalData": additionalData(of: incident),
        ]
        if let time = incident.firstActivityTime { members["firstActivityTimeUtc"] = .string(time.description) }
        if let time = incident.lastActivityTime { members["lastActivityTimeUtc"] = .string(time.description) }
        if let classification = incident.classification {
            members["classification"] = .string(classification.verdict.rawValue)
            if let reason = classification.reason { members["classificationReason"] = .string(reason.rawValue) }
        }
        if !incident.classificationComment.isEmpty {
            members["classificationComment"] = .string(incident.classificationComment)
        }
        members["teamInformation"] = team.map(json)
        if let priority = incident.priority {
            members["tocsinPriority"] = [
                "score": .int(Int64(priority.score)),
                "reasons": .array(
                    priority.reasons.map {
                        ["factor": .string($0.factor), "points": .double($0.points), "text": .string($0.text)]
                    }),
            ]
        }
        return .object(members)
    }

    /// Who works on an incident together (`TeamInformation`).
    func json(_ team: IncidentTeam) -> JSON {
        var members: JSONObject = [
            "teamId": .string(team.id), "name": .string(team.name), "description": .string(team.description),
            "teamCreationTimeUtc": .string(team.createdTime.description),
        ]
        if !team.channelURL.isEmpty { members["primaryChannelUrl"] = .string(team.channelURL) }
        return .object(members)
    }

    private func additionalData(of incident: Incident) -> JSON {
        var members: JSONObject = [
            "alertsCount": .int(Int64(incident.alertCount)),
            "bookmarksCount": .int(Int64(incident.bookmarkIDs.count)),
            "commentsCount": .int(Int64(incident.commentCount)),
            "alertProductNames": .array(incident.alertProductNames.map { .string($0) }),
            "tactics": .array(incident.tactics.map { .string($0.rawValue) }),
            "techniques": .array(incident.techniques.map { .string($0) }),
        ]
        if let target = incident.mergedInto, let number = incident.mergedIntoNumber {
            members["mergedIncidentNumber"] = .int(Int64(number))
            members["mergedIncidentUrl"] = .string(incidentURL(target))
        }
        return .object(members)
    }

    private func owner(_ owner: IncidentOwner?) -> JSON {
        func text(_ value: String?) -> JSON { value.flatMap { $0.isEmpty ? nil : .string($0) } ?? .null }
        return [
            "objectId": text(owner?.objectID), "email": text(owner?.email), "assignedTo": text(owner?.assignedTo),
            "userPrincipalName": text(owner?.userPrincipalName), "ownerType": text(owner?.kind.rawValue),
        ]
    }
}
