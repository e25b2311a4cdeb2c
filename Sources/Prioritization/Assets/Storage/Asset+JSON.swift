public import JSON
internal import Vocabulary

extension Asset {
    /// The asset as it is stored and as the API carries it; empty members are left out.
    public var json: JSON {
        var members: JSONObject = ["kind": .string(kind.rawValue), "names": .array(names.map { .string($0) })]
        func add(_ name: String, _ texts: [String]) {
            if !texts.isEmpty { members[name] = .array(texts.map { .string($0) }) }
        }
        func add(_ name: String, _ text: String) {
            if !text.isEmpty { members[name] = .string(text) }
        }
        add("tags", tags)
        add("sensitivity", sensitivity?.rawValue ?? "")
        add("owner", owner)
        if !identifiers.isEmpty {
            members["identifiers"] = .object(
                JSONObject(uniqueKeysWithValues: identifiers.sorted { $0.key < $1.key }.map { ($0, .string($1)) }))
        }
        add("resourceId", resourceID)
        add("addresses", addresses)
        add("type", type)
        add("location", location)
        if !links.isEmpty {
            members["links"] = .array(
                links.map { link in
                    [
                        "relation": .string(link.relation.rawValue), "kind": .string(link.kind.rawValue),
                        "name": .string(link.name),
                    ]
                })
        }
        return .object(members)
    }

    /// Reads what `json` writes.
    ///
    /// - Throws: `PrioritizationError` with code `invalidField` and the field's name.
    public init(json: JSON) throws(PrioritizationError) {
        func fault(_ field: String, _ message: String) -> PrioritizationError {
            PrioritizationError(.invalidField, field: field, message)
        }
        guard let members = json.objectValue else { throw fault("", "an asset is an object") }
        let known: Set<String> = [
            "kind", "names", "tags", "sensitivity", "owner", "identifiers", "resourceId", "addresses", "type",
            "location",
            "links",
        ]
        if let stray = members.keys.first(where: { !known.contains($0) }) {
            throw fault(
                stray, "there is no '\(stray)' in an asset; known are \(known.sorted().joined(separator: ", "))")
        }
        func texts(_ field: String) throws(PrioritizationError) -> [String] {
            guard let value = members[field], !value.isNull else { return [] }
            guard let array = value.arrayValue, array.count <= 1_000 else {
                throw fault(field, "'\(field)' is a list of at most 1,000 texts")
            }
            let texts = array.compactMap(\.stringValue).filter { !$0.isEmpty && $0.utf8.count <= 2_048 }
            guard texts.count == array.count else {
                throw fault(field, "'\(field)' holds texts of 1 to 2,048 bytes only")
            }
            return texts
        }
        func text(_ field: String) throws(PrioritizationError) -> String {
            guard let value = members[field], !value.isNull else { return "" }
            guard let text = value.stringValue, text.utf8.count <= 2_048 else {
                throw fault(field, "'\(field)' is a text of at most 2,048 bytes")
            }
            return text
        }
        guard let kind = EntityKind(lenient: try text("kind")) else {
            throw fault("kind", "'kind' is host, account, ip, azureResource, securityGroup…")
        }
        let names = try texts("names")
        guard !names.isEmpty else { throw fault("names", "an asset needs a name") }
        self.init(
            kind: kind, names: names, tags: try texts("tags"), owner: try text("owner"),
            resourceID: try text("resourceId"), addresses: try texts("addresses"), type: try text("type"),
            location: try text("location"))
        let level = try text("sensitivity")
        if !level.isEmpty {
            guard let sensitivity = Sensitivity(lenient: level) else {
                throw fault("sensitivity", "'\(level)' is no sensitivity; write low, medium, high or critical")
            }
            self.sensitivity = sensitivity
        }
        for (name, value) in members["identifiers"]?.objectValue ?? [:] {
            guard let text = value.stringValue, text.utf8.count <= 2_048 else {
                throw fault("identifiers.\(name)", "an identifier is a text of at most 2,048 bytes")
            }
            identifiers[name] = text
        }
        for link in members["links"]?.arrayValue ?? [] {
            guard let relation = link["relation"]?.stringValue.flatMap(AssetRelation.init(rawValue:)),
                let kind = link["kind"]?.stringValue.flatMap({ EntityKind(lenient: $0) }),
                let name = link["name"]?.stringValue, !name.isEmpty
            else {
                throw fault(
                    "links",
                    "a link has a relation (\(AssetRelation.allCases.map(\.rawValue).joined(separator: ", "))), a kind and a name"
                )
            }
            links.append(AssetLink(relation, kind, name))
        }
    }
}
