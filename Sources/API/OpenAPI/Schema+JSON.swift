internal import JSON

extension Schema {
    /// The schema as JSON Schema 2020-12; named schemas are references to the document's components.
    var json: JSON {
        var members = keywords
        if isNullable, case .string(let type)? = members["type"] { members["type"] = [.string(type), "null"] }
        if isNullable, var words = members["enum"]?.arrayValue {
            words.append(.null)
            members["enum"] = .array(words)
        }
        if isNullable, let reference = members["$ref"] {
            members = ["anyOf": [["$ref": reference], ["type": "null"]]]
        }
        if isReadOnly { members["readOnly"] = true }
        if let summary { members["description"] = .string(summary) }
        return .object(members)
    }

    private var keywords: JSONObject {
        switch kind {
        case .any: return [:]
        case .boolean: return ["type": "boolean"]
        case .integer(let range):
            var members: JSONObject = ["type": "integer"]
            members["minimum"] = range.map { .int($0.lowerBound) }
            members["maximum"] = range.map { .int($0.upperBound) }
            return members
        case .number(let range):
            var members: JSONObject = ["type": "number"]
            members["minimum"] = range.map { .double($0.lowerBound) }
            members["maximum"] = range.map { .double($0.upperBound) }
            return members
        case .string(let rules): return rules.keywords
        case .array(let element, let most):
            var members: JSONObject = ["type": "array", "items": element.json]
            members["maxItems"] = most.map { .int(Int64($0)) }
            return members
        case .object(let list):
            var members: JSONObject = ["type": "object"]
            var properties = JSONObject()
            for member in list { properties[member.name] = member.schema.json }
            members["properties"] = .object(properties)
            let required = list.filter(\.isRequired).map { JSON.string($0.name) }
            if !required.isEmpty { members["required"] = .array(required) }
            return members
        case .map(let value): return ["type": "object", "additionalProperties": value.json]
        case .component(let name, _): return ["$ref": .string("#/components/schemas/\(name)")]
        case .oneOf(let forms): return ["anyOf": .array(forms.map(\.json))]
        }
    }

    /// Adds the named schemas within this one, by name.
    func collectComponents(into found: inout [String: Schema]) {
        switch kind {
        case .component(let name, let form):
            guard found[name] == nil else { return }
            found[name] = form
            form.collectComponents(into: &found)
        case .array(let element, _): element.collectComponents(into: &found)
        case .map(let value): value.collectComponents(into: &found)
        case .object(let members): for member in members { member.schema.collectComponents(into: &found) }
        case .oneOf(let forms): for form in forms { form.collectComponents(into: &found) }
        case .any, .boolean, .integer, .number, .string: return
        }
    }
}

extension Schema.StringRules {
    fileprivate var keywords: JSONObject {
        var members: JSONObject = ["type": "string"]
        members["format"] = format.map { .string($0) }
        if !values.isEmpty { members["enum"] = .array(values.map { .string($0) }) }
        if least > 0 { members["minLength"] = .int(Int64(least)) }
        members["maxLength"] = most.map { .int(Int64($0)) }
        return members
    }
}
