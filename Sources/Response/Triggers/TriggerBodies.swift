internal import Casebook
internal import JSON
internal import Vocabulary

/// What playbooks get from the incident, alert and entity triggers.
struct TriggerBodies {
    let workspace: ResponseWorkspace

    private var shapes: IncidentShapes { IncidentShapes(workspace: workspace) }

    func incident(_ incident: Incident, alerts: [Alert], comments: [IncidentComment], update: IncidentUpdate?) -> JSON {
        var body: JSONObject = [
            "eventUniqueId": .string("\(incident.id)-\(incident.version)"), "objectSchemaType": "Incident",
            "objectEventType": .string(update == nil ? "Create" : "Update"),
            "object": shapes.resource(incident, alerts: alerts, comments: comments),
            "workspaceInfo": [
                "SubscriptionId": .string(workspace.subscriptionID),
                "ResourceGroupName": .string(workspace.resourceGroup), "WorkspaceName": .string(workspace.name),
            ],
            "workspaceId": .string(workspace.id),
        ]
        if let update { body["incidentUpdates"] = updates(update, alerts: alerts, comments: comments, incident) }
        return .object(body)
    }

    private func updates(
        _ update: IncidentUpdate, alerts: [Alert], comments: [IncidentComment], _ incident: Incident
    ) -> JSON {
        [
            "updatedFields": .array(
                update.changes.map { .string($0.field.rawValue.prefix(1).uppercased() + $0.field.rawValue.dropFirst()) }
            ),
            "updatedBy": ["source": .string(update.source), "name": .string(update.sourceName)],
            "alerts": .array(alerts.filter { update.addedAlerts.contains($0.id) }.map(shapes.alertResource)),
            "comments": .array(
                comments.filter { update.addedComments.contains($0.id) }.map { shapes.comment($0, of: incident) }),
            "labels": .array(update.added(to: .labels).map { ["labelName": .string($0), "labelType": "User"] }),
            "tactics": .array(update.added(to: .tactics).map { .string($0) }),
        ]
    }

    func alert(_ alert: Alert) -> JSON {
        let content = alert.content
        var extended = JSONObject()
        for (name, value) in content.extendedProperties { extended[name] = .string(value) }
        extended["Custom Details"] = .string(shapes.customDetails(content).description)
        if !content.ruleID.isEmpty {
            extended["Analytic Rule Ids"] = .string(JSON.array([.string(content.ruleID)]).description)
            extended["Analytic Rule Name"] = .string(content.ruleName)
        }
        return [
            "WorkspaceSubscriptionId": .string(workspace.subscriptionID),
            "WorkspaceResourceGroup": .string(workspace.resourceGroup), "WorkspaceId": .string(workspace.id),
            "SystemAlertId": .string(alert.id.rawValue), "AlertDisplayName": .string(content.displayName),
            "AlertType": .string(content.alertType), "Description": .string(content.description),
            "Severity": .string(content.severity.rawValue), "ProductName": .string(content.productName),
            "ProviderName": .string(content.providerName), "ProviderAlertId": .string(content.providerAlertID),
            "VendorName": .string(content.vendorName), "TimeGenerated": shapes.time(content.generatedTime),
            "StartTimeUtc": shapes.time(content.startTime), "EndTimeUtc": shapes.time(content.endTime),
            "ProcessingEndTime": shapes.time(alert.recordedTime),
            "AlertUri": .string(content.alertLink), "ExtendedLinks": [],
            "CompromisedEntity": .string(content.compromisedEntity),
            "Entities": .array(content.entities.map(EntityShapes.alertEntity)),
            "ExtendedProperties": .object(extended),
        ]
    }

    func entity(_ entity: KnownEntity, incident: Incident?) -> JSON {
        var body: JSONObject = ["Entity": ["properties": EntityShapes.alertEntity(entity.entity)]]
        if let incident { body["IncidentArmID"] = .string(workspace.incidentPath(incident.id.rawValue)) }
        return .object(body)
    }
}
