import Chronology
import Foundation
import JSON
import KQLValues

/// Arrays made of a rule, and values found by path.
let makingDynamicFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "range", family: .dynamic, summary: "The array of values from one to another in steps; at most 1,048,576.",
        signatures: [
            .takes(.long("start"), .long("stop"), .long("step", .optional), returns: .dynamic),
            .takes(.real("start"), .real("stop"), .real("step", .optional), returns: .dynamic),
            .takes(.datetime("start"), .datetime("stop"), .timespan("step", .optional), returns: .dynamic),
            .takes(.timespan("start"), .timespan("stop"), .timespan("step", .optional), returns: .dynamic),
        ],
        evaluate: makeRange)
    ScalarFunction(
        "repeat", family: .dynamic, summary: "The array that holds a value some times.",
        signatures: [.takes(.any("value"), .long("count"), returns: .dynamic)],
        naming: .prefixed("repeat"),
        evaluate: each { (value: JSON?, count: Int64) -> JSON? in
            guard count >= 0 else { return .array([]) }
            return .array(Array(repeating: value ?? .null, count: Int(min(count, 1_048_576))))
        })
    ScalarFunction(
        "extract_json", aliases: ["extractjson"], family: .dynamic,
        summary: "What stands at a path in a JSON text, as text or another type.",
        signatures: [
            .takes(.string("path"), .string("json"), returns: .string),
            .takes(
                .string("path"), .string("json"), .init("type", .any, mustBeConstant: true),
                gives: .namedByArgument(2, default: .string)),
        ]
    ) { call throws(EvaluationError) in
        let paths = call.reader(0, String.self)
        let texts = call.reader(1, String.self)
        let constant = call.isConstant[0] ? paths[0].flatMap { JSONPath($0) } : nil
        let found = (0..<call.rowCount).map { row -> JSON in
            guard let path = call.isConstant[0] ? constant : paths[row].flatMap({ JSONPath($0) }) else { return .null }
            return texts[row].flatMap { path.value(in: JSON(kqlParsing: $0)) } ?? .null
        }
        return Column.dynamic(found).converted(to: call.resultType)
    }
    ScalarFunction(
        "estimate_data_size", family: .metadata, summary: "The estimated size of the values in bytes.",
        signatures: [.takes(.any("value"), .any("more", .repeated), returns: .long)]
    ) { call in
        var sums = [Int64](repeating: 0, count: call.rowCount)
        for (index, column) in call.arguments.enumerated() {
            for row in 0..<call.rowCount { sums[row] += dataSize(column, call.row(row, of: index)) }
        }
        return .long(Vector(sums))
    }
}

private func dataSize(_ column: Column, _ row: Int) -> Int64 {
    switch column {
    case .bool: 1
    case .int: 4
    case .long, .real, .datetime, .timespan: 8
    case .decimal: 34
    case .guid: 16
    case .string(let texts): Int64(texts.byteCount(row))
    case .dynamic(let values): Int64(values[row].kqlText.utf8.count)
    }
}

private let makeRange: Evaluation = { call throws(EvaluationError) in
    let limit = 1_048_576
    if call.arguments[0].type == .real {
        return try each { (start: Double, stop: Double, step: Double?) -> JSON? in
            let step = step ?? 1
            guard step != 0, step.isFinite, start.isFinite else { return nil }
            var values: [JSON] = []
            var index = 0.0
            while values.count < limit {
                let value = start + index * step
                guard step > 0 ? value <= stop : value >= stop else { break }
                values.append(.double(value))
                index += 1
            }
            return .array(values)
        }(call)
    }
    let type = call.arguments[0].type
    let unit: Int64 = type == .datetime || type == .timespan ? 36_000_000_000 : 1
    return try each { (start: Int64, stop: Int64, step: Int64?) -> JSON? in
        let step = step ?? unit
        guard step != 0 else { return nil }
        var values: [Int64] = []
        var value = start
        while (step > 0 ? value <= stop : value >= stop) && values.count < limit {
            values.append(value)
            let (next, overflow) = value.addingReportingOverflow(step)
            if overflow { break }
            value = next
        }
        return .array(Int64.column(Vector(values), type).dynamics)
    }(call.withLongs())
}
