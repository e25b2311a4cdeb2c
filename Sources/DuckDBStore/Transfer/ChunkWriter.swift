import CDuckDB
import Foundation
import JSON
import KQLValues

/// Copies rows of columns into the vectors of a data chunk.
struct ChunkWriter {
    let functions: UnsafePointer<CDuckDBFunctions>
    /// Where texts of string columns are kept for vectors that are used up before the next `reset` of it; nil: each text is
    /// given to its vector, which may live on.
    var texts: TextArena?

    init(functions: UnsafePointer<CDuckDBFunctions>, texts: TextArena? = nil) {
        self.functions = functions
        self.texts = texts
    }

    /// Writes `rows` of a column into a vector of the column's stored type, from a place of it on.
    ///
    /// - Parameter isDynamic: The strings are JSON text, an empty one stands for null.
    func write(
        _ column: Column, _ rows: Range<Int>, isDynamic: Bool, to vector: UnsafeMutablePointer<CDuckDBVector>,
        at start: Int = 0
    ) {
        let target = Target(vector: vector, start: start)
        switch column {
        case .bool(let bools): copy(bools, rows, to: target) { $0 ? 1 as UInt8 : 0 }
        case .int(let ints): copy(ints, rows, to: target)
        case .long(let longs), .datetime(let longs), .timespan(let longs): copy(longs, rows, to: target)
        case .real(let reals): copy(reals, rows, to: target)
        case .guid(let guids): copy(guids, rows, to: target) { CDuckDBHugeInt($0) }
        case .decimal(let decimals):
            copyTexts(rows, to: target) { decimals[$0]?.description }
        case .dynamic(let values):
            copyTexts(rows, to: target) { values[$0].isNull ? nil : values[$0].description }
        case .string(let strings): copy(strings, rows, emptyIsNull: isDynamic, to: target)
        }
    }

    /// A vector, and where in it writing begins.
    private struct Target {
        let vector: UnsafeMutablePointer<CDuckDBVector>
        let start: Int
    }

    /// Writes what stands for a missing value: null, for strings the empty string.
    func writeMissing(
        _ type: KQLType, count: Int, to vector: UnsafeMutablePointer<CDuckDBVector>, at start: Int = 0
    ) {
        let target = Target(vector: vector, start: start)
        if type == .string {
            let stride = MemoryLayout<CDuckDBString>.stride
            data(of: target, stride: stride)?.initializeMemory(as: UInt8.self, repeating: 0, count: count * stride)
        } else {
            mark(0..<count, nullWhere: { _ in true }, in: target)
        }
    }

    /// Writes the same number in every row.
    func write(
        repeating number: Int64, count: Int, to vector: UnsafeMutablePointer<CDuckDBVector>, at start: Int = 0
    ) {
        let target = Target(vector: vector, start: start)
        data(of: target, stride: MemoryLayout<Int64>.stride)?
            .initializeMemory(as: Int64.self, repeating: number, count: count)
    }

    /// Where the first row goes.
    private func data(of target: Target, stride: Int) -> UnsafeMutableRawPointer? {
        functions.pointee.vector_get_data(target.vector).map { $0 + target.start * stride }
    }

    // MARK: - Fixed size

    private func copy<Element>(
        _ source: Vector<Element>, _ rows: Range<Int>, to target: Target
    ) {
        guard let data = data(of: target, stride: MemoryLayout<Element>.stride) else { return }
        source.values.withUnsafeBufferPointer {
            let slice = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0[rows]))
            UnsafeMutableRawBufferPointer(start: data, count: slice.count).copyMemory(from: slice)
        }
        markNulls(source.nulls, rows, in: target)
    }

    private func copy<Element, Stored: BitwiseCopyable>(
        _ source: Vector<Element>, _ rows: Range<Int>, to target: Target,
        _ stored: (Element) -> Stored
    ) {
        let stride = MemoryLayout<Stored>.stride
        guard let data = data(of: target, stride: stride) else { return }
        for (position, row) in rows.enumerated() {
            data.storeBytes(of: stored(source.values[row]), toByteOffset: position * stride, as: Stored.self)
        }
        markNulls(source.nulls, rows, in: target)
    }

    private func markNulls(_ nulls: [Bool]?, _ rows: Range<Int>, in target: Target) {
        if let nulls { mark(rows, nullWhere: { nulls[$0] }, in: target) }
    }

    private func mark(
        _ rows: Range<Int>, nullWhere isNull: (Int) -> Bool, in target: Target
    ) {
        functions.pointee.vector_ensure_validity_writable(target.vector)
        guard let validity = functions.pointee.vector_get_validity(target.vector) else { return }
        for (offset, row) in rows.enumerated() where isNull(row) {
            let position = target.start + offset
            validity[position / 64] &= ~(1 << UInt64(position % 64))
        }
    }

    // MARK: - Text

    private func copy(
        _ source: StringColumn, _ rows: Range<Int>, emptyIsNull: Bool, to target: Target
    ) {
        guard let data = functions.pointee.vector_get_data(target.vector) else { return }
        source.bytes.withUnsafeBytes { bytes in
            source.offsets.withUnsafeBufferPointer { offsets in
                if let texts {
                    let range = offsets[rows.lowerBound]..<offsets[rows.upperBound]
                    let kept = texts.keep(UnsafeRawBufferPointer(rebasing: bytes[range]))
                    for (position, row) in rows.enumerated() {
                        let start = offsets[row] - range.lowerBound
                        let text = UnsafeRawBufferPointer(rebasing: kept[start..<(offsets[row + 1] - range.lowerBound)])
                        Self.refer(to: text, at: target.start + position, data)
                    }
                    return
                }
                for (position, row) in rows.enumerated() {
                    let text = UnsafeRawBufferPointer(rebasing: bytes[offsets[row]..<offsets[row + 1]])
                    assign(text, at: target.start + position, of: target.vector, data)
                }
            }
        }
        if emptyIsNull { mark(rows, nullWhere: { source.isEmpty($0) }, in: target) }
    }

    private func copyTexts(
        _ rows: Range<Int>, to target: Target, _ text: (Int) -> String?
    ) {
        guard let data = functions.pointee.vector_get_data(target.vector) else { return }
        var isNull = [Bool](repeating: false, count: rows.count)
        for (position, row) in rows.enumerated() {
            var utf8 = text(row) ?? ""
            isNull[position] = utf8.isEmpty
            utf8.withUTF8 {
                assign(UnsafeRawBufferPointer($0), at: target.start + position, of: target.vector, data)
            }
        }
        mark(0..<rows.count, nullWhere: { isNull[$0] }, in: target)
    }

    /// Lets a row stand for valid UTF-8 that outlives the vector's use; short strings stand in the vector itself.
    @inline(__always)
    private static func refer(to text: UnsafeRawBufferPointer, at position: Int, _ data: UnsafeMutableRawPointer) {
        let slot = data + position * MemoryLayout<CDuckDBString>.stride
        slot.initializeMemory(as: UInt64.self, repeating: 0, count: 2)
        slot.storeBytes(of: UInt32(text.count), as: UInt32.self)
        if text.count <= inlineLength {
            UnsafeMutableRawBufferPointer(start: slot + 4, count: inlineLength).copyBytes(from: text)
        } else {
            UnsafeMutableRawBufferPointer(start: slot + 4, count: 4).copyBytes(from: text.prefix(4))
            slot.storeBytes(of: text.baseAddress, toByteOffset: 8, as: UnsafeRawPointer?.self)
        }
    }

    /// The longest string in bytes that DuckDB keeps in the vector itself.
    private static let inlineLength = 12

    /// Puts valid UTF-8 into a row; short strings stand in the vector itself.
    @inline(__always)
    func assign(
        _ text: UnsafeRawBufferPointer, at position: Int, of vector: UnsafeMutablePointer<CDuckDBVector>,
        _ data: UnsafeMutableRawPointer
    ) {
        if text.count <= Self.inlineLength {
            let slot = data + position * MemoryLayout<CDuckDBString>.stride
            slot.initializeMemory(as: UInt64.self, repeating: 0, count: 2)
            slot.storeBytes(of: UInt32(text.count), as: UInt32.self)
            UnsafeMutableRawBufferPointer(start: slot + 4, count: Self.inlineLength).copyBytes(from: text)
        } else if let start = text.bindMemory(to: CChar.self).baseAddress {
            functions.pointee.vector_assign_string_element_len(vector, UInt64(position), start, UInt64(text.count))
        }
    }
}
