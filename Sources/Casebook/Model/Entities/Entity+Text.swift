internal import Vocabulary

extension Entity {
    /// What to call the entity: `alice@corp.example`, `CORP\alice`, `srv-dc01`, `203.0.113.7`.
    public var friendlyName: String {
        switch kind {
        case .account: accountName
        case .host: identifiers["HostName"] ?? identifiers["NetBiosName"] ?? first("FullName", "AzureID", "OMSAgentID")
        case .ip: first("Address")
        case .url: first("Url")
        case .dns: first("DomainName")
        case .azureResource: lastPathComponent(first("ResourceId"))
        case .cloudApplication: first("Name", "AppId")
        case .fileHash: first("Value")
        case .process: first("CommandLine", "ProcessId")
        case .registryKey: first("Key")
        case .securityGroup: first("DistinguishedName", "SID", "ObjectGuid")
        case .ioTDevice: first("DeviceName", "DeviceId")
        case .mailbox: first("MailboxPrimaryAddress", "DisplayName")
        case .mailCluster: first("Query")
        case .mailMessage: first("Subject", "NetworkMessageId")
        case .submissionMail: first("Subject", "SubmissionId")
        case .file, .malware, .registryValue: first("Name")
        }
    }

    private var accountName: String {
        guard let name = identifiers["Name"] else {
            return first("DisplayName", "FullName", "Sid", "AadUserId", "ObjectGuid", "PUID")
        }
        if let suffix = identifiers["UPNSuffix"] { return "\(name)@\(suffix)" }
        if let domain = identifiers["NTDomain"] { return "\(domain)\\\(name)" }
        return name
    }

    private func first(_ names: String...) -> String {
        names.lazy.compactMap { identifiers[$0] }.first ?? identifiers.sorted { $0.key < $1.key }.first?.value ?? ""
    }

    private func lastPathComponent(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
