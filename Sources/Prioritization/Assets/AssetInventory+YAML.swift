internal import Casebook
internal import Vocabulary

extension AssetInventory {
    /// Reads an inventory:
    ///
    ///     assets:
    ///       - {kind: host, names: [srv-dc01, srv-dc01.corp.example], tags: [domain-controller], sensitivity: critical}
    ///     rules:
    ///       - {name: Databases, match: {kind: host, name: "sql-*"}, sensitivity: high, tags: [database]}
    ///
    /// - Throws: `ContentFault` with file, line and column.
    public init(yaml text: String, file: String) throws(ContentFault) {
        guard let root = try YAMLPlace.root(of: text, file: file) else {
            self.init()
            return
        }
        let members = try root.members(allowed: ["assets", "rules"])
        var assets: [Asset] = []
        for place in try members["assets"]?.elements() ?? [] { assets.append(try Asset(place)) }
        var rules: [AssetRule] = []
        for place in try members["rules"]?.elements() ?? [] { rules.append(try AssetRule(place)) }
        self.init(assets: assets, rules: rules)
    }
}

extension Asset {
    fileprivate init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: ["kind", "name", "names", "tags", "sensitivity", "owner"])
        guard let kind = members["kind"] else { throw place.fault("an asset needs its kind, such as 'kind: host'") }
        var names: [String] = []
        if let name = members["name"] { names.append(try name.text()) }
        if let more = members["names"] { names += try more.texts() }
        guard !names.isEmpty else { throw place.fault("an asset needs a name; add 'name:' or 'names:'") }
        self.init(
            kind: try kind.entityKind(), names: names, tags: try members["tags"]?.texts() ?? [],
            sensitivity: try members["sensitivity"]?.sensitivity(), owner: try members["owner"]?.text() ?? "")
    }
}

extension AssetRule {
    fileprivate init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: ["name", "match", "tags", "sensitivity", "owner"])
        guard let match = members["match"] else {
            throw place.fault("a rule needs 'match:' with a kind, a name pattern or a tag")
        }
        let conditions = try match.members(allowed: ["kind", "name", "tag"])
        guard !conditions.isEmpty else { throw match.fault("give a kind, a name pattern or a tag here") }
        let pattern = try conditions["name"]?.text()
        let tag = try conditions["tag"]?.text()
        self.init(
            name: try members["name"]?.text() ?? pattern ?? tag ?? "rule", kind: try conditions["kind"]?.entityKind(),
            namePattern: pattern, tag: tag, tags: try members["tags"]?.texts() ?? [],
            sensitivity: try members["sensitivity"]?.sensitivity(), owner: try members["owner"]?.text() ?? "")
    }
}

extension YAMLPlace {
    fileprivate func entityKind() throws(ContentFault) -> EntityKind {
        let text = try text()
        guard let kind = EntityKind(lenient: text) else {
            throw fault("'\(text)' is no kind of asset; write host, account, ip, azureResource, cloudApplication…")
        }
        return kind
    }

    fileprivate func sensitivity() throws(ContentFault) -> Sensitivity {
        let text = try text()
        guard let sensitivity = Sensitivity(lenient: text) else {
            throw fault("'\(text)' is no sensitivity; write low, medium, high or critical")
        }
        return sensitivity
    }
}
