import Foundation
import JSON
import KQLValues

/// Collects the blocks of an answer in `Native` format into the columns of a table.
struct NativeReader {
    private let schema: TableSchema
    private var collected: [CollectedColumn]
    private(set) var rowCount = 0
    private var pending: [UInt8] = []
    /// A block is only tried again when this much has come, so that large blocks are not read from their start often.
    private var enough = 1

    init(_ schema: TableSchema) {
        self.schema = schema
        collected = schema.columns.map { CollectedColumn($0.type) }
    }

    /// Takes the next bytes of the answer.
    mutating func feed(_ bytes: some Collection<UInt8>) throws(ServerFailure) {
        pending.append(contentsOf: bytes)
        if pending.count >= enough { try readBlocks() }
    }

    /// The rows; the answer has ended.
    mutating func finish() throws(ServerFailure) -> Table {
        if !pending.isEmpty { try readBlocks() }
        guard pending.isEmpty else { throw fault() }
        return Table(
            schema: schema, columns: collected.map { $0.column() }, rowCount: rowCount)
    }

    private mutating func readBlocks() throws(ServerFailure) {
        var consumed = 0
        while consumed < pending.count {
            var columns: [CollectedColumn] = []
            swap(&columns, &collected)
            let outcome = pending.withUnsafeBytes { bytes in
                var cursor = NativeCursor(bytes, from: consumed)
                return Result { () throws(NativeFault) in
                    (rows: try cursor.readBlock(into: &columns), end: cursor.position)
                }
            }
            swap(&columns, &collected)
            switch outcome {
            case .success(let block):
                rowCount += block.rows
                consumed = block.end
            case .failure(.incomplete):
                for index in collected.indices { collected[index].truncate(to: rowCount) }
                pending.removeFirst(consumed)
                enough = max(1 << 16, pending.count * 2)
                return
            case .failure(.malformed(let reason)):
                pending.removeFirst(consumed)
                throw fault(reason)
            }
        }
        pending.removeAll(keepingCapacity: true)
        enough = 1
    }

    /// An exception in the midst of an answer stands in the body as text.
    private func fault(_ reason: String = "it ends in the midst of a block") -> ServerFailure {
        let text = String(decoding: pending.suffix(4000), as: UTF8.self)
        if let start = text.range(of: "Code: "), text.contains("DB::Exception") {
            return ServerFailure(code: nil, message: String(text[start.lowerBound...]), writing: false)
        }
        return ServerFailure(malformed: reason)
    }
}

enum NativeFault: Error {
    /// More bytes are needed.
    case incomplete
    case malformed(String)
}

/// A place in the bytes of a block.
struct NativeCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var position: Int

    init(_ bytes: UnsafeRawBufferPointer, from position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// Reads a block; gives its number of rows.
    mutating func readBlock(into columns: inout [CollectedColumn]) throws(NativeFault) -> Int {
        let columnCount = try length()
        let rows = try length()
        guard columnCount == columns.count || (columnCount == 0 && rows == 0) else {
            throw .malformed("a block has \(columnCount) columns where \(columns.count) were asked for")
        }
        for index in 0..<columnCount {
            _ = try text()
            let type = try text()
            if rows > 0 { try columns[index].read(&self, type: type, rows: rows) }
        }
        return rows
    }

    mutating func length() throws(NativeFault) -> Int {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.count else { throw .incomplete }
            let byte = bytes[position]
            position += 1
            guard shift < 63 else { throw .malformed("a length is too large") }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return Int(result) }
            shift += 7
        }
    }

    mutating func take(_ count: Int) throws(NativeFault) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= 1 << 40 else { throw .malformed("a length is too large") }
        guard bytes.count - position >= count else { throw .incomplete }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + count)])
    }

    mutating func text() throws(NativeFault) -> String {
        String(decoding: try take(length()), as: UTF8.self)
    }
}
