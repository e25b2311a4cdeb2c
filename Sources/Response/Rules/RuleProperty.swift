public import Vocabulary

/// A property that a condition looks at.
public enum RuleProperty: Sendable, Hashable {
    case incident(IncidentProperty)
    /// An identifier of the incident's entities of a kind.
    case entity(EntityKind, String)

    public enum IncidentProperty: String, Sendable, Hashable, CaseIterable {
        case title = "IncidentTitle"
        case description = "IncidentDescription"
        case severity = "IncidentSeverity"
        case status = "IncidentStatus"
        case owner = "IncidentOwner"
        case ruleIDs = "IncidentRelatedAnalyticRuleIds"
        case tactics = "IncidentTactics"
        case label = "IncidentLabel"
        case providerName = "IncidentProviderName"
        case updatedBySource = "IncidentUpdatedBySource"
        case customDetailsKey = "IncidentCustomDetailsKey"
        case customDetailsValue = "IncidentCustomDetailsValue"
        case customDetectionRuleIDs = "IncidentCustomDetectionRuleIds"
        case alertTitle = "IncidentAlertTitle"
        case alertProductNames = "AlertProductNames"
        case alertRuleIDs = "AlertAnalyticRuleIds"
    }

    /// Nil for a name that no condition knows.
    public init?(name: String) {
        if let property = IncidentProperty(rawValue: name) {
            self = .incident(property)
        } else if let (kind, identifier) = RuleProperty.entities[name] {
            self = .entity(kind, identifier)
        } else {
            return nil
        }
    }

    /// Whether the property is about single things of which an incident may have many; then a negative condition holds
    /// when any one of them fits it.
    var isEntity: Bool { if case .entity = self { true } else { false } }

    /// The values are identifiers of rules: paths count by their last part.
    var isRuleID: Bool {
        switch self {
        case .incident(.ruleIDs), .incident(.alertRuleIDs), .incident(.customDetectionRuleIDs): true
        default: false
        }
    }

    /// Every name, for messages.
    public static let names: [String] = IncidentProperty.allCases.map(\.rawValue) + entities.keys.sorted()

    private static let entities: [String: (EntityKind, String)] = [
        "AccountAadTenantId": (.account, "AadTenantId"), "AccountAadUserId": (.account, "AadUserId"),
        "AccountName": (.account, "Name"), "AccountNTDomain": (.account, "NTDomain"),
        "AccountPUID": (.account, "PUID"), "AccountSid": (.account, "Sid"),
        "AccountObjectGuid": (.account, "ObjectGuid"), "AccountUPNSuffix": (.account, "UPNSuffix"),
        "AzureResourceResourceId": (.azureResource, "ResourceId"),
        "AzureResourceSubscriptionId": (.azureResource, "SubscriptionId"),
        "CloudApplicationAppId": (.cloudApplication, "AppId"), "CloudApplicationAppName": (.cloudApplication, "Name"),
        "DNSDomainName": (.dns, "DomainName"), "FileDirectory": (.file, "Directory"), "FileName": (.file, "Name"),
        "FileHashValue": (.fileHash, "Value"), "HostAzureID": (.host, "AzureID"), "HostName": (.host, "HostName"),
        "HostNetBiosName": (.host, "NetBiosName"), "HostNTDomain": (.host, "NTDomain"),
        "HostOSVersion": (.host, "OSVersion"), "IoTDeviceId": (.ioTDevice, "DeviceId"),
        "IoTDeviceName": (.ioTDevice, "DeviceName"), "IoTDeviceType": (.ioTDevice, "DeviceType"),
        "IoTDeviceVendor": (.ioTDevice, "Manufacturer"), "IoTDeviceModel": (.ioTDevice, "Model"),
        "IoTDeviceOperatingSystem": (.ioTDevice, "OperatingSystem"), "IPAddress": (.ip, "Address"),
        "MailboxDisplayName": (.mailbox, "DisplayName"),
        "MailboxPrimaryAddress": (.mailbox, "MailboxPrimaryAddress"), "MailboxUPN": (.mailbox, "Upn"),
        "MailMessageDeliveryAction": (.mailMessage, "DeliveryAction"),
        "MailMessageDeliveryLocation": (.mailMessage, "DeliveryLocation"),
        "MailMessageRecipient": (.mailMessage, "Recipient"), "MailMessageSenderIP": (.mailMessage, "SenderIP"),
        "MailMessageSubject": (.mailMessage, "Subject"), "MailMessageP1Sender": (.mailMessage, "P1Sender"),
        "MailMessageP2Sender": (.mailMessage, "P2Sender"), "MalwareCategory": (.malware, "Category"),
        "MalwareName": (.malware, "Name"), "ProcessCommandLine": (.process, "CommandLine"),
        "ProcessId": (.process, "ProcessId"), "RegistryKey": (.registryKey, "Key"),
        "RegistryValueData": (.registryValue, "Value"), "Url": (.url, "Url"),
    ]
}
