import JSON
import KQLValues

/// Arrays as sets.
let setFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "set_union", family: .dynamic, summary: "The different elements of all arrays.",
        signatures: [.takes(.dynamic("set"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: combining { sets in distinct(sets.flatMap(\.self)) })
    ScalarFunction(
        "set_intersect", family: .dynamic, summary: "The different elements that all arrays have.",
        signatures: [.takes(.dynamic("set"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: combining { sets in
            let others = sets.dropFirst().map { Set($0) }
            return distinct(sets[0]).filter { element in others.allSatisfy { $0.contains(element) } }
        })
    ScalarFunction(
        "set_difference", family: .dynamic, summary: "The different elements of the first array that no other has.",
        signatures: [.takes(.dynamic("set"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: combining { sets in
            let others = Set(sets.dropFirst().flatMap(\.self))
            return distinct(sets[0]).filter { !others.contains($0) }
        })
    ScalarFunction(
        "set_equals", family: .dynamic, summary: "Whether two arrays have the same different elements.",
        signatures: [.takes(.dynamic("set1"), .dynamic("set2"), returns: .bool)],
        evaluate: each { (first: JSON, second: JSON) -> Bool? in
            guard let first = first.arrayValue, let second = second.arrayValue else { return nil }
            return Set(first) == Set(second)
        })
    ScalarFunction(
        "set_has_element", family: .dynamic, summary: "Whether an array has an element.",
        signatures: [.takes(.dynamic("set"), .any("value"), returns: .bool)],
        evaluate: each { (set: JSON, value: JSON) in set.arrayValue.map { $0.contains(value) } })
    ScalarFunction(
        "jaccard_index", family: .dynamic, summary: "The size of the common part of two sets over that of their union.",
        signatures: [.takes(.dynamic("set1"), .dynamic("set2"), returns: .real)],
        evaluate: each { (first: JSON, second: JSON) -> Double? in
            guard let first = first.arrayValue.map({ Set($0) }), let second = second.arrayValue.map({ Set($0) }) else {
                return nil
            }
            return Double(first.intersection(second).count) / Double(first.union(second).count)
        })
}

/// The elements without repetitions, in the order of their first appearance.
func distinct(_ elements: [JSON]) -> [JSON] {
    var seen = Set<JSON>()
    return elements.filter { seen.insert($0).inserted }
}

private func combining(_ combine: @escaping @Sendable ([[JSON]]) -> [JSON]) -> Evaluation {
    eachList { (sets: [JSON?]) -> JSON? in
        let arrays = sets.map { $0?.arrayValue ?? [] }
        return sets[0] == nil ? nil : .array(combine(arrays))
    }
}
