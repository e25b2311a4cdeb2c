import Foundation
import JSON
import KQLValues

/// Negative, zero or positive as one row's value comes before, equals or comes after another's of the same type; null
/// comes first, then NaN.
func ordering(_ left: Column, _ leftRow: Int, _ right: Column, _ rightRow: Int) -> Int {
    switch (left.isNull(leftRow), right.isNull(rightRow)) {
    case (true, true): return 0
    case (true, false): return -1
    case (false, true): return 1
    case (false, false): break
    }
    switch (left, right) {
    case (.bool(let left), .bool(let right)):
        return (left.values[leftRow] ? 1 : 0) - (right.values[rightRow] ? 1 : 0)
    case (.int(let left), .int(let right)): return order(left.values[leftRow], right.values[rightRow])
    case (.long(let left), .long(let right)), (.datetime(let left), .datetime(let right)),
        (.timespan(let left), .timespan(let right)):
        return order(left.values[leftRow], right.values[rightRow])
    case (.real(let left), .real(let right)):
        let (first, second) = (left.values[leftRow], right.values[rightRow])
        if first.isNaN || second.isNaN { return (first.isNaN ? 0 : 1) - (second.isNaN ? 0 : 1) }
        return order(first, second)
    case (.decimal(let left), .decimal(let right)): return order(left.values[leftRow], right.values[rightRow])
    case (.guid(let left), .guid(let right)):
        return order(left.values[leftRow].uuidString, right.values[rightRow].uuidString)
    case (.string(let left), .string(let right)):
        return left.withUTF8(leftRow) { first in right.withUTF8(rightRow) { order(first, $0) } }
    case (.dynamic(let left), .dynamic(let right)):
        return order(OrderedJSON(left[leftRow]), OrderedJSON(right[rightRow]))
    default: return 0
    }
}

private func order<T: Comparable>(_ left: T, _ right: T) -> Int {
    left < right ? -1 : left > right ? 1 : 0
}
