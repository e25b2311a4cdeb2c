internal import Sigma

/// Finds the rules inside what Azure exports: ARM templates, lists and single resources of the API.
enum RuleResources {
    private static let deepest = 20

    /// The rules' fields, with `kind` and `id` beside the properties; nil when the document is a rule itself.
    static func fields(in document: YAMLMapping) -> [(fields: YAMLMapping, position: SigmaPosition)]? {
        guard document["query"] == nil,
            document["properties"]?.mapping != nil || document["resources"] != nil
                || document["value"]?.sequence != nil
        else { return nil }
        var found: [(YAMLMapping, SigmaPosition)] = []
        collect(document, at: SigmaPosition(file: ""), into: &found, depth: 0)
        return found
    }

    private static func collect(
        _ mapping: YAMLMapping, at position: SigmaPosition, into found: inout [(YAMLMapping, SigmaPosition)], depth: Int
    ) {
        guard depth < deepest else { return }
        if let properties = mapping["properties"], let inside = properties.mapping, isRule(mapping) {
            found.append((flat(mapping, inside), properties.position))
            return
        }
        for (key, value) in mapping.members where ["resources", "value", "properties", "mainTemplate"].contains(key) {
            if let inner = value.mapping { collect(inner, at: value.position, into: &found, depth: depth + 1) }
            for element in value.sequence ?? [] {
                if let inner = element.mapping { collect(inner, at: element.position, into: &found, depth: depth + 1) }
            }
        }
    }

    /// A resource whose type is that of rules or their templates; one without a type is told by its kind.
    private static func isRule(_ mapping: YAMLMapping) -> Bool {
        guard mapping["kind"]?.text != nil else { return false }
        guard let type = mapping["type"]?.text?.lowercased() else { return true }
        return ["alertrules", "alertruletemplates"].contains { type.hasSuffix($0) }
    }

    private static func flat(_ resource: YAMLMapping, _ properties: YAMLMapping) -> YAMLMapping {
        var members = properties.members.map { (key: $0.key, value: unescaped($0.value)) }
        if let kind = resource["kind"] { members.append((key: "kind", value: kind)) }
        let named = [resource["name"], resource["id"], properties["alertRuleTemplateName"]].compactMap(\.self)
        for value in named where properties["id"] == nil {
            guard let id = value.text.flatMap(identifier) else { continue }
            members.append((key: "id", value: YAMLValue(content: .scalar(id), position: value.position)))
            break
        }
        return YAMLMapping(members: members)
    }

    /// The last GUID in a name such as `[concat(parameters('workspace'),'/Microsoft.SecurityInsights/GUID')]`, or a plain
    /// name.
    private static func identifier(_ text: String) -> String? {
        let words = text.split { !($0.isHexDigit || $0 == "-") }.map(String.init)
        if let id = words.last(where: { StableIdentifier.isGUID($0) }) { return id }
        return text.contains { "[/ ".contains($0) } ? nil : text
    }

    /// Texts without the second bracket that ARM templates put before a bracket.
    private static func unescaped(_ value: YAMLValue) -> YAMLValue {
        var result = value
        switch value.content {
        case .scalar(let text) where text.hasPrefix("[["): result.content = .scalar(String(text.dropFirst()))
        case .sequence(let values): result.content = .sequence(values.map(unescaped))
        case .mapping(let mapping):
            result.content = .mapping(
                YAMLMapping(members: mapping.members.map { (key: $0.key, value: unescaped($0.value)) }))
        default: break
        }
        return result
    }
}
