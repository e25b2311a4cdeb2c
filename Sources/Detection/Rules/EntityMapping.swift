public import Vocabulary

/// Which columns of a result describe an entity.
public struct EntityMapping: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public var identifier: String
        public var column: String

        public init(identifier: String, column: String) {
            self.identifier = identifier
            self.column = column
        }
    }

    public var kind: EntityKind
    public var fields: [Field]

    public init(kind: EntityKind, fields: [Field]) {
        self.kind = kind
        self.fields = fields
    }
}

/// The identifiers that each kind of entity may be mapped by, and of which at least one must be.
struct EntityIdentifiers {
    let all: [String]
    /// At least one of these sets must be mapped whole.
    let required: [[String]]

    static func of(_ kind: EntityKind) -> EntityIdentifiers { table[kind] ?? EntityIdentifiers(all: [], required: []) }

    /// The identifier's name in its proper letter case; nil when the kind has none of that name.
    func spelling(of name: String) -> String? {
        all.first { $0 == name } ?? all.first { $0.lowercased() == name.lowercased() }
    }

    private init(all: [String], required: [[String]]) {
        self.all = all
        self.required = required
    }

    private init(_ all: String, anyOf required: String) {
        self.all = all.split(separator: " ").map(String.init)
        self.required = required.split(separator: " ").map { [String($0)] }
    }

    private static let table: [EntityKind: EntityIdentifiers] = [
        .account: EntityIdentifiers(
            "Name FullName NTDomain DnsDomain UPNSuffix Sid AadTenantId AadUserId PUID IsDomainJoined DisplayName "
                + "ObjectGuid", anyOf: "FullName Sid Name AadUserId PUID ObjectGuid"),
        .host: EntityIdentifiers(
            "DnsDomain NTDomain HostName FullName NetBiosName AzureID OMSAgentID OSFamily OSVersion IsDomainJoined",
            anyOf: "FullName HostName NetBiosName AzureID OMSAgentID"),
        .ip: EntityIdentifiers("Address AddressScope", anyOf: "Address"),
        .url: EntityIdentifiers("Url", anyOf: "Url"),
        .azureResource: EntityIdentifiers("ResourceId", anyOf: "ResourceId"),
        .cloudApplication: EntityIdentifiers("AppId Name InstanceName", anyOf: "AppId Name"),
        .dns: EntityIdentifiers("DomainName", anyOf: "DomainName"),
        .file: EntityIdentifiers("Directory Name", anyOf: "Name"),
        .fileHash: EntityIdentifiers(all: ["Algorithm", "Value"], required: [["Algorithm", "Value"]]),
        .malware: EntityIdentifiers("Name Category", anyOf: "Name"),
        .process: EntityIdentifiers(
            "ProcessId CommandLine ElevationToken CreationTimeUtc", anyOf: "CommandLine ProcessId"),
        .registryKey: EntityIdentifiers("Hive Key", anyOf: "Hive Key"),
        .registryValue: EntityIdentifiers("Name Value ValueType", anyOf: "Name"),
        .securityGroup: EntityIdentifiers(
            "DistinguishedName SID ObjectGuid", anyOf: "DistinguishedName SID ObjectGuid"),
        .ioTDevice: EntityIdentifiers(
            "DeviceId DeviceName Manufacturer Model FirmwareVersion OperatingSystem MacAddress Protocols SerialNumber "
                + "Source IoTSecurityAgentId DeviceType", anyOf: "DeviceId"),
        .mailbox: EntityIdentifiers(
            "MailboxPrimaryAddress DisplayName Upn ExternalDirectoryObjectId RiskLevel",
            anyOf: "MailboxPrimaryAddress"),
        .mailCluster: EntityIdentifiers(
            "NetworkMessageIds CountByDeliveryStatus CountByThreatType CountByProtectionStatus Threats Query QueryTime "
                + "MailCount IsVolumeAnomaly Source ClusterSourceIdentifier ClusterSourceType ClusterQueryStartTime "
                + "ClusterQueryEndTime ClusterGroup", anyOf: "Query Source"),
        .mailMessage: EntityIdentifiers(
            "Recipient Urls Threats Sender P1Sender P1SenderDisplayName P1SenderDomain SenderIP P2Sender "
                + "P2SenderDisplayName P2SenderDomain ReceivedDate NetworkMessageId InternetMessageId Subject "
                + "BodyFingerprintBin1 BodyFingerprintBin2 BodyFingerprintBin3 BodyFingerprintBin4 BodyFingerprintBin5 "
                + "AntispamDirection DeliveryAction DeliveryLocation Language ThreatDetectionMethods",
            anyOf: "NetworkMessageId Recipient"),
        .submissionMail: EntityIdentifiers(
            "NetworkMessageId Timestamp Recipient Sender SenderIp Subject ReportType SubmissionId SubmissionDate "
                + "Submitter", anyOf: "SubmissionId NetworkMessageId Recipient Submitter"),
    ]
}
