import Foundation
import JSON
import KQLValues

/// One sort key, made ready for fast comparison of rows.
struct RowOrder {
    private enum Values {
        /// Numbers, times and booleans as integers in the same order.
        case ranks([Int64])
        case strings(StringColumn)
        case decimals([Decimal])
    }

    private let values: Values
    /// Per row: 0 null, 1 NaN, 2 an ordinary value.
    private let classes: [UInt8]?
    private let isDescending: Bool
    private let nullsFirst: Bool

    init(_ column: Column, isDescending: Bool, nullsFirst: Bool) {
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
        var classes: [UInt8]?
        if !column.isString, (0..<column.count).contains(where: column.isNull) {
            classes = (0..<column.count).map { column.isNull($0) ? 0 : 2 }
        }
        switch column {
        case .bool(let vector): values = .ranks(vector.values.map { $0 ? 1 : 0 })
        case .int(let vector): values = .ranks(vector.values.map(Int64.init))
        case .long(let vector), .datetime(let vector), .timespan(let vector): values = .ranks(vector.values)
        case .real(let vector):
            values = .ranks(vector.values.map(RowOrder.rank))
            if vector.values.contains(where: \.isNaN) {
                classes = (0..<vector.count).map { vector.isNull($0) ? 0 : vector.values[$0].isNaN ? 1 : 2 }
            }
        case .decimal(let vector): values = .decimals(vector.values)
        case .guid(let vector): values = .strings(StringColumn(vector.values.map(\.uuidString)))
        case .string(let strings): values = .strings(strings)
        case .dynamic(let elements):
            if elements.allSatisfy({ $0.isNull || $0.doubleValue != nil }) {
                values = .ranks(elements.map { RowOrder.rank($0.doubleValue ?? 0) })
            } else {
                values = .strings(StringColumn(elements.map { $0.stringValue ?? $0.description }))
            }
        }
        self.classes = classes
    }

    /// An integer whose order is that of the numbers.
    private static func rank(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: (value == 0 ? 0 : value).bitPattern)
        return bits < 0 ? bits ^ Int64.max : bits
    }

    /// Negative when row `left` comes before row `right`.
    func compare(_ left: Int, _ right: Int) -> Int {
        if let classes, classes[left] != 2 || classes[right] != 2 {
            let order = Int(classes[left]) - Int(classes[right])
            return nullsFirst ? order : -order
        }
        let order: Int =
            switch values {
            case .ranks(let ranks): ranks[left] < ranks[right] ? -1 : ranks[left] > ranks[right] ? 1 : 0
            case .decimals(let numbers): numbers[left] < numbers[right] ? -1 : numbers[left] > numbers[right] ? 1 : 0
            case .strings(let strings): strings.compare(left, right)
            }
        return isDescending ? -order : order
    }
}

/// The rows `0..<rowCount` in the order of the keys; equal rows keep their order.
func sortedRows(_ rowCount: Int, by keys: [RowOrder]) -> [Int] {
    let isBefore = { (left: Int, right: Int) -> Bool in
        for key in keys {
            let order = key.compare(left, right)
            if order != 0 { return order < 0 }
        }
        return left < right
    }
    return (0..<rowCount).sorted(by: isBefore)
}

extension Column {
    fileprivate var isString: Bool { if case .string = self { true } else { false } }
}

extension StringColumn {
    /// The order of two rows by their bytes: negative, zero or positive.
    func compare(_ left: Int, _ right: Int) -> Int {
        withUTF8(left) { first in
            withUTF8(right) { second in
                let common = min(first.count, second.count)
                if common > 0, let firstBase = first.baseAddress, let secondBase = second.baseAddress {
                    let order = Int(memcmp(firstBase, secondBase, common))
                    if order != 0 { return order }
                }
                return first.count - second.count
            }
        }
    }
}

extension Execution {
    func sort(_ node: Sort) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        return input.gather(try order(of: input, by: node.keys))
    }

    func top(_ node: Top) throws(ExecutionError) -> Table {
        let count = try count(node.count)
        let input = try table(node.input)
        return input.gather(Array(try order(of: input, by: node.keys).prefix(count)))
    }

    /// The rows of a table in the order of the keys.
    func order(of input: Table, by keys: [SortKey]) throws(ExecutionError) -> [Int] {
        var orders: [RowOrder] = []
        for key in keys {
            let values = try column(key.expression, over: input)
            orders.append(RowOrder(values, isDescending: key.isDescending, nullsFirst: key.nullsFirst))
        }
        return sortedRows(input.rowCount, by: orders)
    }
}
