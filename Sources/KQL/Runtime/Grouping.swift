import Foundation
import JSON
import KQLValues

/// The rows of some columns, numbered by their different combinations of values in order of first appearance.
///
/// Nulls are equal to each other here, and so are NaNs.
struct Grouping {
    /// The group of each row.
    private(set) var groups: [Int]
    /// The first row of each group.
    private(set) var firstRows: [Int]

    /// Number of groups.
    var count: Int { firstRows.count }

    init(_ columns: [Column], rowCount: Int) {
        guard let first = columns.first else {
            groups = Array(repeating: 0, count: rowCount)
            firstRows = rowCount > 0 ? [0] : []
            return
        }
        var codes = Grouping.codes(of: first)
        for column in columns.dropFirst() {
            codes = Grouping.pairs(of: codes, and: Grouping.codes(of: column))
        }
        groups = codes.values
        firstRows = codes.firstRows
    }

    private struct Codes {
        var values: [Int] = []
        var firstRows: [Int] = []
    }

    private static func codes(of column: Column) -> Codes {
        switch column {
        case .string(let strings): codes(of: strings)
        case .bool(let vector): codes(of: vector) { $0 ? 1 : 0 }
        case .int(let vector): codes(of: vector) { UInt64(bitPattern: Int64($0)) }
        case .long(let vector), .datetime(let vector), .timespan(let vector):
            codes(of: vector) { UInt64(bitPattern: $0) }
        case .real(let vector):
            codes(of: vector) { $0.isNaN ? Double.nan.bitPattern : $0 == 0 ? 0 : $0.bitPattern }
        case .decimal(let vector): codes(of: vector)
        case .guid(let vector): codes(of: vector)
        case .dynamic(let values): dense(values)
        }
    }

    private static func codes(of strings: StringColumn) -> Codes {
        let numbered = strings.numbered()
        return Codes(values: numbered.numbers, firstRows: numbered.firstRows)
    }

    /// Numbers combinations of two columns' codes.
    private static func pairs(of first: Codes, and second: Codes) -> Codes {
        let width = second.firstRows.count
        var codes = Codes()
        codes.values.reserveCapacity(first.values.count)
        if first.firstRows.count * width <= max(1 << 16, 2 * first.values.count) {
            // Few enough to have a place for each.
            var known = [Int32](repeating: -1, count: first.firstRows.count * width)
            for row in first.values.indices {
                let place = first.values[row] * width + second.values[row]
                if known[place] < 0 {
                    known[place] = Int32(truncatingIfNeeded: codes.firstRows.count)
                    codes.firstRows.append(row)
                }
                codes.values.append(Int(known[place]))
            }
            return codes
        }
        var table = NumberTable()
        for row in first.values.indices {
            let code = table.code(of: UInt64(first.values[row]) << 32 | UInt64(second.values[row]))
            if code == codes.firstRows.count { codes.firstRows.append(row) }
            codes.values.append(code)
        }
        return codes
    }

    /// Numbers fixed-size values by a key that is equal for equal ones.
    private static func codes<Element>(of vector: Vector<Element>, _ key: (Element) -> UInt64) -> Codes {
        var codes = Codes()
        codes.values.reserveCapacity(vector.count)
        var table = NumberTable()
        for row in vector.values.indices {
            let code = vector.isNull(row) ? table.codeOfNull() : table.code(of: key(vector.values[row]))
            if code == codes.firstRows.count { codes.firstRows.append(row) }
            codes.values.append(code)
        }
        return codes
    }

    private static func codes<Element: Hashable>(of vector: Vector<Element>) -> Codes {
        guard vector.nulls != nil else { return dense(vector.values) }
        return dense((0..<vector.count).lazy.map { vector[$0] })
    }

    private static func dense<Key: Hashable>(_ keys: some Sequence<Key>) -> Codes {
        var codes = Codes()
        var known: [Key: Int] = [:]
        for (row, key) in keys.enumerated() {
            if let code = known[key] {
                codes.values.append(code)
            } else {
                known[key] = codes.firstRows.count
                codes.values.append(codes.firstRows.count)
                codes.firstRows.append(row)
            }
        }
        return codes
    }
}

/// Numbers 64-bit keys in order of first appearance: open addressing, no hashing protocol.
private struct NumberTable {
    private var slots = [Int32](repeating: -1, count: 64)
    /// By code; what stands at the null's has no meaning.
    private var keys: [UInt64] = []
    private var nullCode: Int?

    mutating func codeOfNull() -> Int {
        if let nullCode { return nullCode }
        nullCode = keys.count
        keys.append(0)
        return keys.count - 1
    }

    /// The key's number; that of a new key is the number of keys before.
    mutating func code(of key: UInt64) -> Int {
        var slot = NumberTable.place(of: key, in: slots.count)
        while slots[slot] >= 0 {
            let code = Int(slots[slot])
            if keys[code] == key { return code }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(truncatingIfNeeded: keys.count)
        keys.append(key)
        if keys.count * 2 > slots.count { grow() }
        return keys.count - 1
    }

    private static func place(of key: UInt64, in count: Int) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & (count - 1)
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 4)
        for (code, key) in keys.enumerated() where code != nullCode {
            var slot = NumberTable.place(of: key, in: slots.count)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(truncatingIfNeeded: code)
        }
    }
}
