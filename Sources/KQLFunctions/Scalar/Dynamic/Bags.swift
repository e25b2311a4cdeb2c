import Foundation
import JSON
import KQLValues

/// Property bags: making, asking and changing them.
let bagFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "bag_pack", aliases: ["pack", "pack_dictionary"], family: .dynamic,
        summary: "A bag of keys and values by turns.",
        signatures: [.takes(.any("key", .optional), .any("value", .repeated), returns: .dynamic)]
    ) { call throws(EvaluationError) in
        let keys = stride(from: 0, to: call.arguments.count, by: 2).map { call.reader($0, String.self) }
        let values = stride(from: 1, to: call.arguments.count, by: 2).map { call.reader($0, JSON?.self) }
        guard keys.count == values.count else { throw EvaluationError("bag_pack() takes pairs of a key and a value") }
        return try eachRow(call) { row -> JSON? in
            var bag = JSONObject(minimumCapacity: keys.count)
            for (key, value) in zip(keys, values) {
                guard let name = key[row], !name.isEmpty else { continue }
                bag[name] = value[row].flatMap(\.self) ?? .null
            }
            return .object(bag)
        }
    }
    ScalarFunction(
        "bag_pack_columns", family: .dynamic, summary: "A bag of columns under their names.",
        signatures: [.takes(.any("column"), .any("more", .repeated), returns: .dynamic)]
    ) { _ throws(EvaluationError) in
        throw EvaluationError("bag_pack_columns() takes columns of a table")
    }
    ScalarFunction(
        "$bag_without_empty", family: .dynamic, summary: "The bag without members that are null or the empty string.",
        signatures: [.takes(.dynamic("bag"), returns: .dynamic)],
        evaluate: each { (bag: JSON) -> JSON? in
            guard let members = bag.objectValue else { return nil }
            return .object(
                members.filter { !$0.value.isNull && ![.string(""), .object([:]), .array([])].contains($0.value) })
        })
    ScalarFunction(
        "pack_array", family: .dynamic, summary: "An array of the values.",
        signatures: [.takes(.any("value", .repeated), returns: .dynamic)],
        evaluate: eachList { (values: [JSON?]) -> JSON? in .array(values.map { $0 ?? .null }) })
    ScalarFunction(
        "bag_keys", family: .dynamic, summary: "The keys of a bag.",
        signatures: [.takes(.dynamic("bag"), returns: .dynamic)],
        evaluate: each { (bag: JSON) -> JSON? in bag.objectValue.map { .array($0.keys.map { .string($0) }) } })
    ScalarFunction(
        "bag_has_key", family: .dynamic, summary: "Whether a bag has a key, or something at a path that starts with $.",
        signatures: [.takes(.dynamic("bag"), .string("key"), returns: .bool)],
        evaluate: each { (bag: JSON, key: String) in
            key.hasPrefix("$") ? JSONPath(key)?.value(in: bag) != nil : bag.objectValue?[key] != nil
        })
}

/// Property bags merged and changed, and access by key or index.
let bagChangeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "bag_merge", family: .dynamic, summary: "The members of all bags; of equal keys the first one counts.",
        signatures: [.takes(.dynamic("bag"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: eachList { (bags: [JSON?]) -> JSON? in
            let known = bags.compactMap { $0?.objectValue }
            guard var merged = known.first else { return nil }
            for bag in known.dropFirst() {
                merged.merge(bag.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
            }
            return .object(merged)
        })
    ScalarFunction(
        "bag_remove_keys", family: .dynamic,
        summary: "The bag without some keys; a path that starts with $ goes deeper.",
        signatures: [.takes(.dynamic("bag"), .dynamic("keys"), returns: .dynamic)],
        evaluate: each { (bag: JSON, keys: JSON) -> JSON? in
            guard bag.objectValue != nil, let keys = keys.arrayValue else { return nil }
            return keys.reduce(bag) { $0.removing(key: $1.kqlText) }
        })
    ScalarFunction(
        "bag_set_key", family: .dynamic,
        summary: "The bag with a key set to a value; a path that starts with $ goes deeper.",
        signatures: [.takes(.dynamic("bag"), .string("key"), .any("value"), returns: .dynamic)],
        evaluate: each { (bag: JSON, key: String, value: JSON?) -> JSON? in
            bag.objectValue == nil ? nil : bag.setting(key: key, to: value ?? .null)
        })
    ScalarFunction(
        "bag_zip", family: .dynamic, summary: "A bag of an array of keys and an array of values.",
        signatures: [.takes(.dynamic("keys"), .dynamic("values"), returns: .dynamic)],
        evaluate: each { (keys: JSON, values: JSON) -> JSON? in
            guard let keys = keys.arrayValue else { return nil }
            let values = values.arrayValue ?? []
            var bag = JSONObject()
            for (index, key) in keys.enumerated() {
                if case .string(let name) = key { bag[name] = index < values.count ? values[index] : .null }
            }
            return .object(bag)
        })
    ScalarFunction(
        "treepath", family: .dynamic, summary: "All paths of the leaves of a dynamic value.",
        signatures: [.takes(.dynamic("value"), returns: .dynamic)],
        naming: .prefixed("tree"),
        evaluate: each { (value: JSON) -> JSON? in .array(distinct(value.paths(prefix: "").map { .string($0) })) })
    ScalarFunction(
        "dynamic_access", family: .dynamic, summary: "The member of a bag, or the element of an array counted from 0.",
        signatures: [
            .takes(.dynamic("value"), .long("index"), returns: .dynamic),
            .takes(.dynamic("value"), .any("key"), returns: .dynamic),
        ],
        evaluate: access)
}

private let access: Evaluation = { call in
    let values = call.arguments[0].dynamics
    let steps = call.arguments[1]
    switch steps {
    case .int, .long:
        let indices = steps.longs
        return .dynamic(
            (0..<call.rowCount).map { row in
                indices[call.row(row, of: 1)].map { values[call.row(row, of: 0)].element($0) } ?? .null
            })
    default:
        let keys = steps.texts
        let constant = call.isConstant[1] ? keys[0] : nil
        let isIndex = steps.type == .dynamic
        return .dynamic(
            (0..<call.rowCount).map { row in
                let value = values[call.row(row, of: 0)]
                let key = constant ?? keys[row]
                if isIndex, case .array = value { return Int64(key).map { value.element($0) } ?? .null }
                return value.member(key)
            })
    }
}
