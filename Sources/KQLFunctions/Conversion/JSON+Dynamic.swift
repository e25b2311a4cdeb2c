import JSON

extension JSON {
    /// The name that `gettype()` gives to a dynamic value.
    var kqlTypeName: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "long"
        case .double: "double"
        case .string: "string"
        case .array: "array"
        case .object: "dictionary"
        }
    }

    /// The value with the members of all objects in the order of their keys.
    var sortedByKey: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.sortedByKey))
        case .object(let members):
            .object(
                JSONObject(
                    uniqueKeysWithValues: members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sortedByKey) }))
        default: self
        }
    }

    /// The member or element that a path step names; an index below 0 counts from the end.
    func member(_ key: String) -> JSON {
        self[key] ?? .null
    }

    func element(_ index: Int64) -> JSON {
        guard case .array(let elements) = self else { return .null }
        let position = index < 0 ? Int64(elements.count) + index : index
        return position >= 0 && position < elements.count ? elements[Int(position)] : .null
    }
}
