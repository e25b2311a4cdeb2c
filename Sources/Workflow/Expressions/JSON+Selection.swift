internal import JSON

extension JSON {
    /// The member of an object under this name in any letter case, the exact spelling first.
    func member(_ name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        if let exact = members[name] { return exact }
        let folded = name.lowercased()
        return members.first { $0.key.lowercased() == folded }?.value
    }

    /// `self[key]`, and `self?[key]` when optional, with the errors of the workflow language.
    func selecting(_ key: JSON, isOptional: Bool) throws(ExpressionError) -> JSON {
        switch self {
        case .object(let members): return try property(key, of: members, isOptional: isOptional)
        case .array(let elements):
            guard let index = key.intValue else {
                throw ExpressionError(
                    .missingProperty, "an array's element is selected by a whole number, not by \(key.preview)")
            }
            if index >= 0, index < elements.count { return elements[Int(index)] }
            if isOptional { return .null }
            throw ExpressionError(
                .missingProperty, "the array has \(elements.count) elements, so there is no element [\(index)]")
        case .null:
            if isOptional { return .null }
            throw ExpressionError(
                .missingProperty,
                "property \(key.preview) cannot be selected from null; write '?[…]' if it may be absent")
        case .bool, .int, .double, .string:
            throw ExpressionError(
                .missingProperty, "property \(key.preview) cannot be selected from a value of type \(typeName)")
        }
    }

    private func property(
        _ key: JSON, of members: JSONObject, isOptional: Bool
    ) throws(ExpressionError) -> JSON {
        guard case .string(let name) = key else {
            if isOptional, key.isNull { return .null }
            throw ExpressionError(.missingProperty, "a property's name is a string, not \(key.preview)")
        }
        if let value = member(name) { return value }
        if isOptional { return .null }
        let available = members.keys.prefix(20).joined(separator: ", ")
        throw ExpressionError(
            .missingProperty,
            "property '\(name)' does not exist; available are: \(available.isEmpty ? "none" : available)")
    }

    /// The name of the value's type in messages.
    var typeName: String {
        switch self {
        case .null: "Null"
        case .bool: "Boolean"
        case .int: "Integer"
        case .double: "Float"
        case .string: "String"
        case .array: "Array"
        case .object: "Object"
        }
    }

    /// The value's text, cut short for messages.
    var preview: String {
        let text = description
        return text.count > 60 ? text.prefix(60) + "…" : text
    }

    /// The value as text inside `@{…}`: strings as they are, null empty, objects and arrays as JSON text.
    var interpolated: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "True" : "False"
        case .string(let text): text
        case .double(let value) where value == value.rounded() && abs(value) < 1e15: String(Int64(value))
        case .object: binaryContent?.text ?? description
        case .int, .double, .array: description
        }
    }
}
