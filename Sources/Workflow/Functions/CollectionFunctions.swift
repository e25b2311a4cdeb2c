internal import JSON

/// `length`, `first`, `take`… over arrays and strings.
enum CollectionFunctions {
    static let all: [WorkflowFunction] = [
        .init("length", 1...1, length),
        .init("empty", 1...1, empty),
        .init("contains", 2...2, contains),
        .init("first", 1...1) { arguments, _ throws(ExpressionError) in try end(arguments, isLast: false) },
        .init("last", 1...1) { arguments, _ throws(ExpressionError) in try end(arguments, isLast: true) },
        .init("take", 2...2) { arguments, _ throws(ExpressionError) in
            try part(arguments) { elements, count in elements.prefix(count) }
        },
        .init("skip", 2...2) { arguments, _ throws(ExpressionError) in
            try part(arguments) { elements, count in elements.dropFirst(count) }
        },
        .init("join", 2...2, join),
        .init("chunk", 2...2, chunk),
        .init("reverse", 1...1, reverse),
        .init("sort", 1...2, sort),
    ]

    private static func length(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if case .array(let elements) = arguments[0] { return .int(Int64(elements.count)) }
        if case .string(let text) = arguments[0] { return .int(Int64(text.utf16.count)) }
        throw arguments.wrong(0, "an array or a string")
    }

    private static func empty(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        switch arguments[0] {
        case .null: return true
        case .string(let text): return .bool(text.isEmpty)
        case .array(let elements): return .bool(elements.isEmpty)
        case .object(let members): return .bool(members.isEmpty)
        case .bool, .int, .double: throw arguments.wrong(0, "an array, an object or a string")
        }
    }

    private static func contains(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        switch arguments[0] {
        case .array(let elements):
            return .bool(elements.contains { Comparison.areEqual($0, arguments[1]) })
        case .object(let members): return .bool(members[try arguments.text(1)] != nil)
        case .string(let text):
            let wanted = arguments[1].interpolated
            return .bool(wanted.isEmpty || text.contains(wanted))
        case .null, .bool, .int, .double: throw arguments.wrong(0, "an array, an object or a string")
        }
    }

    private static func end(_ arguments: Arguments, isLast: Bool) throws(ExpressionError) -> JSON {
        if case .array(let elements) = arguments[0] { return (isLast ? elements.last : elements.first) ?? .null }
        if case .string(let text) = arguments[0] {
            return .string((isLast ? text.last : text.first).map { String($0) } ?? "")
        }
        throw arguments.wrong(0, "an array or a string")
    }

    private static func part(
        _ arguments: Arguments,
        _ cut: (ArraySlice<JSON>, Int) -> ArraySlice<JSON>
    ) throws(ExpressionError) -> JSON {
        let count = try arguments.int(1)
        guard count >= 0 else { throw arguments.wrong(1, "a number that is not below zero") }
        if case .array(let elements) = arguments[0] { return .array(Array(cut(elements[...], count))) }
        guard case .string(let text) = arguments[0] else { throw arguments.wrong(0, "an array or a string") }
        let units = text.utf16.map { JSON.int(Int64($0)) }
        let kept = cut(units[...], count).compactMap(\.intValue).map { UInt16(truncatingIfNeeded: $0) }
        return .string(String(decoding: kept, as: UTF16.self))
    }

    private static func join(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        .string(try arguments.array(0).map(\.interpolated).joined(separator: try arguments.text(1)))
    }

    private static func chunk(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let size = try arguments.int(1)
        guard size > 0 else { throw arguments.wrong(1, "a number above zero") }
        if case .string(let text) = arguments[0] {
            let units = Array(text.utf16)
            return .array(
                stride(from: 0, to: units.count, by: size).map { start in
                    .string(String(decoding: units[start..<min(start + size, units.count)], as: UTF16.self))
                })
        }
        let elements = try arguments.array(0)
        return .array(
            stride(from: 0, to: elements.count, by: size).map { start in
                .array(Array(elements[start..<min(start + size, elements.count)]))
            })
    }

    private static func reverse(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if case .string(let text) = arguments[0] { return .string(String(text.reversed())) }
        return .array(try arguments.array(0).reversed())
    }

    /// Ascending; of objects by the property that the second argument names.
    private static func sort(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let property = try arguments.optionalText(1)
        var keyed: [(key: JSON, element: JSON)] = []
        for element in try arguments.array(0) {
            keyed.append((property.map { element.member($0) ?? .null } ?? element, element))
        }
        return .array(keyed.sorted { SortOrder.precedes($0.key, $1.key) }.map(\.element))
    }
}

/// A total order of values: null, booleans, numbers, strings, then the rest by its text.
enum SortOrder {
    static func precedes(_ left: JSON, _ right: JSON) -> Bool {
        let (first, second) = (rank(left), rank(right))
        guard first == second else { return first < second }
        switch (left, right) {
        case (.bool(let left), .bool(let right)): return !left && right
        case (.string(let left), .string(let right)): return left < right
        default:
            if let left = left.doubleValue, let right = right.doubleValue { return left < right }
            return left.description < right.description
        }
    }

    private static func rank(_ value: JSON) -> Int {
        switch value {
        case .null: 0
        case .bool: 1
        case .int, .double: 2
        case .string: 3
        case .array: 4
        case .object: 5
        }
    }
}
