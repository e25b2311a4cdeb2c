/// A YAML value with its place in the file; scalars stay text, as rule formats compare and check texts.
public struct YAMLValue: Sendable {
    public indirect enum Content: Sendable {
        case null
        case scalar(String)
        case sequence([YAMLValue])
        case mapping(YAMLMapping)
    }

    public var content: Content
    /// Of a member of a map: where its key stands.
    public var position: SigmaPosition
    /// A scalar written as a block (`|` or `>`), whose text begins on the line after the key.
    public var isBlock = false
    /// A scalar in quotes, which is text even when it looks like a number.
    public var isQuoted = false

    public init(content: Content, position: SigmaPosition) {
        self.content = content
        self.position = position
    }

    public var text: String? { if case .scalar(let text) = content { text } else { nil } }
    public var mapping: YAMLMapping? { if case .mapping(let mapping) = content { mapping } else { nil } }
    public var sequence: [YAMLValue]? { if case .sequence(let values) = content { values } else { nil } }

    /// The texts of a sequence of scalars, or of one scalar.
    public var texts: [String] {
        switch content {
        case .scalar(let text): [text]
        case .sequence(let values): values.compactMap(\.text)
        case .null, .mapping: []
        }
    }
}

/// The members of a YAML map in their order.
public struct YAMLMapping: Sendable {
    public internal(set) var members: [(key: String, value: YAMLValue)]

    public init(members: [(key: String, value: YAMLValue)] = []) {
        self.members = members
    }

    /// The member of that exact name.
    public subscript(key: String) -> YAMLValue? { members.first { $0.key == key }?.value }

    /// These members with those of `other` laid over them, maps member by member.
    func merging(_ other: YAMLMapping) -> YAMLMapping {
        var result = self
        for (key, value) in other.members {
            guard let index = result.members.firstIndex(where: { $0.key == key }) else {
                result.members.append((key, value))
                continue
            }
            if case .mapping(let old) = result.members[index].value.content, case .mapping(let new) = value.content {
                result.members[index].value.content = .mapping(old.merging(new))
            } else {
                result.members[index].value = value
            }
        }
        return result
    }
}
