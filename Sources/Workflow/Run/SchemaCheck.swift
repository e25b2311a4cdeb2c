internal import JSON

/// The part of JSON Schema (draft 4) that ParseJson actions use: type, required, properties, items, enum.
enum SchemaCheck {
    private static let maximumDepth = 64

    /// The first flaw in words, nil when the value fits.
    static func flaw(of value: JSON, schema: JSON, path: String, depth: Int = 0) -> String? {
        guard depth < maximumDepth, case .object(let rules) = schema else { return nil }
        let place = path.isEmpty ? "the value" : "'\(path)'"
        if let type = rules["type"], !fits(value, type) {
            return "\(place) should be of type \(type.interpolated), and is \(value.typeName)"
        }
        if case .array(let allowed)? = rules["enum"], !allowed.contains(value) {
            return "\(place) is none of the allowed values"
        }
        if case .object(let members) = value {
            for name in rules["required"]?.arrayValue ?? [] {
                if let name = name.stringValue, members[name] == nil {
                    return "the required property '\(path.isEmpty ? name : "\(path).\(name)")' is missing"
                }
            }
            for (name, inner) in rules["properties"]?.objectValue ?? [:] {
                guard let member = members[name] else { continue }
                let innerPath = path.isEmpty ? name : "\(path).\(name)"
                if let flaw = flaw(of: member, schema: inner, path: innerPath, depth: depth + 1) { return flaw }
            }
        }
        if case .array(let elements) = value, let items = rules["items"], items.objectValue != nil {
            for (index, element) in elements.enumerated() {
                if let flaw = flaw(of: element, schema: items, path: "\(path)[\(index)]", depth: depth + 1) {
                    return flaw
                }
            }
        }
        return nil
    }

    private static func fits(_ value: JSON, _ type: JSON) -> Bool {
        if case .array(let types) = type { return types.contains { fits(value, $0) } }
        switch type.stringValue?.lowercased() {
        case "object": return value.objectValue != nil
        case "array": return value.arrayValue != nil
        case "string": return value.stringValue != nil
        case "integer": return value.intValue != nil
        case "number": return value.doubleValue != nil
        case "boolean": return value.boolValue != nil
        case "null": return value.isNull
        default: return true
        }
    }
}
