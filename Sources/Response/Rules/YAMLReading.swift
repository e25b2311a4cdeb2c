internal import JSON
internal import Yams

/// YAML as JSON, so that files may be written in either.
enum YAMLReading {
    private static let maximumDepth = 64

    /// - Throws: `RuleProblem` with the place of a syntax error.
    static func json(_ text: String, file: String) throws(RuleProblem) -> JSON {
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            let place = (error as? YamlError).flatMap(mark)
            throw RuleProblem(file: file, line: place?.line ?? 1, path: "", message: "this is no YAML: \(error)")
        }
        return node.map { json($0, depth: 0) } ?? .null
    }

    private static func mark(of error: YamlError) -> Mark? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
        default: nil
        }
    }

    private static func json(_ node: Node, depth: Int) -> JSON {
        guard depth < maximumDepth else { return .null }
        switch node {
        case .mapping(let mapping):
            var members = JSONObject()
            for (key, value) in mapping { members[key.string ?? ""] = json(value, depth: depth + 1) }
            return .object(members)
        case .sequence(let sequence): return .array(sequence.map { json($0, depth: depth + 1) })
        case .scalar(let scalar):
            guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
            if node.null != nil { return .null }
            if ["true", "false"].contains(scalar.string.lowercased()) {
                return .bool(scalar.string.lowercased() == "true")
            }
            if let number = Int64(scalar.string) { return .int(number) }
            if let number = Double(scalar.string), scalar.string.allSatisfy({ "0123456789.eE+-".contains($0) }) {
                return .double(number)
            }
            return .string(scalar.string)
        case .alias: return .null
        }
    }
}

/// Why a rule, or another file of the response room, cannot be used.
public struct RuleProblem: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; 0 when only the path is known.
    public let line: Int
    /// Where in the document: `[0].triggeringLogic.conditions[1]`.
    public let path: String
    /// What is wrong and what to do.
    public let message: String

    public var description: String {
        file + (line > 0 ? ":\(line)" : "") + (path.isEmpty ? "" : ": \(path)") + ": \(message)"
    }
}
