internal import Vocabulary

/// The keys under which an entity is known, in normal form: `kind|identifier=value|…`, values in lower case.
public struct EntityKeys: Sendable, Hashable {
    /// Each alone says which entity it is.
    public var strong: [String]
    /// Describe the entity without telling it from others of the same name.
    public var weak: [String]

    /// Both, the strong ones first.
    public var all: [String] { strong + weak }
}

extension Entity {
    /// The strong and weak keys of this entity.
    public var keys: EntityKeys {
        var keys = EntityKeys(strong: strongSets.compactMap(key), weak: [])
        for set in kind.weakSets {
            guard let key = key(set), !keys.strong.contains(key) else { continue }
            keys.weak.append(key)
        }
        return keys
    }

    /// The identifiers that say which entity this is, alone or with others of them.
    public var strongIdentifiers: Set<String> { Set(strongSets.filter { key($0) != nil }.joined()) }

    /// The sets of identifiers that would name one entity, with those that depend on their values.
    private var strongSets: [[String]] {
        var sets = kind.strongSets
        if kind == .account, let sid = identifiers["Sid"], !Entity.isBuiltIn(sid: sid) { sets.append(["Sid"]) }
        if kind == .ip, let address = identifiers["Address"], IPScope(address: address) == .global {
            sets.append(["Address"])
        }
        return sets
    }

    /// The one text that tells this entity from others: its first strong key, else all its identifiers.
    public var identityKey: String {
        keys.strong.first ?? key(identifiers.keys.sorted()) ?? kind.rawValue
    }

    /// Do both name the same thing, as far as one can tell? They share a strong key, or a weak one while no
    /// identifier that both have differs.
    public func matches(_ other: Entity) -> Bool {
        guard kind == other.kind else { return false }
        let mine = keys
        let theirs = other.keys
        if !Set(mine.strong).isDisjoint(with: theirs.strong) { return true }
        guard !Set(mine.all).isDisjoint(with: theirs.all) else { return false }
        let distinguishing = Set((kind.strongSets + kind.weakSets).joined())
        return distinguishing.allSatisfy { name in
            guard let left = identifiers[name], let right = other.identifiers[name] else { return true }
            return left.lowercased() == right.lowercased()
        }
    }

    private func key(_ names: [String]) -> String? {
        guard !names.isEmpty else { return nil }
        var text = kind.rawValue
        for name in names {
            guard let value = identifiers[name] else { return nil }
            text += "|" + name + "=" + value.lowercased()
        }
        return text
    }

    /// The well-known security identifiers that mean another account on each machine.
    static func isBuiltIn(sid: String) -> Bool {
        let sid = sid.uppercased()
        return !sid.hasPrefix("S-1-5-21-") && !sid.hasPrefix("S-1-12-1-")
    }
}

extension EntityKind {
    /// Sets of identifiers each of which names one entity. Accounts' SIDs and addresses depend on their values and are
    /// decided apart.
    fileprivate var strongSets: [[String]] { Self.strong[self] ?? [] }

    fileprivate var weakSets: [[String]] { Self.weak[self] ?? [] }

    // Asked for with every entity of every alert, so they are made once.
    private static let strong = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.listedStrongSets) })
    private static let weak = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.listedWeakSets) })

    private var listedStrongSets: [[String]] {
        switch self {
        case .account:
            [
                ["AadUserId"], ["ObjectGuid"], ["PUID"], ["Name", "UPNSuffix"], ["Name", "NTDomain"],
                ["Name", "DnsDomain"],
            ]
        case .host:
            [
                ["AzureID"], ["OMSAgentID"], ["HostName", "DnsDomain"], ["HostName", "NTDomain"],
                ["NetBiosName", "DnsDomain"], ["NetBiosName", "NTDomain"],
            ]
        case .ip: [["Address", "AddressScope"]]
        case .url: [["Url"]]
        case .azureResource: [["ResourceId"]]
        case .cloudApplication: [["AppId"], ["Name"]]
        case .dns: [["DomainName"]]
        case .file: [["Name", "Directory"]]
        case .fileHash: [["Algorithm", "Value"]]
        case .malware: [["Name", "Category"]]
        case .process: [["ProcessId", "CreationTimeUtc", "CommandLine"]]
        case .registryKey: [["Hive", "Key"]]
        case .registryValue: [["Key", "Name"]]
        case .securityGroup: [["SID"], ["ObjectGuid"], ["DistinguishedName"]]
        case .ioTDevice: [["Source", "DeviceId"]]
        case .mailbox: [["MailboxPrimaryAddress"]]
        case .mailCluster: [["Query", "Source"]]
        case .mailMessage: [["NetworkMessageId", "Recipient"]]
        case .submissionMail: [["SubmissionId", "Submitter", "NetworkMessageId", "Recipient"]]
        }
    }

    private var listedWeakSets: [[String]] {
        switch self {
        case .account: [["Name"], ["Sid"]]
        case .host: [["HostName"], ["NetBiosName"]]
        case .ip: [["Address"]]
        case .file, .malware, .registryValue: [["Name"]]
        case .process: [["ProcessId", "CommandLine"], ["CommandLine"], ["ProcessId"]]
        case .ioTDevice: [["DeviceId"]]
        case .mailMessage: [["NetworkMessageId"]]
        default: []
        }
    }
}
