internal import Vocabulary

extension AssetInventory {
    /// Reads assets with the policy for them:
    ///
    ///     assets:
    ///       - {kind: host, names: [srv-dc01, srv-dc01.corp.example], tags: [domain-controller], sensitivity: critical}
    ///     rules:
    ///       - {name: Databases, match: {kind: host, name: "sql-*"}, sensitivity: high, tags: [database]}
    ///       - {name: Crown jewels, match: {watchlist: HighValueAssets}, sensitivity: critical}
    ///     vocabularies:
    ///       environment: {production: [prod, prd], development: [dev]}
    ///     conventions:
    ///       - {name: Ours, pattern: "{type}-{workload}-{environment}[-{instance}]", kinds: [host, azureResource]}
    ///     inheritance: {within: 0, administers: 1}
    ///
    /// - Throws: `ContentFault` with file, line and column.
    public init(yaml text: String, file: String) throws(ContentFault) {
        guard let root = try YAMLPlace.root(of: text, file: file) else {
            self.init()
            return
        }
        let members = try root.members(allowed: ["assets", "rules", "conventions", "vocabularies", "inheritance"])
        var assets: [Asset] = []
        for place in try members["assets"]?.elements() ?? [] { assets.append(try Asset(place)) }
        var policy = AssetPolicy()
        for place in try members["rules"]?.elements() ?? [] { policy.rules.append(try AssetRule(place)) }
        for (part, place) in try members["vocabularies"]?.members(allowed: []) ?? [:] {
            for (meaning, words) in try place.members(allowed: []) {
                policy.vocabularies.add(try words.texts(), meaning: meaning, to: part)
            }
        }
        for place in try members["conventions"]?.elements() ?? [] {
            policy.conventions.append(try NamingConvention(place))
        }
        if let place = members["inheritance"] { policy.inheritance = try place.inheritance() }
        self.init(assets: assets, policy: policy)
    }
}

extension Asset {
    /// Reads one asset of a YAML list.
    init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: [
            "kind", "name", "names", "tags", "sensitivity", "criticality", "owner", "resourceId", "addresses", "type",
            "location", "identifiers", "within", "memberOf", "administers", "actsAs",
        ])
        guard let kind = members["kind"] else { throw place.fault("an asset needs its kind, such as 'kind: host'") }
        var names: [String] = []
        if let name = members["name"] { names.append(try name.text()) }
        if let more = members["names"] { names += try more.texts() }
        guard !names.isEmpty else { throw place.fault("an asset needs a name; add 'name:' or 'names:'") }
        self.init(
            kind: try kind.entityKind(), names: names, tags: try members["tags"]?.texts() ?? [],
            sensitivity: try (members["sensitivity"] ?? members["criticality"])?.sensitivity(),
            owner: try members["owner"]?.text() ?? "", resourceID: try members["resourceId"]?.text() ?? "",
            addresses: try members["addresses"]?.texts() ?? [], type: try members["type"]?.text() ?? "",
            location: try members["location"]?.text() ?? "")
        for (name, value) in try members["identifiers"]?.members(allowed: []) ?? [:] {
            identifiers[name] = try value.text()
        }
        for (member, relation, target) in Asset.linkMembers {
            for name in try members[member]?.texts() ?? [] {
                links.append(AssetLink(relation, named: name, else: target))
            }
        }
    }

    /// The members of a file that name other assets, with the kind that a bare name means.
    static let linkMembers: [(member: String, relation: AssetRelation, kind: EntityKind)] = [
        ("within", .within, .azureResource), ("memberOf", .memberOf, .securityGroup),
        ("administers", .administers, .host), ("actsAs", .actsAs, .account),
    ]
}

extension AssetRule {
    private static let parts: Set<String> = ["workload", "environment", "region", "instance"]

    fileprivate init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: ["name", "match", "tags", "sensitivity", "criticality", "owner"])
        guard let match = members["match"] else {
            throw place.fault("a rule needs 'match:' with a kind, a name pattern, a tag, a group or a watchlist")
        }
        let found = try match.members(
            allowed: AssetRule.parts.union(["kind", "name", "tag", "type", "location", "group", "watchlist", "part"]))
        guard !found.isEmpty else { throw match.fault("give a kind, a name pattern or a tag here") }
        var conditions: [Condition] = []
        if let kinds = found["kind"] {
            conditions.append(.kind(Set(try kinds.texts().map { text throws(ContentFault) in try kinds.kind(text) })))
        }
        if let names = found["name"] { conditions.append(.name(try names.texts())) }
        if let tags = found["tag"] { conditions.append(.tag(try tags.texts())) }
        if let types = found["type"] { conditions.append(.type(try types.texts())) }
        if let locations = found["location"] { conditions.append(.location(try locations.texts())) }
        if let groups = found["group"] { conditions.append(.group(try groups.texts())) }
        if let lists = found["watchlist"] { conditions.append(.watchlist(try lists.texts())) }
        for part in AssetRule.parts.sorted() {
            if let values = found[part] { conditions.append(.part(part, try values.texts())) }
        }
        for (part, values) in try found["part"]?.members(allowed: []) ?? [:] {
            conditions.append(.part(part.lowercased(), try values.texts()))
        }
        let first = try (found["name"] ?? found["tag"] ?? found["group"] ?? found["watchlist"])?.texts().first
        self.init(
            name: try members["name"]?.text() ?? first ?? "rule", conditions: conditions,
            tags: try members["tags"]?.texts() ?? [],
            sensitivity: try (members["sensitivity"] ?? members["criticality"])?.sensitivity(),
            owner: try members["owner"]?.text() ?? "")
    }
}

extension NamingConvention {
    fileprivate init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: ["name", "pattern", "kinds"])
        guard let pattern = members["pattern"] else {
            throw place.fault("a naming convention needs 'pattern:', such as \"{type}-{workload}-{environment}\"")
        }
        let text = try pattern.text()
        var kinds: Set<EntityKind> = []
        for kind in try members["kinds"]?.texts() ?? [] { kinds.insert(try place.kind(kind)) }
        do {
            try self.init(name: try members["name"]?.text() ?? text, pattern: text, kinds: kinds)
        } catch let fault as PatternFault {
            throw pattern.fault("this pattern cannot be used: \(fault.message)")
        } catch let fault as ContentFault {
            throw fault
        } catch {
            throw pattern.fault("this pattern cannot be used: \(error)")
        }
    }
}

extension YAMLPlace {
    func entityKind() throws(ContentFault) -> EntityKind { try kind(try text()) }

    fileprivate func kind(_ text: String) throws(ContentFault) -> EntityKind {
        guard let kind = EntityKind(lenient: text) else {
            throw fault("'\(text)' is no kind of asset; write host, account, ip, azureResource, cloudApplication…")
        }
        return kind
    }

    func sensitivity() throws(ContentFault) -> Sensitivity {
        let text = try text()
        guard let sensitivity = Sensitivity(lenient: text) else {
            throw fault("'\(text)' is no sensitivity; write low, medium, high or critical")
        }
        return sensitivity
    }

    fileprivate func inheritance() throws(ContentFault) -> [AssetRelation: Int] {
        var inheritance: [AssetRelation: Int] = [:]
        let known = Set(AssetRelation.allCases.map(\.rawValue))
        for (name, place) in try members(allowed: known) {
            guard let relation = AssetRelation(rawValue: name) else { continue }
            if try place.text() == "none" { continue }
            let levels = try place.number()
            guard let whole = Int(exactly: levels), (0...3).contains(whole) else {
                throw place.fault("write how many levels are lost, 0 to 3, or none")
            }
            inheritance[relation] = whole
        }
        return inheritance
    }
}
