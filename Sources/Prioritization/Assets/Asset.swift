public import Casebook
public import Vocabulary

/// A machine, account, address, cloud resource or other thing of the organisation.
public struct Asset: Sendable, Hashable {
    public var kind: EntityKind
    /// All names and identifiers under which events may name it; the first is the one to show.
    public var names: [String]
    /// Words, or `name=value` as clouds write their tags.
    public var tags: [String]
    /// What its source states; nil: what the rules of the inventory say, else nothing.
    public var sensitivity: Sensitivity?
    /// Who answers for it, in words or as an account's name.
    public var owner: String
    /// Further identifiers of its kind: `AzureID`, `AadUserId`, `Sid`, `DnsDomain`…
    public var identifiers: [String: String]
    /// The id of the cloud resource that it is: an Azure resource id or an Amazon resource name (ARN).
    public var resourceID: String
    /// Addresses under which it is met.
    public var addresses: [String]
    /// The type in its cloud's words: `microsoft.compute/virtualmachines`, `AWS::EC2::Instance`.
    public var type: String
    public var location: String
    /// What it lies in, belongs to and has power over.
    public var links: [AssetLink]

    public init(
        kind: EntityKind, names: [String], tags: [String] = [], sensitivity: Sensitivity? = nil, owner: String = "",
        identifiers: [String: String] = [:], resourceID: String = "", addresses: [String] = [], type: String = "",
        location: String = "", links: [AssetLink] = []
    ) {
        self.kind = kind
        self.names = names
        self.tags = tags
        self.sensitivity = sensitivity
        self.owner = owner
        self.identifiers = identifiers
        self.resourceID = resourceID
        self.addresses = addresses
        self.type = type
        self.location = location
        self.links = links
    }

    /// The name to show.
    public var name: String {
        names.first ?? entities.first?.friendlyName ?? resourceID
    }

    /// The entities by which alerts may mean this asset.
    public var entities: [Entity] {
        var all = names.map { Entity(kind: kind, name: $0) }
        if !identifiers.isEmpty { all.append(Entity(kind: kind, identifiers: identifiers)) }
        if !resourceID.isEmpty {
            all.append(Entity(kind: .azureResource, identifiers: ["ResourceId": resourceID]))
            if kind == .host { all.append(Entity(kind: .host, identifiers: ["AzureID": resourceID])) }
        }
        all += addresses.map { Entity(kind: .ip, identifiers: ["Address": $0]) }
        return all
    }

    /// The names of the groups that it is a member of.
    public var groups: [String] { links.filter { $0.relation == .memberOf }.map(\.name) }
}

/// How an asset stands to another one.
public enum AssetRelation: String, Sendable, Hashable, CaseIterable {
    /// Lies in a resource group, subscription, cloud account, organisational unit.
    case within
    case memberOf
    /// Belongs to an account.
    case ownedBy
    /// Has power over a resource and all that lies in it.
    case administers
    /// Works under an account, as a machine with a managed identity does.
    case actsAs
}

/// A relation of an asset to another one that is named in its source's words.
public struct AssetLink: Sendable, Hashable {
    public var relation: AssetRelation
    public var kind: EntityKind
    /// A name or identifier of the other asset.
    public var name: String

    public init(_ relation: AssetRelation, _ kind: EntityKind, _ name: String) {
        self.relation = relation
        self.kind = kind
        self.name = name
    }

    /// The entity that the other asset is looked up by.
    var target: Entity { Entity(kind: kind, name: name) }
}

extension AssetLink {
    /// A link to what a text names: `/subscriptions/…` and `arn:…` are resources, `account:alice` says the kind itself.
    public init(_ relation: AssetRelation, named text: String, else kind: EntityKind) {
        if let colon = text.firstIndex(of: ":"), let stated = EntityKind(lenient: text[..<colon]) {
            self.init(relation, stated, String(text[text.index(after: colon)...]))
        } else if text.hasPrefix("/") || text.hasPrefix("arn:") {
            self.init(relation, .azureResource, text)
        } else {
            self.init(relation, kind, text)
        }
    }
}

extension Entity {
    /// The entity that a single name or identifier means.
    init(kind: EntityKind, name: String) {
        let isSID = name.uppercased().hasPrefix("S-1-")
        let isGUID = name.isGUID
        let identifier =
            switch kind {
            case .account: isSID ? "Sid" : isGUID ? "AadUserId" : "FullName"
            case .host: name.hasPrefix("/") ? "AzureID" : "FullName"
            case .ip: "Address"
            case .url: "Url"
            case .azureResource: "ResourceId"
            case .dns: "DomainName"
            case .mailbox: "MailboxPrimaryAddress"
            case .securityGroup: isSID ? "SID" : isGUID ? "ObjectGuid" : "DistinguishedName"
            case .ioTDevice: "DeviceId"
            default: "Name"
            }
        self.init(kind: kind, identifiers: [identifier: name])
    }
}

extension String {
    /// Has the form `8-4-4-4-12` of hexadecimal digits.
    var isGUID: Bool {
        let parts = split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.joined().allSatisfy(\.isHexDigit)
    }
}
