internal import Casebook
internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import Vocabulary

/// Rows of `SecurityAlert`, as Azure Monitor documents the table: lists and properties are JSON texts.
struct AlertRows {
    var builder = RowBuilder([
        "TimeGenerated": .datetime, "SystemAlertId": .string, "DisplayName": .string, "AlertName": .string,
        "AlertSeverity": .string, "Description": .string, "ProviderName": .string, "VendorName": .string,
        "VendorOriginalId": .string, "AlertType": .string, "ConfidenceLevel": .string, "ConfidenceScore": .real,
        "IsIncident": .bool, "StartTime": .datetime, "EndTime": .datetime, "ProcessingEndTime": .datetime,
        "RemediationSteps": .string, "ExtendedProperties": .string, "Entities": .string, "ProductName": .string,
        "ProductComponentName": .string, "AlertLink": .string, "Status": .string, "CompromisedEntity": .string,
        "Tactics": .string, "Techniques": .string, "SourceSystem": .string, "Type": .string,
    ])

    mutating func add(_ alert: Alert) {
        let content = alert.content
        builder.add([
            "TimeGenerated": .datetime(content.generatedTime),
            "SystemAlertId": .string(alert.id.rawValue),
            "DisplayName": .string(content.displayName),
            "AlertName": .string(content.displayName),
            "AlertSeverity": .string(content.severity.rawValue),
            "Description": .string(content.description),
            "ProviderName": .string(content.providerName),
            "VendorName": .string(content.vendorName),
            "VendorOriginalId": .string(content.providerAlertID),
            "AlertType": .string(content.alertType),
            "ConfidenceLevel": .string(content.confidence?.level.rawValue ?? ""),
            "ConfidenceScore": content.confidence?.score.map { .real($0) } ?? .null(.real),
            "IsIncident": .bool(false),
            "StartTime": .datetime(content.startTime),
            "EndTime": .datetime(content.endTime),
            "ProcessingEndTime": .datetime(alert.recordedTime),
            "RemediationSteps": .string(JSON.array(content.remediationSteps.map { .string($0) }).description),
            "ExtendedProperties": .string(AlertRows.properties(of: content).description),
            "Entities": .string(content.entities.alertSchema.description),
            "ProductName": .string(content.productName),
            "ProductComponentName": .string(content.productComponentName),
            "AlertLink": .string(content.alertLink),
            "Status": .string(alert.status.rawValue),
            "CompromisedEntity": .string(content.compromisedEntity),
            "Tactics": .string(content.tactics.map(\.rawValue).joined(separator: ", ")),
            "Techniques": .string(JSON.array(content.techniques.map { .string($0) }).description),
            "SourceSystem": .string("Tocsin"),
            "Type": .string("SecurityAlert"),
        ])
    }

    private static func properties(of content: NewAlert) -> JSON {
        var members = JSONObject()
        for (name, value) in content.extendedProperties { members[name] = .string(value) }
        if !content.customDetails.isEmpty, members["Custom Details"] == nil {
            var details = JSONObject()
            for (name, values) in content.customDetails { details[name] = .array(values.map { .string($0) }) }
            members["Custom Details"] = .string(JSON.object(details).description)
        }
        return .object(members)
    }
}
