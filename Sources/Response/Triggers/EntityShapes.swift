internal import Casebook
internal import JSON
internal import Vocabulary

/// The shapes in which playbooks see entities: REST resources (`accountName`) and alert entities (`Name`).
enum EntityShapes {
    /// `{id, name, type, kind, properties}`.
    static func resource(_ known: KnownEntity, _ workspace: ResponseWorkspace) -> JSON {
        var properties: JSONObject = ["friendlyName": .string(known.friendlyName)]
        for (identifier, value) in known.entity.identifiers.sorted(by: { $0.key < $1.key }) {
            properties[restName(identifier, of: known.kind)] = typed(identifier, value)
        }
        return [
            "id": .string("\(workspace.insightsPath)/Entities/\(known.id)"), "name": .string(known.id.rawValue),
            "type": "Microsoft.SecurityInsights/Entities", "kind": .string(known.kind.restKind),
            "properties": .object(properties),
        ]
    }

    /// `{Type, Name, …}`.
    static func alertEntity(_ entity: Entity) -> JSON {
        var members: JSONObject = ["Type": .string(entity.kind.alertType)]
        for (identifier, value) in entity.identifiers.sorted(by: { $0.key < $1.key }) {
            members[identifier] = typed(identifier, value)
        }
        return .object(members)
    }

    /// An entity in either shape with only the wanted identifiers, as far as it has them; nil for another kind.
    static func flattened(_ json: JSON, kind: EntityKind, identifiers: [String]) -> JSON? {
        let named = json["kind"] ?? json["Kind"] ?? json["Type"] ?? json["type"]
        guard let text = named?.stringValue, EntityKind(lenient: text) == kind else { return nil }
        let source = (json["properties"] ?? json["Properties"] ?? json).objectValue ?? [:]
        let folded = Dictionary(source.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })
        var members = JSONObject()
        for identifier in identifiers {
            let candidates = [identifier.lowercased(), restName(identifier, of: kind).lowercased()]
            members[identifier] = candidates.lazy.compactMap { folded[$0] }.first { !$0.isNull }
        }
        return members.isEmpty ? nil : .object(members)
    }

    private static func typed(_ identifier: String, _ value: String) -> JSON {
        guard identifier == "IsDomainJoined" else { return .string(value) }
        return .bool(value.lowercased() == "true")
    }

    /// The property name of an identifier over REST.
    static func restName(_ identifier: String, of kind: EntityKind) -> String {
        switch (kind, identifier) {
        case (.account, "Name"): "accountName"
        case (.cloudApplication, "Name"): "appName"
        case (.malware, "Name"): "malwareName"
        case (.file, "Name"): "fileName"
        case (.fileHash, "Value"): "hashValue"
        case (.registryValue, "Name"): "valueName"
        case (.registryValue, "Value"): "valueData"
        default: lowerCamel(identifier)
        }
    }

    /// `NTDomain` → `ntDomain`, `UPNSuffix` → `upnSuffix`, `Sid` → `sid`.
    private static func lowerCamel(_ name: String) -> String {
        let run = name.prefix { $0.isUppercase }.count
        let lowered = run <= 1 ? run : run == name.count ? run : run - 1
        return name.prefix(lowered).lowercased() + name.dropFirst(lowered)
    }
}
