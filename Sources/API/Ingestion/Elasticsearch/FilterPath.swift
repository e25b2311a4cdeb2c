internal import JSON

/// Elasticsearch's `filter_path`: the parts of an answer that a client wants, as paths of names with `*` for part of a
/// name and `**` for any number of names; a path after `-` is left out.
struct FilterPath {
    private let wanted: [[Substring]]
    private let unwanted: [[Substring]]

    /// Reads `errors,items.*.error`; nil when there is nothing to filter by.
    init?(_ text: String?) {
        let paths = (text ?? "").split(separator: ",").map { path in
            (isUnwanted: path.hasPrefix("-"), names: path.drop { $0 == "-" }.split(separator: "."))
        }.filter { !$0.names.isEmpty && $0.names.count <= 32 }
        guard !paths.isEmpty else { return nil }
        wanted = paths.filter { !$0.isUnwanted }.map { Array($0.names) }
        unwanted = paths.filter(\.isUnwanted).map { Array($0.names) }
    }

    func apply(to json: JSON) -> JSON {
        var result: JSON? = json
        if !wanted.isEmpty { result = Self.kept(json, wanted) }
        if !unwanted.isEmpty { result = result.flatMap { Self.without($0, unwanted) } }
        return result ?? [:]
    }

    /// The parts that lie on a path; nil when none does.
    private static func kept(_ json: JSON, _ paths: [[Substring]]) -> JSON? {
        if paths.contains(where: { $0.isEmpty || $0 == ["**"] }) { return json }
        switch json {
        case .object(let members):
            var result = JSONObject()
            for (name, value) in members { result[name] = kept(value, rest(of: paths, after: name)) }
            return result.isEmpty ? nil : .object(result)
        case .array(let elements):
            let result = elements.compactMap { kept($0, paths) }
            return result.isEmpty ? nil : .array(result)
        default: return nil
        }
    }

    private static func without(_ json: JSON, _ paths: [[Substring]]) -> JSON? {
        if paths.contains(where: { $0.isEmpty || $0 == ["**"] }) { return nil }
        switch json {
        case .object(let members):
            var result = JSONObject()
            for (name, value) in members { result[name] = without(value, rest(of: paths, after: name)) }
            return .object(result)
        case .array(let elements): return .array(elements.compactMap { without($0, paths) })
        default: return json
        }
    }

    /// What remains of the paths below a member of that name.
    private static func rest(of paths: [[Substring]], after name: String) -> [[Substring]] {
        var result: Set<[Substring]> = []
        for path in paths {
            guard let first = path.first else { continue }
            if first == "**" {
                result.insert(path)
                if path.count > 1, matches(path[1], name) { result.insert(Array(path.dropFirst(2))) }
            } else if matches(first, name) {
                result.insert(Array(path.dropFirst()))
            }
        }
        return Array(result)
    }

    /// Whether a name is of a pattern with `*` for any characters.
    private static func matches(_ pattern: Substring, _ name: String) -> Bool {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == name }
        guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
        var rest = name.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }
}
