internal import JSON

/// `union` and `intersection`, over arrays or over objects.
enum SetFunctions {
    static let all: [WorkflowFunction] = [
        .init("union", 2...250, union),
        .init("intersection", 2...250, intersection),
    ]

    /// Elements of all arrays, each once; of objects all members, where the last one wins.
    private static func union(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if case .object(var members) = arguments[0] {
            for index in 1..<arguments.count {
                for (key, value) in try arguments.object(index) { members[key] = value }
            }
            return .object(members)
        }
        var seen: Set<JSON> = []
        var result: [JSON] = []
        for index in 0..<arguments.count {
            for element in try arguments.array(index) where seen.insert(element).inserted { result.append(element) }
        }
        return .array(result)
    }

    private static func intersection(
        _ arguments: Arguments, _: inout EvaluationSources
    ) throws(ExpressionError) -> JSON {
        if case .object(var members) = arguments[0] {
            for index in 1..<arguments.count {
                let other = try arguments.object(index)
                members = members.filter { other[$0.key] == $0.value }
            }
            return .object(members)
        }
        var kept = try arguments.array(0)
        for index in 1..<arguments.count {
            let other = Set(try arguments.array(index))
            kept = kept.filter { other.contains($0) }
        }
        var seen: Set<JSON> = []
        return .array(kept.filter { seen.insert($0).inserted })
    }
}
