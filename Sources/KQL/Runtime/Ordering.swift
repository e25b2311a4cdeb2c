import Foundation
import JSON
import KQLValues

/// One sort key, made ready for fast comparison of rows.
struct RowOrder {
    /// What rows of equal rank are compared by.
    private enum Details {
        case none
        case strings(StringColumn)
        case decimals([Decimal])
    }

    /// Integers in the order of the values, as far as 64 bits tell: numbers, times, the first bytes of texts. The order's
    /// direction is in them.
    fileprivate let ranks: [UInt64]
    private let details: Details
    /// Per row: 0 null, 1 NaN, 2 an ordinary value; the order's direction is in them.
    private let classes: [UInt8]?
    /// The class of ordinary values.
    private let ordinary: UInt8
    private let isDescending: Bool

    init(_ column: Column, isDescending: Bool, nullsFirst: Bool) {
        self.isDescending = isDescending
        ordinary = nullsFirst ? 2 : 0
        var classes = RowOrder.classes(of: column)
        let ranks: [UInt64]
        switch column {
        case .bool(let vector): (ranks, details) = (vector.values.map { $0 ? 1 : 0 }, .none)
        case .int(let vector): (ranks, details) = (vector.values.map { RowOrder.rank(Int64($0)) }, .none)
        case .long(let vector), .datetime(let vector), .timespan(let vector):
            (ranks, details) = (vector.values.map(RowOrder.rank), .none)
        case .real(let vector): (ranks, details) = (vector.values.map(RowOrder.rank), .none)
        case .decimal(let vector):
            (ranks, details) = (Array(repeating: 0, count: vector.count), .decimals(vector.values))
        case .guid(let vector): (ranks, details) = RowOrder.texts(StringColumn(vector.values.map(\.uuidString)))
        case .string(let strings): (ranks, details) = RowOrder.texts(strings)
        case .dynamic(let elements):
            if elements.allSatisfy({ $0.isNull || $0.doubleValue != nil }) {
                (ranks, details) = (elements.map { RowOrder.rank($0.doubleValue ?? 0) }, .none)
            } else {
                (ranks, details) = RowOrder.texts(StringColumn(elements.map { $0.stringValue ?? $0.description }))
            }
        }
        self.ranks = isDescending ? ranks.map(~) : ranks
        if !nullsFirst, let marks = classes { classes = marks.map { 2 - $0 } }
        self.classes = classes
    }

    /// Nil when all values are ordinary.
    private static func classes(of column: Column) -> [UInt8]? {
        switch column {
        case .string: return nil
        case .real(let vector):
            guard vector.nulls != nil || vector.values.contains(where: \.isNaN) else { return nil }
            return (0..<vector.count).map { vector.isNull($0) ? 0 : vector.values[$0].isNaN ? 1 : 2 }
        default:
            guard (0..<column.count).contains(where: column.isNull) else { return nil }
            return (0..<column.count).map { column.isNull($0) ? 0 : 2 }
        }
    }

    private static func rank(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 << 63 }

    private static func rank(_ value: Double) -> UInt64 {
        let bits = (value == 0 ? 0 : value).bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }

    /// The first eight bytes of each text as a number; whole texts where these are equal.
    private static func texts(_ strings: StringColumn) -> ([UInt64], Details) {
        let ranks = (0..<strings.count).map { row in
            strings.withUTF8(row) { text in
                var rank: UInt64 = 0
                for index in 0..<min(8, text.count) { rank |= UInt64(text[index]) << UInt64(56 - 8 * index) }
                return rank
            }
        }
        return (ranks, .strings(strings))
    }

    /// Whether ranks alone give the order.
    fileprivate var isRankOnly: Bool {
        if classes == nil, case .none = details { true } else { false }
    }

    /// Negative when row `left` comes before row `right`.
    func compare(_ left: Int, _ right: Int) -> Int {
        if let classes {
            if classes[left] != classes[right] { return Int(classes[left]) - Int(classes[right]) }
            if classes[left] != ordinary { return 0 }
        }
        if ranks[left] != ranks[right] { return ranks[left] < ranks[right] ? -1 : 1 }
        let order: Int =
            switch details {
            case .none: 0
            case .decimals(let numbers): numbers[left] < numbers[right] ? -1 : numbers[left] > numbers[right] ? 1 : 0
            case .strings(let strings): strings.compare(left, right)
            }
        return isDescending ? -order : order
    }
}

/// The rows `0..<rowCount` in the order of the keys; equal rows keep their order.
func sortedRows(_ rowCount: Int, by keys: [RowOrder]) -> [Int] {
    guard let first = keys.first else { return Array(0..<rowCount) }
    let order = MultipleOrder(keys)
    if keys.count == 1, first.isRankOnly {
        var pairs = (0..<rowCount).map { (rank: first.ranks[$0], row: $0) }
        pairs.sort { $0.rank != $1.rank ? $0.rank < $1.rank : $0.row < $1.row }
        return pairs.map(\.row)
    }
    return (0..<rowCount).sorted(by: order.isBefore)
}

/// The first `count` of the rows in the order of the keys; a heap keeps the best so far, so that not all are sorted.
func firstRows(_ count: Int, of rowCount: Int, by keys: [RowOrder]) -> [Int] {
    guard count < rowCount / 4 else { return Array(sortedRows(rowCount, by: keys).prefix(count)) }
    let order = MultipleOrder(keys)
    var best = Heap<Int>(isBefore: { order.isBefore($1, $0) })
    for row in 0..<rowCount {
        if best.count < count {
            best.insert(row)
        } else if let worst = best.first, order.isBefore(row, worst) {
            best.replaceFirst(with: row)
        }
    }
    return best.elements.sorted(by: order.isBefore)
}

/// Several keys one after the other, and last the rows' own order.
private struct MultipleOrder {
    private let keys: [RowOrder]

    init(_ keys: [RowOrder]) {
        self.keys = keys
    }

    func isBefore(_ left: Int, _ right: Int) -> Bool {
        for key in keys {
            let order = key.compare(left, right)
            if order != 0 { return order < 0 }
        }
        return left < right
    }
}

/// A binary heap.
private struct Heap<Element> {
    private(set) var elements: [Element] = []
    let isBefore: (Element, Element) -> Bool

    init(isBefore: @escaping (Element, Element) -> Bool) {
        self.isBefore = isBefore
    }

    var count: Int { elements.count }
    var first: Element? { elements.first }

    mutating func insert(_ element: Element) {
        elements.append(element)
        var child = elements.count - 1
        while child > 0, isBefore(elements[child], elements[(child - 1) / 2]) {
            elements.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func replaceFirst(with element: Element) {
        elements[0] = element
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < elements.count && isBefore(elements[child], elements[least]) {
                least = child
            }
            if least == parent { return }
            elements.swapAt(parent, least)
            parent = least
        }
    }
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
        return input.gather(firstRows(count, of: input.rowCount, by: try orders(of: input, by: node.keys)))
    }

    /// The rows of a table in the order of the keys.
    func order(of input: Table, by keys: [SortKey]) throws(ExecutionError) -> [Int] {
        sortedRows(input.rowCount, by: try orders(of: input, by: keys))
    }

    private func orders(of input: Table, by keys: [SortKey]) throws(ExecutionError) -> [RowOrder] {
        var orders: [RowOrder] = []
        for key in keys {
            let values = try column(key.expression, over: input)
            orders.append(RowOrder(values, isDescending: key.isDescending, nullsFirst: key.nullsFirst))
        }
        return orders
    }
}
