public import Casebook
internal import Vocabulary

/// The organisation's assets with what is known about each: an index for looking entities up while they are scored.
///
/// It does not change; whoever keeps assets makes a new one when they have changed.
public struct AssetInventory: Sendable {
    /// What was given, then what their links imply: containers and groups that nobody listed.
    public let assets: [Asset]
    public let policy: AssetPolicy
    private let index: AssetIndex
    private let rules: [PreparedRule]
    private let watchlists: AssetWatchlists
    private let graph: AssetGraph
    private let own: [OwnVerdict?]
    private let flow: SensitivityFlow
    private let reached = Remembered<[Int], AssetReach>()
    private let profiles = Remembered<ProfileSubject, AssetProfile>()

    public static let empty = AssetInventory()

    public init(
        assets: [Asset] = [], policy: AssetPolicy = AssetPolicy(), watchlists: AssetWatchlists = AssetWatchlists()
    ) {
        let assets = AssetIndex.withImplied(assets)
        self.assets = assets
        self.policy = policy
        self.watchlists = watchlists
        let rules = policy.rules.map(PreparedRule.init)
        self.rules = rules
        let index = AssetIndex(assets)
        self.index = index
        graph = AssetGraph(
            links: assets.enumerated().map { position, asset in
                asset.allLinks.flatMap { link in
                    index.positions(of: link.target).filter { $0 != position }
                        .map { AssetGraph.Edge(relation: link.relation, target: $0) }
                }
            })
        own = assets.map { asset in
            let subject = RuleSubject(asset, index: index, policy: policy, watchlists: watchlists)
            return OwnVerdict(asset, subject, rules)
        }
        flow = SensitivityFlow(
            graph, own: own.map { $0?.level }, isFixed: assets.map { $0.sensitivity != nil },
            inheritance: policy.inheritance)
    }

    public init(assets: [Asset] = [], rules: [AssetRule]) {
        self.init(assets: assets, policy: AssetPolicy(rules: rules))
    }

    /// Both inventories' assets and rules.
    public func merging(_ other: AssetInventory) -> AssetInventory {
        AssetInventory(
            assets: assets + other.assets, policy: policy.merging(other.policy), watchlists: watchlists)
    }

    /// What is known about the asset at a position of `assets`.
    public func profile(at position: Int) -> AssetProfile {
        let asset = assets[position]
        return profile(ProfileSubject(kind: asset.kind, name: asset.name, names: asset.allNames, known: [position]))
    }

    /// What is known about an entity; nil when nothing.
    ///
    /// The level that an asset states for itself counts before what rules say and what is handed on to it; of these the
    /// highest counts.
    public func profile(of entity: Entity) -> AssetProfile? {
        let known = index.positions(of: entity)
        let name = known.first.map { assets[$0].name } ?? entity.friendlyName
        let names = entity.allNames + known.flatMap { assets[$0].allNames }
        let profile = profile(ProfileSubject(kind: entity.kind, name: name, names: names, known: known))
        return known.isEmpty && profile.explanation.isEmpty && profile.tags.isEmpty && profile.owner.isEmpty
            ? nil : profile
    }

    /// What the assets of these entities can get at beyond themselves.
    public func reach(of entities: some Sequence<Entity>) -> AssetReach {
        let starts = Set(entities.flatMap { index.positions(of: $0) }).sorted()
        guard !starts.isEmpty else { return .none }
        return reached.value(of: starts) {
            let (positions, isCut) = graph.reach(from: starts)
            let ranked = positions.map { ($0, level(at: $0)) }.filter { ($0.1 ?? .low) >= .high }
                .sorted { ($1.1 ?? .low, assets[$0.0].name) < ($0.1 ?? .low, assets[$1.0].name) }
            return AssetReach(
                count: positions.count,
                foremost: ranked.prefix(3).map { .init(name: assets[$0.0].name, sensitivity: $0.1) }, isCut: isCut)
        }
    }

    /// The positions of the assets that an entity may mean.
    public func positions(of entity: Entity) -> [Int] { index.positions(of: entity) }

    private func level(at position: Int) -> Sensitivity? {
        assets[position].sensitivity ?? flow.result(at: position)?.level
    }

    private func profile(_ asked: ProfileSubject) -> AssetProfile {
        profiles.value(of: asked) { worked(out: asked) }
    }

    private func worked(out asked: ProfileSubject) -> AssetProfile {
        let known = asked.known
        var subject = RuleSubject(kind: asked.kind, names: asked.names, tags: [])
        for position in known {
            for tag in assets[position].tags where !subject.tags.contains(tag) { subject.tags.append(tag) }
            if subject.type.isEmpty { subject.type = assets[position].type }
            if subject.location.isEmpty { subject.location = assets[position].location }
            subject.groups += index.groups(of: assets[position])
        }
        subject.watchlists = watchlists.holding(asked.names)
        subject.parts = NameParts(asked.names, kind: asked.kind, policy: policy)
        let stated = known.compactMap { position in assets[position].sensitivity.map { (position, $0) } }
            .max { $0.1 < $1.1 }
        var owner = known.map { assets[$0].owner }.first { !$0.isEmpty } ?? ""
        var best: (level: Sensitivity, explanation: String)?
        for rule in rules {
            guard let evidence = rule.evidence(for: subject) else { continue }
            for tag in rule.rule.tags where !subject.tags.contains(tag) { subject.tags.append(tag) }
            if owner.isEmpty { owner = rule.rule.owner }
            if let level = rule.rule.sensitivity, level > best?.level ?? .low || best == nil {
                best = (level, "\(evidence), by rule \(rule.rule.name)")
            }
        }
        if let (position, level) = stated {
            best = (level, "stated for \(assets[position].name)")
        } else {
            for position in known {
                guard let result = flow.result(at: position), !result.hops.isEmpty,
                    result.level > best?.level ?? .low
                        || best == nil
                else { continue }
                best = (result.level, words(for: result))
            }
        }
        return AssetProfile(
            name: asked.name, kind: asked.kind, sensitivity: best?.level, tags: subject.tags, owner: owner,
            explanation: best.map { "\($0.level.rawValue): \($0.explanation)" } ?? "", parts: subject.parts)
    }

    /// How a level came to an asset, from where it was given.
    private func words(for result: SensitivityFlow.Result) -> String {
        let origin = assets[result.origin]
        var text = own[result.origin].map { "\($0.evidence) on \(origin.typeWord) \(origin.name)\($0.rule)" } ?? ""
        for hop in result.hops.reversed() {
            let (asset, from) = (assets[hop.position].name, assets[hop.from].name)
            switch hop.kind {
            case .holds: text += "; \(asset) holds \(from)"
            case .inherits(.within): text += "; \(asset) lies in \(from)"
            case .inherits(.memberOf): text += "; \(asset) is a member of \(from)"
            case .inherits(.ownedBy): text += "; \(asset) belongs to \(from)"
            case .inherits(.administers): text += "; \(asset) administers \(from)"
            case .inherits(.actsAs): text += "; \(asset) acts as \(from)"
            }
        }
        return text
    }
}

/// Something whose profile is asked for, by all that the profile hangs on besides the inventory.
private struct ProfileSubject: Hashable {
    var kind: EntityKind
    var name: String
    /// What patterns are held against.
    var names: [String]
    /// The positions of the assets that it may be.
    var known: [Int]
}

/// The level that an asset has by itself, and why.
private struct OwnVerdict: Sendable {
    var level: Sensitivity
    var evidence: String
    /// `, by rule production`; empty when its source states the level.
    var rule: String

    init?(_ asset: Asset, _ subject: RuleSubject, _ rules: [PreparedRule]) {
        if let level = asset.sensitivity {
            self.init(level: level, evidence: "stated", rule: "")
            return
        }
        var subject = subject
        var best: OwnVerdict?
        for rule in rules {
            guard let evidence = rule.evidence(for: subject) else { continue }
            for tag in rule.rule.tags where !subject.tags.contains(tag) { subject.tags.append(tag) }
            if let level = rule.rule.sensitivity, level > best?.level ?? .low || best == nil {
                best = OwnVerdict(level: level, evidence: evidence, rule: ", by rule \(rule.rule.name)")
            }
        }
        guard let best else { return nil }
        self = best
    }

    private init(level: Sensitivity, evidence: String, rule: String) {
        self.level = level
        self.evidence = evidence
        self.rule = rule
    }
}

extension RuleSubject {
    fileprivate init(_ asset: Asset, index: AssetIndex, policy: AssetPolicy, watchlists: AssetWatchlists) {
        let names = asset.allNames
        self.init(
            kind: asset.kind, names: names, tags: asset.tags, type: asset.type, location: asset.location,
            groups: index.groups(of: asset), parts: NameParts(names, kind: asset.kind, policy: policy),
            watchlists: watchlists.holding(names))
    }
}

extension NameParts {
    /// What the first name says that follows a convention for its kind.
    fileprivate init?(_ names: [String], kind: EntityKind, policy: AssetPolicy) {
        for convention in policy.conventions where convention.kinds.isEmpty || convention.kinds.contains(kind) {
            for name in names {
                guard let parts = convention.parts(of: name, vocabularies: policy.vocabularies) else { continue }
                self = parts
                return
            }
        }
        return nil
    }
}

extension Asset {
    /// All links, that to its owner among them.
    fileprivate var allLinks: [AssetLink] {
        owner.isEmpty || links.contains { $0.relation == .ownedBy }
            ? links : links + [AssetLink(.ownedBy, .account, owner)]
    }

    /// The names that patterns and watchlists are held against.
    fileprivate var allNames: [String] {
        var names = self.names
        for entity in entities {
            for name in entity.allNames where !names.contains(name) { names.append(name) }
        }
        return names
    }

    /// `resource group`, `subscription`, else the kind in words.
    fileprivate var typeWord: String {
        switch type.lowercased() {
        case "microsoft.resources/subscriptions/resourcegroups": "resource group"
        case "microsoft.resources/subscriptions": "subscription"
        case "microsoft.management/managementgroups": "management group"
        default:
            switch kind {
            case .securityGroup: "group"
            case .azureResource: "resource"
            default: kind.rawValue.lowercased()
            }
        }
    }
}

extension Entity {
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
        for identifier in ["AzureID", "ResourceId", "Sid", "AadUserId", "ObjectGuid", "SID"] {
            if let value = identifiers[identifier] { names.append(value) }
        }
        return names
    }
}
