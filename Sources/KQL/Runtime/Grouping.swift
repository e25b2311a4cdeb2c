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
            let other = Grouping.codes(of: column)
            codes = Grouping.dense(zip(codes.values, other.values).lazy.map { Pair(first: $0, second: $1) })
        }
        groups = codes.values
        firstRows = codes.firstRows
    }

    private struct Pair: Hashable {
        let first: Int
        let second: Int
    }

    private struct Codes {
        var values: [Int] = []
        var firstRows: [Int] = []
    }

    private static func codes(of column: Column) -> Codes {
        switch column {
        case .string(let strings): codes(of: strings)
        case .bool(let vector): codes(of: vector)
        case .int(let vector): codes(of: vector)
        case .long(let vector), .datetime(let vector), .timespan(let vector): codes(of: vector)
        case .real(let vector):
            dense(
                (0..<vector.count).lazy.map { row -> UInt64? in
                    guard let value = vector[row] else { return nil }
                    if value.isNaN { return Double.nan.bitPattern }
                    return value == 0 ? 0 : value.bitPattern
                })
        case .decimal(let vector): codes(of: vector)
        case .guid(let vector): codes(of: vector)
        case .dynamic(let values): dense(values)
        }
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

    /// Strings by a table of our own over their bytes, without making `String`s.
    private static func codes(of strings: StringColumn) -> Codes {
        var codes = Codes()
        codes.values.reserveCapacity(strings.count)
        var slots = [Int32](repeating: -1, count: 64)
        var hashes: [UInt64] = []
        for row in 0..<strings.count {
            let hash = strings.withUTF8(row, hashOfBytes)
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while true {
                let code = Int(slots[slot])
                if code < 0 {
                    slots[slot] = Int32(truncatingIfNeeded: codes.firstRows.count)
                    codes.values.append(codes.firstRows.count)
                    codes.firstRows.append(row)
                    hashes.append(hash)
                    break
                }
                if hashes[code] == hash, strings.isEqual(row, to: codes.firstRows[code], of: strings) {
                    codes.values.append(code)
                    break
                }
                slot = (slot + 1) & (slots.count - 1)
            }
            if codes.firstRows.count * 2 > slots.count { slots = rehashed(hashes, into: slots.count * 4) }
        }
        return codes
    }

    private static func rehashed(_ hashes: [UInt64], into size: Int) -> [Int32] {
        var slots = [Int32](repeating: -1, count: size)
        for (code, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (size - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Int32(truncatingIfNeeded: code)
        }
        return slots
    }
}

/// A hash of some bytes, eight at a time (multiply and fold); not for hostile collisions across processes.
private func hashOfBytes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    let raw = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset + 8 <= raw.count {
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let product = (hash ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        hash = product.high ^ product.low
        offset += 8
    }
    var tail: UInt64 = 0
    while offset < raw.count {
        tail = tail << 8 | UInt64(raw[offset])
        offset += 1
    }
    let product = (hash ^ tail).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
}
