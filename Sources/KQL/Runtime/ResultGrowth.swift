import JSON
import KQLFunctions
import KQLValues

/// Keeps the results of calls within bounds where they may be much larger than their arguments.
enum ResultGrowth {
    /// The largest single value that a call may make, in bytes.
    static let valueBytes = 16 << 20
    /// How deep arrays and bags may be nested.
    static let depth = 500
    /// Rows between which time and cancellation are checked.
    private static let pieceRows = 1 << 16
    /// Pieces grow as long as they take less.
    private static let pieceSeconds = 0.05

    typealias Pace = () throws(ExecutionError) -> Double

    /// About how many bytes are made before time and size are checked again.
    private static let pieceBytes = 16 << 20

    /// Results up to many times their arguments.
    private static let multiplying: Set<String> = [
        "range", "repeat", "replace_regex", "replace_string", "replace_strings", "strcat_array", "strrep",
    ]
    /// Results that join their arguments, which nested or repeated calls let grow without end.
    private static let joining: Set<String> = [
        "array_concat", "bag_merge", "bag_pack", "bag_set_key", "pack", "pack_array", "strcat", "strcat_delim", "zip",
    ]

    /// Evaluates a call within `limit` bytes.
    ///
    /// - Parameter pace: called between pieces; throws when the query should stop, and else tells the time in seconds.
    static func evaluate(
        _ call: ScalarCall, by function: ScalarFunction, limit: Int,
        pace: Pace = { () throws(ExecutionError) in 0 }
    ) throws(ExecutionError) -> Column {
        if multiplying.contains(function.name) { return try pieces(call, function, limit, pace) }
        guard joining.contains(function.name) else { return try patient(call, function, limit, pace) }
        let joined = call.arguments.enumerated().reduce(0) { sum, argument in
            sum + size(argument.element) * (call.isConstant[argument.offset] ? call.rowCount : 1)
        }
        guard joined <= limit, call.rowCount > 1 || joined <= valueBytes else { throw tooLarge(function.name, limit) }
        let result = try patient(call, function, limit, pace)
        if call.rowCount == 1 { try checkValue(result, function.name) }
        return result
    }

    /// Converts values within `limit` bytes: arrays and bags that many rows share become a text of each row's own.
    static func convert(
        _ column: Column, to type: KQLType, limit: Int, pace: Pace
    ) throws(ExecutionError) -> Column {
        guard case .dynamic(let values) = column, type != .dynamic, values.count > 1 else {
            return column.converted(to: type)
        }
        let name = "to\(type.rawValue)"
        return try paced(values.count, type, name, limit, pace) { rows throws(ExecutionError) in
            Column.dynamic(Array(values[rows])).converted(to: type)
        }
    }

    /// Evaluates many rows in pieces, so that the query can stop between them.
    private static func patient(
        _ call: ScalarCall, _ function: ScalarFunction, _ limit: Int, _ pace: Pace
    ) throws(ExecutionError) -> Column {
        guard call.rowCount > 1, isSplittable(function) else { return try plain(call, function) }
        if call.arguments.contains(where: { $0.type == .dynamic }) {
            return try paced(call.rowCount, call.resultType, function.name, limit, pace) {
                rows throws(ExecutionError) in try plain(call.part(rows), function)
            }
        }
        guard call.rowCount > 2 * pieceRows, isSlow(function) else { return try plain(call, function) }
        var result = Column(empty: call.resultType)
        for start in stride(from: 0, to: call.rowCount, by: pieceRows) {
            _ = try pace()
            let rows = start..<min(start + pieceRows, call.rowCount)
            result.append(contentsOf: try plain(call.part(rows), function))
        }
        return result
    }

    /// Evaluates few rows first, then ever more as long as they take little time: a row may hold an array of a million.
    private static func paced(
        _ rowCount: Int, _ type: KQLType, _ name: String, _ limit: Int, _ pace: Pace,
        _ evaluate: (Range<Int>) throws(ExecutionError) -> Column
    ) throws(ExecutionError) -> Column {
        var result = Column(empty: type)
        var bytes = 0
        var start = 0
        var count = 1
        var time = try pace()
        while start < rowCount {
            let rows = start..<min(start + count, rowCount)
            let values = try evaluate(rows)
            if case .string(let texts) = values { bytes += texts.bytes.count }
            guard bytes <= limit else { throw tooLarge(name, limit) }
            result.append(contentsOf: values)
            start = rows.upperBound
            let now = try pace()
            count = now - time < pieceSeconds ? min(2 * count, pieceRows) : max(1, count / 2)
            time = now
        }
        return result
    }

    /// Whether a value takes more than a few instructions, and depends on its own row alone.
    private static func isSlow(_ function: ScalarFunction) -> Bool {
        switch function.family {
        case .arithmetic, .comparison, .logical, .conditional: false
        default: isSplittable(function)
        }
    }

    /// Whether a value depends on its own row alone.
    private static func isSplittable(_ function: ScalarFunction) -> Bool {
        switch function.determinism {
        case .perRow, .rowOrder: false
        case .pure, .perQuery: true
        }
    }

    private static func plain(_ call: ScalarCall, _ function: ScalarFunction) throws(ExecutionError) -> Column {
        do {
            return try function.evaluate(call)
        } catch {
            throw ExecutionError(error)
        }
    }

    /// Evaluates some rows at a time, fewer where they give much.
    private static func pieces(
        _ call: ScalarCall, _ function: ScalarFunction, _ limit: Int, _ pace: Pace
    ) throws(ExecutionError) -> Column {
        var result = Column(empty: call.resultType)
        var bytes = 0
        var start = 0
        var count = 1
        while start < call.rowCount {
            let rows = start..<min(start + count, call.rowCount)
            let piece = call.part(rows)
            guard largestProduct(piece, function.name) <= limit else { throw tooLarge(function.name, limit) }
            let values = try plain(piece, function)
            if rows.count == 1 { try checkValue(values, function.name) }
            let size = size(values)
            bytes += size
            guard bytes <= limit else { throw tooLarge(function.name, limit) }
            result.append(contentsOf: values)
            start = rows.upperBound
            count = min(max(1, pieceBytes / max(1, size / rows.count)), 2 * count)
            _ = try pace()
        }
        return result
    }

    /// The most bytes that one value of a piece's result may take, where two arguments multiply each other.
    private static func largestProduct(_ call: ScalarCall, _ name: String) -> Int {
        func bytes(_ argument: Int) -> Int {
            call.arguments.indices.contains(argument) ? size(call.arguments[argument]) : 0
        }
        switch name {
        case "replace_string", "replace_regex": return product(bytes(0), bytes(2) + 1)
        case "strcat_array": return product(bytes(0), bytes(1) + 1)
        case "strrep": return product(bytes(0) + bytes(2), 1024)
        case "repeat": return bytes(0)
        default: return 0
        }
    }

    private static func product(_ left: Int, _ right: Int) -> Int {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }

    private static func checkValue(_ column: Column, _ name: String) throws(ExecutionError) {
        guard size(column) <= valueBytes else { throw tooLarge(name, valueBytes) }
        if case .dynamic(let values) = column, values.contains(where: { !$0.isNested(atMost: depth) }) {
            throw ExecutionError(
                .function, "\(name)() would nest arrays and bags more than \(depth) deep")
        }
    }

    private static func tooLarge(_ name: String, _ limit: Int) -> ExecutionError {
        ExecutionError(
            .byteLimit,
            "\(name)() would make more than \(limit) bytes; shorten what it joins or repeats, or take fewer rows"
        )
    }

    private static func size(_ column: Column) -> Int {
        switch column {
        case .string(let texts): texts.bytes.count
        case .dynamic(let values): values.reduce(0) { $0 + $1.size }
        default: column.count * 8
        }
    }
}

extension ScalarCall {
    /// The call for some of its rows.
    fileprivate func part(_ rows: Range<Int>) -> ScalarCall {
        guard rowCount > rows.count else { return self }
        let indices = Array(rows)
        return ScalarCall(
            arguments: arguments.enumerated().map { isConstant[$0.offset] ? $0.element : $0.element.gather(indices) },
            isConstant: isConstant, rowCount: rows.count, resultType: resultType, context: context)
    }
}

extension JSON {
    /// A rough size in memory.
    fileprivate var size: Int {
        switch self {
        case .null, .bool, .int, .double: 16
        case .string(let text): 16 + text.utf8.count
        case .array(let elements): elements.reduce(16) { $0 + $1.size }
        case .object(let members): members.reduce(16) { $0 + $1.key.utf8.count + 32 + $1.value.size }
        }
    }

    fileprivate func isNested(atMost depth: Int) -> Bool {
        guard depth > 0 else { return false }
        return switch self {
        case .array(let elements): elements.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .object(let members): members.values.allSatisfy { $0.isNested(atMost: depth - 1) }
        default: true
        }
    }
}
