/// The kinds of entity that alerts name, spelled as analytics rules spell `entityType`.
public enum EntityKind: String, Sendable, Hashable, CaseIterable, Codable {
    case account = "Account"
    case host = "Host"
    case ip = "IP"
    case url = "URL"
    case azureResource = "AzureResource"
    case cloudApplication = "CloudApplication"
    case dns = "DNS"
    case file = "File"
    case fileHash = "FileHash"
    case malware = "Malware"
    case process = "Process"
    case registryKey = "RegistryKey"
    case registryValue = "RegistryValue"
    case securityGroup = "SecurityGroup"
    case ioTDevice = "IoTDevice"
    case mailbox = "Mailbox"
    case mailCluster = "MailCluster"
    case mailMessage = "MailMessage"
    case submissionMail = "SubmissionMail"

    /// Reads a kind in any letter case and in the spellings of rules, REST entities and alerts (`azure-resource`, `Ip`,
    /// `DnsResolution`).
    public init?(lenient text: some StringProtocol) {
        let wanted = text.lowercased().filter { $0 != "-" }
        if wanted == "dnsresolution" {
            self = .dns
            return
        }
        guard let kind = EntityKind.allCases.first(where: { $0.rawValue.lowercased() == wanted }) else { return nil }
        self = kind
    }

    /// The `kind` of a REST entity resource: `Ip`, `Url`, `DnsResolution`, else as in rules.
    public var restKind: String {
        switch self {
        case .ip: "Ip"
        case .url: "Url"
        case .dns: "DnsResolution"
        case .ioTDevice: "IoTDevice"
        default: rawValue
        }
    }

    /// The `Type` in an alert's `Entities`: `ip`, `azure-resource`, `filehash`…
    public var alertType: String {
        switch self {
        case .azureResource: "azure-resource"
        case .cloudApplication: "cloud-application"
        case .registryKey: "registry-key"
        case .registryValue: "registry-value"
        case .securityGroup: "security-group"
        case .mailCluster: "mail-cluster"
        case .mailMessage: "mail-message"
        case .submissionMail: "SubmissionMail"
        default: rawValue.lowercased()
        }
    }
}
