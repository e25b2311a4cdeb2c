public import Casebook
internal import Vocabulary

/// The organisation's assets, and rules for whole groups of them.
public struct AssetInventory: Sendable {
    public let assets: [Asset]
    public let rules: [AssetRule]
    private let positions: [String: [Int]]
    private let entities: [[Entity]]
    private let patterns: [NamePattern?]

    public static let empty = AssetInventory()

    public init(assets: [Asset] = [], rules: [AssetRule] = []) {
        self.assets = assets
        self.rules = rules
        entities = assets.map { asset in asset.names.map { Entity(kind: asset.kind, name: $0) } }
        patterns = rules.map { $0.namePattern.map(NamePattern.init) }
        var positions: [String: [Int]] = [:]
        for (position, named) in entities.enumerated() {
            for key in Set(named.flatMap(\.lookupKeys)) { positions[key, default: []].append(position) }
        }
        self.positions = positions
    }

    /// Both inventories' assets and rules.
    public func merging(_ other: AssetInventory) -> AssetInventory {
        AssetInventory(assets: assets + other.assets, rules: rules + other.rules)
    }

    /// What the inventory knows about an entity; nil when nothing.
    ///
    /// The assets' own words come first, then the rules in their order; the highest sensitivity counts, unless an
    /// asset states its own.
    public func profile(of entity: Entity) -> AssetProfile? {
        let known = assets(matching: entity)
        var tags: [String] = []
        for tag in known.flatMap(\.tags) where !tags.contains(tag) { tags.append(tag) }
        var sensitivity = known.compactMap(\.sensitivity).max()
        let isStated = sensitivity != nil
        var owner = known.map(\.owner).first { !$0.isEmpty } ?? ""
        let names = entity.allNames + known.flatMap(\.names)
        var isKnown = !known.isEmpty
        for (rule, pattern) in zip(rules, patterns) where rule.fits(entity.kind, names: names, tags: tags, pattern) {
            isKnown = true
            for tag in rule.tags where !tags.contains(tag) { tags.append(tag) }
            if !isStated { sensitivity = [sensitivity, rule.sensitivity].compactMap { $0 }.max() }
            if owner.isEmpty { owner = rule.owner }
        }
        guard isKnown else { return nil }
        let name = known.first?.names.first ?? entity.friendlyName
        return AssetProfile(name: name, sensitivity: sensitivity, tags: tags, owner: owner)
    }

    private func assets(matching entity: Entity) -> [Asset] {
        let candidates = Set(entity.lookupKeys.flatMap { positions[$0] ?? [] }).sorted()
        return candidates.filter { entities[$0].contains { $0.matches(entity) } }.map { assets[$0] }
    }
}

extension AssetRule {
    fileprivate func fits(_ kind: EntityKind, names: [String], tags: [String], _ pattern: NamePattern?) -> Bool {
        if let wanted = self.kind, wanted != kind { return false }
        if let tag, !tags.contains(where: { $0.lowercased() == tag.lowercased() }) { return false }
        if let pattern { return names.contains(where: pattern.matches) }
        return tag != nil || self.kind != nil
    }
}

extension Entity {
    /// The entity that a single name means.
    init(kind: EntityKind, name: String) {
        let isSID = name.hasPrefix("S-1-")
        let identifier =
            switch kind {
            case .account: isSID ? "Sid" : "FullName"
            case .host: "FullName"
            case .ip: "Address"
            case .url: "Url"
            case .azureResource: "ResourceId"
            case .dns: "DomainName"
            case .mailbox: "MailboxPrimaryAddress"
            case .securityGroup: isSID ? "SID" : "DistinguishedName"
            case .ioTDevice: "DeviceId"
            default: "Name"
            }
        self.init(kind: kind, identifiers: [identifier: name])
    }

    /// Keys that two entities which match have in common: their weak and strong keys.
    fileprivate var lookupKeys: [String] { keys.all }

    /// The names that patterns are held against.
    fileprivate var allNames: [String] {
        var names = [friendlyName]
        if let host = identifiers["HostName"], let domain = identifiers["DnsDomain"] {
            names.append("\(host).\(domain)")
        }
        if let name = identifiers["Name"] {
            names.append(name)
            if let domain = identifiers["NTDomain"] { names.append("\(domain)\\\(name)") }
            if let suffix = identifiers["UPNSuffix"] { names.append("\(name)@\(suffix)") }
        }
        for identifier in ["AzureID", "ResourceId", "Sid", "AadUserId"] {
            if let value = identifiers[identifier] { names.append(value) }
        }
        return names
    }
}
