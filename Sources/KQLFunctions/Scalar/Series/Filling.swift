import Foundation
import JSON
import KQLValues

/// Missing elements of series filled in.
let fillingSeries: [ScalarFunction] = scalars {
    ScalarFunction(
        "series_fill_forward", family: .series, summary: "Missing elements take the value before them.",
        signatures: [.takes(.dynamic("series"), .any("placeholder", .optional), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (series: JSON, placeholder: JSON?) -> JSON? in
            series.arrayValue.map { .array(carried($0, placeholder ?? .null)) }
        })
    ScalarFunction(
        "series_fill_backward", family: .series, summary: "Missing elements take the value after them.",
        signatures: [.takes(.dynamic("series"), .any("placeholder", .optional), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (series: JSON, placeholder: JSON?) -> JSON? in
            series.arrayValue.map { .array(carried($0.reversed(), placeholder ?? .null).reversed()) }
        })
    ScalarFunction(
        "series_fill_const", family: .series, summary: "Missing elements take a constant.",
        signatures: [
            .takes(.dynamic("series"), .any("constant", .optional), .any("placeholder", .optional), returns: .dynamic)
        ],
        naming: .firstArgument,
        evaluate: each { (series: JSON, constant: JSON?, placeholder: JSON?) -> JSON? in
            series.arrayValue.map { .array($0.map { isMissing($0, placeholder ?? .null) ? constant ?? 0 : $0 }) }
        })
    ScalarFunction(
        "series_fill_linear", family: .series, summary: "Missing elements are interpolated between their neighbours.",
        signatures: [
            .takes(
                .dynamic("series"), .any("placeholder", .optional), .bool("fillEdges", .optional),
                .any("constant", .optional), returns: .dynamic)
        ],
        naming: .firstArgument,
        evaluate: each { (series: JSON, placeholder: JSON?, fillsEdges: Bool?, constant: JSON?) -> JSON? in
            series.arrayValue.map {
                .array(interpolated($0, placeholder ?? .null, fillsEdges: fillsEdges ?? true, constant ?? 0))
            }
        })
}

private func isMissing(_ element: JSON, _ placeholder: JSON) -> Bool {
    element == placeholder || element.isNull
        || (placeholder.isNull && element.seriesNumber.map(\.isNaN) ?? false)
}

private func carried(_ elements: [JSON], _ placeholder: JSON) -> [JSON] {
    var last: JSON?
    return elements.map { element in
        if isMissing(element, placeholder) { return last ?? element }
        last = element
        return element
    }
}

private func interpolated(_ elements: [JSON], _ placeholder: JSON, fillsEdges: Bool, _ constant: JSON) -> [JSON] {
    let known = elements.indices.filter { !isMissing(elements[$0], placeholder) && elements[$0].seriesNumber != nil }
    guard let first = known.first, let last = known.last else { return elements.map { _ in constant } }
    let isWhole = known.allSatisfy { if case .int = elements[$0] { true } else { false } }
    var result = elements
    for (left, right) in zip(known, known.dropFirst()) where right > left + 1 {
        guard let start = elements[left].seriesNumber, let end = elements[right].seriesNumber else { continue }
        for index in left + 1..<right {
            let value = start + (end - start) * Double(index - left) / Double(right - left)
            result[index] = isWhole ? .int(Int64(exactly: value.rounded(.towardZero)) ?? 0) : .double(value)
        }
    }
    if fillsEdges {
        for index in 0..<first { result[index] = elements[first] }
        for index in last + 1..<max(last + 1, elements.count) { result[index] = elements[last] }
    }
    return result
}
