import CDuckDB
import EventStore
import Foundation
import KQLValues

/// Collects the vectors of one result column into a `Column`.
struct ColumnReader {
    private let functions: UnsafePointer<CDuckDBFunctions>
    private let type: KQLType
    private var storage: Storage

    private enum Storage {
        case bytes([UInt8])
        case ints([Int32])
        case longs([Int64])
        case reals([Double])
        case guids([UUID])
        case text(bytes: [UInt8], offsets: [Int])
    }

    private var nulls: [Bool] = []
    private var hasNull = false

    init(_ type: KQLType, functions: UnsafePointer<CDuckDBFunctions>) {
        self.functions = functions
        self.type = type
        storage =
            switch type {
            case .bool: .bytes([])
            case .int: .ints([])
            case .long, .datetime, .timespan: .longs([])
            case .real: .reals([])
            case .guid: .guids([])
            case .string, .decimal, .dynamic: .text(bytes: [], offsets: [0])
            }
    }

    /// Appends the first `count` rows of a vector, which is of the type's stored form.
    mutating func append(_ vector: UnsafeMutablePointer<CDuckDBVector>, count: Int) {
        guard count > 0, let data = functions.pointee.vector_get_data(vector) else { return }
        appendNulls(functions.pointee.vector_get_validity(vector), count: count)
        var current = Storage.bytes([])
        swap(&current, &storage)
        switch consume current {
        case .bytes(var values):
            values.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
            storage = .bytes(values)
        case .ints(var values):
            values.append(contentsOf: data.elements(Int32.self, count))
            storage = .ints(values)
        case .longs(var values):
            values.append(contentsOf: data.elements(Int64.self, count))
            storage = .longs(values)
        case .reals(var values):
            values.append(contentsOf: data.elements(Double.self, count))
            storage = .reals(values)
        case .guids(var values):
            for number in data.elements(CDuckDBHugeInt.self, count) { values.append(number.guid) }
            storage = .guids(values)
        case .text(var bytes, var offsets):
            appendText(data, count: count, to: &bytes, &offsets)
            storage = .text(bytes: bytes, offsets: offsets)
        }
    }

    /// What was collected.
    func column() -> Column {
        let nulls = hasNull ? nulls : nil
        switch storage {
        case .bytes(let values): return .bool(Vector(values.map { $0 != 0 }, nulls: nulls))
        case .ints(let values): return .int(Vector(values, nulls: nulls))
        case .longs(let values): return Column(stored: values, as: type, nulls: nulls)
        case .reals(let values): return .real(Vector(values, nulls: nulls))
        case .guids(let values): return .guid(Vector(values, nulls: nulls))
        case .text(let bytes, let offsets):
            return Column(stored: StringColumn(bytes: bytes, offsets: offsets), as: type, nulls: nulls)
        }
    }

    private mutating func appendNulls(_ validity: UnsafeMutablePointer<UInt64>?, count: Int) {
        guard let validity else {
            if hasNull { nulls.append(contentsOf: repeatElement(false, count: count)) }
            return
        }
        if !hasNull {
            nulls = Array(repeating: false, count: rowCount)
            hasNull = true
        }
        for row in 0..<count { nulls.append(validity[row / 64] & 1 << UInt64(row % 64) == 0) }
    }

    private var rowCount: Int {
        switch storage {
        case .bytes(let values): values.count
        case .ints(let values): values.count
        case .longs(let values): values.count
        case .reals(let values): values.count
        case .guids(let values): values.count
        case .text(_, let offsets): offsets.count - 1
        }
    }

    private func appendText(
        _ data: UnsafeMutableRawPointer, count: Int, to bytes: inout [UInt8], _ offsets: inout [Int]
    ) {
        let firstNull = nulls.count - count
        for row in 0..<count {
            if !hasNull || !nulls[firstNull + row] {
                bytes.append(contentsOf: (data + row * MemoryLayout<CDuckDBString>.stride).storedText)
            }
            offsets.append(bytes.count)
        }
    }
}

extension UnsafeMutableRawPointer {
    /// The UTF-8 of a `CDuckDBString` that stands here: up to 12 bytes inside, else behind its pointer.
    @inline(__always)
    var storedText: UnsafeBufferPointer<UInt8> {
        let length = Int(load(as: UInt32.self))
        let start = length <= 12 ? UnsafeRawPointer(self) + 4 : load(fromByteOffset: 8, as: UnsafeRawPointer.self)
        return UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: length)
    }

    fileprivate func elements<Element>(_ type: Element.Type, _ count: Int) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(start: UnsafePointer(assumingMemoryBound(to: type)), count: count)
    }
}
