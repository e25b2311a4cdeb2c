import Foundation
import JSON
import KQLValues

/// Arrays: their length, parts, order.
let arrayFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "array_length", aliases: ["arraylength"], family: .dynamic, summary: "The number of elements of an array.",
        signatures: [.takes(.dynamic("array"), returns: .long)],
        evaluate: each { (array: JSON) in array.arrayValue.map { Int64($0.count) } })
    ScalarFunction(
        "array_concat", family: .dynamic, summary: "The elements of several arrays in one.",
        signatures: [.takes(.dynamic("array"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: eachList { (arrays: [JSON?]) -> JSON? in
            let known = arrays.compactMap { $0?.arrayValue }
            return known.isEmpty ? nil : .array(known.flatMap(\.self))
        })
    ScalarFunction(
        "array_slice", family: .dynamic, summary: "The elements from one position to another, both included.",
        signatures: [.takes(.dynamic("array"), .long("start"), .long("end"), returns: .dynamic)],
        evaluate: each { (array: JSON, start: Int64, end: Int64) -> JSON? in
            guard let elements = array.arrayValue else { return nil }
            let count = Int64(elements.count)
            let first = max(0, start < 0 ? count &+ start : start)
            let last = min(count - 1, end < 0 ? count &+ end : end)
            return first > last ? [] : .array(Array(elements[Int(first)...Int(last)]))
        })
    ScalarFunction(
        "array_reverse", family: .dynamic, summary: "The elements in reverse order.",
        signatures: [.takes(.dynamic("array"), returns: .dynamic)],
        evaluate: each { (array: JSON) -> JSON? in array.arrayValue.map { .array($0.reversed()) } })
    ScalarFunction(
        "array_index_of", family: .dynamic, summary: "The position of a value in an array, -1 when it is not there.",
        signatures: [
            .takes(
                .dynamic("array"), .any("value"), .long("start", .optional), .long("length", .optional),
                .long("occurrence", .optional), returns: .long)
        ],
        evaluate: indexOf)
    ScalarFunction(
        "array_sum", aliases: ["series_sum"], family: .dynamic, summary: "The sum of the numbers of an array.",
        signatures: [.takes(.dynamic("array"), returns: .real)],
        evaluate: each { (array: JSON) -> Double? in
            guard let elements = array.arrayValue else { return nil }
            var sum = 0.0
            for element in elements where !element.isNull {
                guard let number = element.doubleValue else { return nil }
                sum += number
            }
            return sum
        })
}

/// Arrays cut, chosen from, moved and zipped.
let arrayPartFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "array_split", family: .dynamic, summary: "The array cut at one or several positions.",
        signatures: [
            .takes(.dynamic("array"), .long("index"), returns: .dynamic),
            .takes(.dynamic("array"), .dynamic("indices"), returns: .dynamic),
        ],
        evaluate: each { (array: JSON, indices: JSON) in split(array, at: indices) })
    ScalarFunction(
        "array_iff", aliases: ["array_iif"], family: .dynamic,
        summary: "Elements of one or the other array, as conditions say.",
        signatures: [.takes(.dynamic("conditions"), .any("then"), .any("else"), returns: .dynamic)],
        evaluate: each { (conditions: JSON, then: JSON?, otherwise: JSON?) -> JSON? in
            guard let conditions = conditions.arrayValue else { return nil }
            return .array(
                conditions.enumerated().map { index, condition in
                    guard let isTrue = condition.kqlBool else { return .null }
                    let source = isTrue ? then ?? .null : otherwise ?? .null
                    return source.arrayValue.map { index < $0.count ? $0[index] : .null } ?? source
                })
        })
    moving(
        "array_shift_left", "The elements moved to the left, with nulls or a default coming in.", sign: 1,
        rotates: false)
    moving(
        "array_shift_right", "The elements moved to the right, with nulls or a default coming in.", sign: -1,
        rotates: false)
    moving("array_rotate_left", "The elements moved to the left and round.", sign: 1, rotates: true)
    moving("array_rotate_right", "The elements moved to the right and round.", sign: -1, rotates: true)
    ScalarFunction(
        "zip", family: .dynamic, summary: "An array of arrays, each of the elements at one position of all arguments.",
        signatures: [.takes(.dynamic("array"), .dynamic("more", .repeated), returns: .dynamic)],
        evaluate: eachList { (arrays: [JSON?]) -> JSON? in
            let lists = arrays.map { $0?.arrayValue ?? [] }
            let length = lists.map(\.count).max() ?? 0
            return .array((0..<length).map { index in .array(lists.map { index < $0.count ? $0[index] : .null }) })
        })
}

private let indexOf: Evaluation = { call throws(EvaluationError) in
    let arrays = call.reader(0, JSON.self)
    let values = call.reader(1, JSON?.self)
    let starts = call.reader(2, Int64?.self)
    let lengths = call.reader(3, Int64?.self)
    let occurrences = call.reader(4, Int64?.self)
    return try eachRow(call) { row -> Int64? in
        guard let elements = arrays[row]?.arrayValue else { return nil }
        let value = values[row].flatMap(\.self) ?? .null
        let given = Int(clamping: starts[row].flatMap(\.self) ?? 0)
        let start = given < 0 ? max(0, elements.count + given) : given
        let length = Int(clamping: lengths[row].flatMap(\.self) ?? -1)
        guard start < elements.count else { return -1 }
        let end = length < 0 ? elements.count : start + min(elements.count - start, length)
        var left = occurrences[row].flatMap(\.self) ?? 1
        for index in start..<max(start, end) where elements[index] == value {
            left -= 1
            if left <= 0 { return Int64(index) }
        }
        return -1
    }
}

private func split(_ array: JSON, at indices: JSON) -> JSON? {
    guard let elements = array.arrayValue else { return nil }
    let wanted = (indices.arrayValue ?? [indices]).compactMap { $0.intValue.map { Int(clamping: $0) } }
    var parts: [JSON] = []
    var start = 0
    for index in wanted {
        let end = min(elements.count, max(start, index < 0 ? elements.count + index : index))
        parts.append(.array(Array(elements[start..<end])))
        start = end
    }
    parts.append(.array(Array(elements[start...])))
    return .array(parts)
}

private func moving(_ name: String, _ summary: String, sign: Int64, rotates: Bool) -> ScalarFunction {
    var parameters: [Parameter] = [.dynamic("array"), .long("count")]
    if !rotates { parameters.append(.any("default", .optional)) }
    return ScalarFunction(
        name, family: .dynamic, summary: summary,
        signatures: [Signature(parameters, returns: .type(.dynamic))],
        evaluate: each { (array: JSON, count: Int64, filler: JSON?) -> JSON? in
            guard let elements = array.arrayValue, !elements.isEmpty else { return array.arrayValue.map { .array($0) } }
            let length = Int64(elements.count)
            let shift = sign * (rotates ? count % length : max(-length, min(length, count)))
            return .array(
                (0..<length).map { index in
                    let source = index + shift
                    if rotates { return elements[Int((source % length + length) % length)] }
                    return (0..<length).contains(source) ? elements[Int(source)] : filler ?? .null
                })
        })
}
