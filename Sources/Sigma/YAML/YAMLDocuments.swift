internal import Yams

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

/// Reads the documents of a YAML file.
public enum YAMLDocuments {
    /// More values than this in one file are refused: aliases can make a small file huge.
    private static let mostValues = 200_000
    private static let deepestNesting = 64

    /// The documents of a file's text that are not empty; faults become findings, and what stands before them is kept.
    public static func read(_ text: String, file: String, findings: inout [SigmaFinding]) -> [YAMLValue] {
        var documents: [YAMLValue] = []
        var budget = mostValues
        do {
            // Scalars stay text, so nothing is to be resolved to numbers or dates. The encoding is given, for its default is
            // looked up in the process's environment each time.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let node = try parser.nextRoot() {
                let value = convert(node, file: file, budget: &budget, depth: 0)
                if case .null = value.content { continue }
                documents.append(value)
            }
        } catch {
            findings.append(finding(for: error, file: file))
        }
        if budget < 0 {
            let message = "the file holds more than \(mostValues) values or nests deeper than \(deepestNesting)"
            findings.append(SigmaFinding(.error, .tooLarge, message, at: SigmaPosition(file: file)))
            return []
        }
        return documents
    }

    private static func convert(_ node: Node, file: String, budget: inout Int, depth: Int) -> YAMLValue {
        let position = SigmaPosition(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        budget -= depth > deepestNesting ? mostValues + 1 : 1
        guard budget >= 0 else { return YAMLValue(content: .null, position: position) }
        switch node {
        case .scalar(let scalar):
            let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            var value = YAMLValue(content: isNull ? .null : .scalar(scalar.string), position: position)
            value.isBlock = scalar.style == .literal || scalar.style == .folded
            value.isQuoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            return value
        case .sequence(let sequence):
            let values = sequence.map { convert($0, file: file, budget: &budget, depth: depth + 1) }
            return YAMLValue(content: .sequence(values), position: position)
        case .mapping(let mapping):
            var members: [(key: String, value: YAMLValue)] = []
            for (key, value) in mapping {
                var converted = convert(value, file: file, budget: &budget, depth: depth + 1)
                if let mark = key.mark {
                    converted.position = SigmaPosition(file: file, line: mark.line, column: mark.column)
                }
                members.append((key.scalar?.string ?? "", converted))
            }
            return YAMLValue(content: .mapping(YAMLMapping(members: members)), position: position)
        case .alias:
            return YAMLValue(content: .null, position: position)
        }
    }

    private static func finding(for error: any Error, file: String) -> SigmaFinding {
        guard let error = error as? YamlError else {
            return SigmaFinding(.error, .invalidYAML, "\(error)", at: SigmaPosition(file: file))
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return SigmaFinding(
                .error, .invalidYAML, problem, at: SigmaPosition(file: file, line: mark.line, column: mark.column))
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.joined(separator: ", ")
            return SigmaFinding(
                .error, .invalidYAML, "the map names a key twice: \(names)",
                at: SigmaPosition(file: file, line: context.mark.line, column: context.mark.column))
        default:
            return SigmaFinding(.error, .invalidYAML, "\(error)", at: SigmaPosition(file: file))
        }
    }
}
