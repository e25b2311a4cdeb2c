internal import Foundation

/// Many strings in one block of UTF-8 with offsets: cheap to make, scan and copy without one object per string.
///
/// Invariant: `offsets.count == count + 1`, offsets rise, and each slice is valid UTF-8 (ill-formed input is repaired
/// when a `String` is made of it).
public struct StringColumn: Sendable {
    /// The UTF-8 of all strings, one after the other.
    public private(set) var bytes: [UInt8]
    /// Where each string starts in `bytes`; the last offset is where the last string ends.
    public private(set) var offsets: [Int]

    /// An empty column.
    @inlinable
    public init() {
        self.init(bytes: [], offsets: [0])
    }

    /// Makes a column of ready-made parts, which must keep the invariant.
    @inlinable
    public init(bytes: [UInt8], offsets: [Int]) {
        precondition(offsets.first == 0 && offsets.last == bytes.count, "offsets must span the bytes")
        self.init(uncheckedBytes: bytes, offsets: offsets)
    }

    @usableFromInline
    init(uncheckedBytes bytes: [UInt8], offsets: [Int]) {
        self.bytes = bytes
        self.offsets = offsets
    }

    /// Makes a column of strings.
    public init(_ strings: some Sequence<String>) {
        self.init()
        for string in strings { append(string) }
    }

    /// Makes a column that repeats one string.
    public init(repeating string: String, count: Int) {
        self.init()
        for _ in 0..<count { append(string) }
    }

    /// Number of strings.
    public var count: Int { offsets.count - 1 }

    /// Asks for room for `count` more strings of `byteCount` bytes in all.
    public mutating func reserve(_ count: Int, byteCount: Int) {
        offsets.reserveCapacity(offsets.count + count)
        bytes.reserveCapacity(bytes.count + byteCount)
    }

    /// The string in a row; makes a new `String`.
    public subscript(row: Int) -> String {
        bytes.withUnsafeBufferPointer {
            String(decoding: UnsafeBufferPointer(rebasing: $0[offsets[row]..<offsets[row + 1]]), as: UTF8.self)
        }
    }

    /// The number of UTF-8 bytes of a row's string.
    public func byteCount(_ row: Int) -> Int { offsets[row + 1] - offsets[row] }

    /// Whether a row's string is empty.
    public func isEmpty(_ row: Int) -> Bool { offsets[row + 1] == offsets[row] }

    /// Gives the UTF-8 of a row's string to `body` without copying it.
    @inlinable
    public func withUTF8<Result>(_ row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[offsets[row]..<offsets[row + 1]]))
        }
    }

    /// Appends a string.
    public mutating func append(_ string: String) {
        var copy = string
        copy.withUTF8 { bytes.append(contentsOf: $0) }
        offsets.append(bytes.count)
    }

    /// Appends a string given as UTF-8.
    public mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(contentsOf: utf8)
        offsets.append(bytes.count)
    }

    /// Appends a row of another column.
    public mutating func append(row: Int, of other: StringColumn) {
        other.withUTF8(row) { append(utf8: $0) }
    }

    /// Appends all rows of another column.
    public mutating func append(contentsOf other: StringColumn) {
        let base = bytes.count
        bytes.append(contentsOf: other.bytes)
        offsets.append(contentsOf: other.offsets.dropFirst().lazy.map { $0 + base })
    }

    /// The strings of the given rows, in that order; -1 gives the empty string.
    public func gather(_ rows: [Int]) -> StringColumn {
        var result = StringColumn()
        result.offsets.reserveCapacity(rows.count + 1)
        bytes.withUnsafeBufferPointer { source in
            for row in rows {
                if row >= 0 {
                    result.bytes.append(
                        contentsOf: UnsafeBufferPointer(rebasing: source[offsets[row]..<offsets[row + 1]]))
                }
                result.offsets.append(result.bytes.count)
            }
        }
        return result
    }

    /// Whether two rows, of this and another column, hold the same bytes.
    public func isEqual(_ row: Int, to otherRow: Int, of other: StringColumn) -> Bool {
        guard byteCount(row) == other.byteCount(otherRow) else { return false }
        return withUTF8(row) { left in
            other.withUTF8(otherRow) { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return left.isEmpty }
                return memcmp(first, second, left.count) == 0
            }
        }
    }
}
