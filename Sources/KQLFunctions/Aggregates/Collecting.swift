import Foundation
import JSON
import KQLValues

/// `make_list`, `make_set`, `make_bag` and their like.
let collectingAggregates: [AggregateFunction] = aggregates {
    conditional(
        "make_list", aliases: ["makelist"], ifName: "make_list_if", "An array of the values that are not null.",
        namePrefix: "list", values: [.takes(.any("value"), .long("maxSize", .optional), returns: .dynamic)]
    ) { call, condition in
        let limit = sizeLimit(call, condition)
        return collect(call, condition, [JSON]()) {
            if $0.count < limit { $0.append($1) }
        } finish: {
            .array($0)
        }
    }
    AggregateFunction(
        "make_list_with_nulls", summary: "An array of all values, nulls included.",
        signatures: [.takes(.any("value"), returns: .dynamic)], namePrefix: "list",
        form: .value { call in
            let values = call.arguments[0].dynamics
            var lists = [[JSON]](repeating: [], count: call.groupCount)
            for (row, group) in call.groups.enumerated() { lists[group].append(values[row]) }
            return .dynamic(lists.map { .array($0) })
        })
    conditional(
        "make_set", aliases: ["makeset"], ifName: "make_set_if", "An array of the different values that are not null.",
        namePrefix: "set", values: [.takes(.any("value"), .long("maxSize", .optional), returns: .dynamic)]
    ) { call, condition in
        let limit = sizeLimit(call, condition)
        return collect(call, condition, OrderedJSONSet()) { set, value in
            // The elements of an array go into the set one by one.
            if case .array(let elements) = value {
                for element in elements { set.insert(element, limit: limit) }
            } else {
                set.insert(value, limit: limit)
            }
        } finish: {
            .array($0.elements)
        }
    }
    conditional(
        "make_bag", aliases: ["make_dictionary"], ifName: "make_bag_if",
        "A bag of the members of all bags; the last of equal keys counts.",
        namePrefix: "bag", values: [.takes(.dynamic("bag"), .long("maxSize", .optional), returns: .dynamic)]
    ) { call, condition in
        let limit = sizeLimit(call, condition)
        return collect(call, condition, JSONObject()) { bag, value in
            guard let members = value.objectValue else { return }
            for (key, value) in members where bag[key] != nil || bag.count < limit { bag[key] = value }
        } finish: {
            .object($0)
        }
    }
}

/// The different values in the order of their first appearance.
struct OrderedJSONSet {
    private(set) var elements: [JSON] = []
    private var seen: Set<JSON> = []

    mutating func insert(_ value: JSON, limit: Int) {
        if elements.count < limit, seen.insert(value).inserted { elements.append(value) }
    }
}

private func sizeLimit(_ call: AggregateCall, _ condition: Int?) -> Int {
    let given = call.constant(condition.map { $0 + 1 } ?? 1, Int64.self) ?? 0
    return given > 0 ? Int(min(given, 1_048_576)) : 1_048_576
}

private func collect<State>(
    _ call: AggregateCall, _ condition: Int?, _ initial: State, _ add: (inout State, JSON) -> Void,
    finish: (State) -> JSON
) -> Column {
    let values = call.arguments[0].dynamics
    let vector = Vector(values, nulls: values.map(\.isNull))
    return .dynamic(accumulate(call, vector, condition: condition, initial, add).map(finish))
}
