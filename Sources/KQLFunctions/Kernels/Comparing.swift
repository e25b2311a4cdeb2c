import Chronology
import Foundation
import JSON
import KQLValues

/// A comparison, known statically so that the loops over it specialise.
protocol Comparing: Sendable {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool
    /// What comparing a value with a null gives; nil is null.
    static var withOneNull: Bool? { get }
}

enum Equal: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left == right }
    static var withOneNull: Bool? { false }
}

enum NotEqual: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left != right }
    static var withOneNull: Bool? { true }
}

enum Less: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left < right }
    static var withOneNull: Bool? { nil }
}

enum LessOrEqual: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left <= right }
    static var withOneNull: Bool? { nil }
}

enum Greater: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left > right }
    static var withOneNull: Bool? { nil }
}

enum GreaterOrEqual: Comparing {
    static func holds<T: Comparable>(_ left: T, _ right: T) -> Bool { left >= right }
    static var withOneNull: Bool? { nil }
}

/// Compares two columns of `rowCount` rows, or of one row where constant, with Kusto's null logic: with one null `==`
/// is false, `!=` true, an order null; with two nulls all are null.
func compare<C: Comparing>(_ left: Operand, _ right: Operand, rowCount: Int, by _: C.Type) -> Column {
    switch comparisonType(left.column.type, right.column.type) {
    case .bool:
        compare(
            left.column.bools.map { $0 ? 1 : 0 }, right.column.bools.map { $0 ? 1 : 0 }, left, right, rowCount, C.self)
    case .int, .long: compare(left.column.longs, right.column.longs, left, right, rowCount, C.self)
    case .real: compare(left.column.reals, right.column.reals, left, right, rowCount, C.self)
    case .decimal: compare(left.column.decimals, right.column.decimals, left, right, rowCount, C.self)
    case .datetime: compare(left.column.datetimes, right.column.datetimes, left, right, rowCount, C.self)
    case .timespan: compare(left.column.timespans, right.column.timespans, left, right, rowCount, C.self)
    case .guid:
        compare(
            left.column.guids.map(\.uuidString), right.column.guids.map(\.uuidString), left, right, rowCount, C.self)
    case .string: compareTexts(left, right, rowCount, C.self)
    case .dynamic:
        compare(
            Vector(left.column.dynamics.map(OrderedJSON.init), nulls: left.column.dynamics.map(\.isNull)),
            Vector(right.column.dynamics.map(OrderedJSON.init), nulls: right.column.dynamics.map(\.isNull)),
            left, right, rowCount, C.self)
    }
}

/// A column with the way rows are found in it: all of them, or always the first.
struct Operand {
    let column: Column
    let mask: Int

    init(_ column: Column, isConstant: Bool) {
        self.column = column
        mask = isConstant ? 0 : -1
    }

    init(_ call: ScalarCall, _ argument: Int) {
        self.init(call.arguments[argument], isConstant: call.isConstant[argument])
    }
}

/// The type in which values of two types are compared: the wider number; the type that is no string and not dynamic.
func comparisonType(_ left: KQLType, _ right: KQLType) -> KQLType {
    if left == right { return left }
    switch (left, right) {
    case (.string, .dynamic), (.dynamic, .string): return .string
    case (.string, let other), (let other, .string), (.dynamic, let other), (let other, .dynamic): return other
    case (.decimal, _), (_, .decimal): return .decimal
    case (.real, _), (_, .real): return .real
    case (.datetime, _), (_, .datetime): return .datetime
    case (.timespan, _), (_, .timespan): return .timespan
    default: return .long
    }
}

private func compare<T: Comparable & Sendable, C: Comparing>(
    _ left: Vector<T>, _ right: Vector<T>, _ leftOperand: Operand, _ rightOperand: Operand, _ rowCount: Int, _: C.Type
) -> Column {
    let leftMask = leftOperand.mask
    let rightMask = rightOperand.mask
    if left.nulls == nil, right.nulls == nil {
        var values = [Bool](repeating: false, count: rowCount)
        for row in 0..<rowCount {
            values[row] = C.holds(left.values[row & leftMask], right.values[row & rightMask])
        }
        return .bool(Vector(values))
    }
    var result = Vector<Bool>([])
    for row in 0..<rowCount {
        switch (left[row & leftMask], right[row & rightMask]) {
        case (let left?, let right?): result.append(C.holds(left, right), filler: false)
        case (nil, nil): result.append(nil, filler: false)
        default: result.append(C.withOneNull, filler: false)
        }
    }
    return .bool(result)
}

/// Strings are compared by their bytes and are never null.
private func compareTexts<C: Comparing>(_ left: Operand, _ right: Operand, _ rowCount: Int, _: C.Type) -> Column {
    let leftTexts = left.column.texts
    let rightTexts = right.column.texts
    var values = [Bool](repeating: false, count: rowCount)
    for row in 0..<rowCount {
        values[row] = leftTexts.withUTF8(row & left.mask) { leftBytes in
            rightTexts.withUTF8(row & right.mask) { C.holds(order(leftBytes, $0), 0) }
        }
    }
    return .bool(Vector(values))
}

/// Negative, zero or positive as the bytes on the left come before, equal or come after those on the right.
func order(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
    let common = min(left.count, right.count)
    if common > 0, let leftStart = left.baseAddress, let rightStart = right.baseAddress {
        let difference = memcmp(leftStart, rightStart, common)
        if difference != 0 { return Int(difference) }
    }
    return left.count - right.count
}

/// A dynamic value in the order that Kusto sorts them: numbers, then texts; other values by their JSON text.
struct OrderedJSON: Comparable, Sendable {
    let value: JSON

    init(_ value: JSON) {
        self.value = value
    }

    static func == (left: OrderedJSON, right: OrderedJSON) -> Bool { left.value == right.value }

    static func < (left: OrderedJSON, right: OrderedJSON) -> Bool {
        if case .int(let leftInt) = left.value, case .int(let rightInt) = right.value { return leftInt < rightInt }
        if let leftNumber = left.value.doubleValue {
            guard let rightNumber = right.value.doubleValue else { return true }
            return leftNumber < rightNumber
        }
        guard right.value.doubleValue == nil else { return false }
        return left.value.kqlText < right.value.kqlText
    }
}
