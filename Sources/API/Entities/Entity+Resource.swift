internal import Casebook
internal import Chronology
internal import JSON
internal import Vocabulary

// Entities, and alerts in the shape of entities.
extension IncidentResources {
    func json(_ alert: Alert) -> JSON {
        let content = alert.content
        var members: JSONObject = [
            "systemAlertId": .string(alert.id.rawValue),
            "alertDisplayName": .string(content.displayName),
            "friendlyName": .string(content.displayName),
            "description": .string(content.description),
            "severity": .string(content.severity.rawValue),
            "status": .string(alert.status.rawValue),
            "confidenceLevel": .string((content.confidence?.level ?? .unknown).rawValue),
            "confidenceScoreStatus": content.confidence?.score == nil ? "NotApplicable" : "Final",
            "tactics": .array(content.tactics.map { .string($0.rawValue) }),
            "techniques": .array(content.techniques.map { .string($0) }),
            "alertType": .string(content.alertType),
            "vendorName": .string(content.vendorName),
            "productName": .string(content.productName),
            "productComponentName": .string(content.productComponentName),
            "providerAlertId": .string(content.providerAlertID),
            "compromisedEntity": .string(content.compromisedEntity),
            "alertLink": .string(content.alertLink),
            "remediationSteps": .array(content.remediationSteps.map { .string($0) }),
            "startTimeUtc": .string(content.startTime.description),
            "endTimeUtc": .string(content.endTime.description),
            "timeGenerated": .string(content.generatedTime.description),
            "processingEndTime": .string(alert.recordedTime.description),
            "resourceIdentifiers": [
                [
                    "type": "LogAnalytics", "workspaceId": .string(names.workspaceID),
                    "workspaceSubscriptionId": .string(names.subscriptionID),
                    "workspaceResourceGroup": .string(names.resourceGroup),
                ]
            ],
            "additionalData": .object(
                JSONObject(
                    content.extendedProperties.map { ($0.key, JSON.string($0.value)) }, uniquingKeysWith: { $1 })),
        ]
        members["confidenceScore"] = content.confidence?.score.map { .double($0) }
        return entity(alert.id.rawValue, kind: "SecurityAlert", .object(members))
    }

    func json(_ known: KnownEntity) -> JSON {
        var properties = JSONObject()
        for (name, value) in known.entity.identifiers.sorted(by: { $0.key < $1.key }) {
            let property = EntityProperty.name(of: name, kind: known.kind)
            properties[property] = EntityProperty.value(value, of: property)
        }
        properties["friendlyName"] = .string(known.friendlyName)
        return entity(known.id.rawValue, kind: known.kind.restKind, .object(properties))
    }

    private func entity(_ name: String, kind: String, _ properties: JSON) -> JSON {
        Resource(
            id: "\(names.securityInsights)/Entities/\(name)", name: name, type: "Microsoft.SecurityInsights/Entities",
            kind: kind, properties: properties
        ).json
    }
}

/// How REST spells what rules call identifiers: `NTDomain` is `ntDomain`, an account's `Name` is `accountName`.
private enum EntityProperty {
    private static let exceptions: [EntityKind: [String: String]] = [
        .account: ["Name": "accountName"], .cloudApplication: ["Name": "appName"], .file: ["Name": "fileName"],
        .fileHash: ["Value": "hashValue"], .malware: ["Name": "malwareName"],
        .registryValue: ["Name": "valueName", "Value": "valueData"],
        .ioTDevice: ["IoTSecurityAgentId": "iotSecurityAgentId", "Manufacturer": "vendor"],
        .mailMessage: ["ReceivedDate": "receiveDate"],
    ]
    private static let truths: Set<String> = ["isDomainJoined", "isVolumeAnomaly"]
    private static let numbers: Set<String> = [
        "appId", "mailCount", "bodyFingerprintBin1", "bodyFingerprintBin2", "bodyFingerprintBin3",
        "bodyFingerprintBin4", "bodyFingerprintBin5",
    ]

    static func name(of identifier: String, kind: EntityKind) -> String {
        if let exception = exceptions[kind]?[identifier] { return exception }
        // Leading capitals become small, but for one that begins a word.
        let capitals = identifier.prefix { $0.isUppercase }
        let rest = identifier.dropFirst(capitals.count)
        guard capitals.count > 1, rest.first?.isLowercase == true else { return capitals.lowercased() + rest }
        return capitals.dropLast().lowercased() + String(capitals.suffix(1)) + rest
    }

    static func value(_ text: String, of property: String) -> JSON {
        if truths.contains(property), let truth = Bool(text.lowercased()) { return .bool(truth) }
        if numbers.contains(property), let number = Int64(text) { return .int(number) }
        return .string(text)
    }
}
