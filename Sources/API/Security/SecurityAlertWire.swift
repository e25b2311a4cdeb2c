internal import Casebook
internal import JSON

/// Alerts in the shape of Microsoft.Security (version 2022-01-01).
struct SecurityAlertWire {
    let names: WorkspaceNames
    /// The one region that alerts are in.
    static let location = "local"

    /// The last row about an alert; `status` is the casebook's when it keeps the alert.
    func json(_ row: TableRow, status: String?) -> JSON {
        let id = row.text("SystemAlertId")
        var properties: JSONObject = [
            "version": "2022-01-01.0", "alertType": .string(row.text("AlertType")), "systemAlertId": .string(id),
            "productComponentName": .string(row.text("ProductComponentName")),
            "alertDisplayName": .string(row.text("DisplayName")), "description": .string(row.text("Description")),
            "severity": .string(row.text("AlertSeverity")), "intent": .string(Self.intent(row.text("Tactics"))),
            "status": .string(Self.status(status ?? row.text("Status"))),
            "productName": .string(row.text("ProductName")), "vendorName": .string(row.text("VendorName")),
            "alertUri": .string(row.text("AlertLink")), "compromisedEntity": .string(row.text("CompromisedEntity")),
            "isIncident": row.json("IsIncident").boolValue.map { .bool($0) } ?? false,
            "remediationSteps": Self.texts(row.parsed("RemediationSteps")),
            "techniques": Self.texts(row.parsed("Techniques")),
            "subTechniques": Self.texts(row.parsed("SubTechniques")),
            "extendedProperties": Self.map(row.parsed("ExtendedProperties")),
            "extendedLinks": .array((row.parsed("ExtendedLinks").arrayValue ?? []).map(Self.map)),
            "entities": .array((row.parsed("Entities").arrayValue ?? []).compactMap(Self.entity)),
            "resourceIdentifiers": .array(identifiers(row)),
        ]
        for (name, column) in [
            ("startTimeUtc", "StartTime"), ("endTimeUtc", "EndTime"), ("timeGeneratedUtc", "TimeGenerated"),
            ("processingEndTimeUtc", "ProcessingEndTime"),
        ] {
            let time = row.time(column)
            if !time.isNull { properties[name] = time }
        }
        return Resource(
            id: "/subscriptions/\(names.subscriptionID)\(group(row))/providers/Microsoft.Security/locations/"
                + "\(Self.location)/alerts/\(id)",
            name: id, type: "Microsoft.Security/Locations/alerts", properties: .object(properties)
        ).json
    }

    /// The resource group that the alert is about, as a part of its path.
    private func group(_ row: TableRow) -> String {
        let parts = row.text("ResourceId").split(separator: "/").map(String.init)
        guard parts.count > 3, parts[2].lowercased() == "resourcegroups" else { return "" }
        return "/resourceGroups/\(parts[3])"
    }

    private func identifiers(_ row: TableRow) -> [JSON] {
        var identifiers: [JSON] = []
        let resource = row.text("ResourceId")
        if !resource.isEmpty { identifiers.append(["type": "AzureResource", "azureResourceId": .string(resource)]) }
        identifiers.append([
            "type": "LogAnalytics", "workspaceId": .string(names.workspaceID),
            "workspaceSubscriptionId": .string(names.subscriptionID),
            "workspaceResourceGroup": .string(names.resourceGroup), "agentId": .string(row.text("SourceComputerId")),
        ])
        return identifiers
    }

    /// The states of Microsoft.Security; a new alert is active.
    static func status(_ text: String) -> String {
        switch text.lowercased() {
        case "inprogress": "InProgress"
        case "resolved": "Resolved"
        case "dismissed": "Dismissed"
        default: "Active"
        }
    }

    private static func intent(_ tactics: String) -> String {
        let words = tactics.split(whereSeparator: { !$0.isLetter }).map(String.init)
        return words.isEmpty ? "Unknown" : words.joined(separator: ",")
    }

    private static func texts(_ json: JSON) -> JSON {
        switch json {
        case .array(let values): .array(values.map { .string($0.stringValue ?? $0.description) })
        case .string(let text):
            .array(text.split(separator: ",").map { .string(String($0.drop { $0 == " " })) })
        default: []
        }
    }

    /// An object whose members are all texts.
    private static func map(_ json: JSON) -> JSON {
        var members = JSONObject()
        for (name, value) in json.objectValue ?? [:] {
            members[name] = .string(value.isNull ? "" : value.stringValue ?? value.description)
        }
        return .object(members)
    }

    private static func entity(_ json: JSON) -> JSON? {
        guard var members = json.objectValue else { return nil }
        let type = members["type"] ?? members.removeValue(forKey: "Type") ?? "unknown"
        members["type"] = type
        return .object(members)
    }
}
