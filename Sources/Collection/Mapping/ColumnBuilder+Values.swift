internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues
internal import Records

extension ColumnBuilder {
    /// Appends a field's value as one of this column's type; false (and nothing appended) when it is none.
    ///
    /// Text is read where it holds a value of the type; an empty text and JSON's null are null.
    mutating func append(_ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        if kind == .null || (utf8.isEmpty && schema.type != .string) {
            appendNull()
            return true
        }
        switch schema.type {
        case .string: append(utf8: utf8)
        case .dynamic: appendDynamic(kind, utf8)
        case .int:
            guard let number = NumberText.integer(utf8), let fitting = Int32(exactly: number) else {
                return NumberText.isDash(utf8) && appendedNull()
            }
            append(number: Int64(fitting))
        case .long:
            guard let number = NumberText.integer(utf8) else { return NumberText.isDash(utf8) && appendedNull() }
            append(number: number)
        case .real:
            guard let real = NumberText.real(utf8) else { return NumberText.isDash(utf8) && appendedNull() }
            append(real: real)
        case .bool:
            guard let bool = NumberText.bool(utf8) else { return NumberText.isDash(utf8) && appendedNull() }
            append(number: bool ? 1 : 0)
        case .datetime:
            guard let instant = TimeText.instant(utf8) else { return NumberText.isDash(utf8) && appendedNull() }
            append(number: instant.ticks)
        case .timespan:
            guard let span = TimeText.span(utf8) else { return false }
            append(number: span.ticks)
        case .guid:
            guard let guid = NumberText.guid(utf8) else { return NumberText.isDash(utf8) && appendedNull() }
            append(guid: guid)
        case .decimal:
            guard let decimal = Decimal(string: String(decoding: utf8, as: UTF8.self)) else { return false }
            append(decimal: decimal)
        }
        return true
    }

    private mutating func appendedNull() -> Bool {
        appendNull()
        return true
    }

    /// Appends the value as JSON text. A text that is itself an object or array in JSON is taken as that.
    private mutating func appendDynamic(_ kind: RecordBatch.Kind, _ utf8: UnsafeBufferPointer<UInt8>) {
        if kind != .string || isDocument(utf8) {
            append(utf8: utf8)
        } else {
            var text: [UInt8] = []
            JSONText.write(string: utf8, to: &text)
            text.withUnsafeBufferPointer { append(utf8: $0) }
        }
    }

    private func isDocument(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = utf8.first, let last = utf8.last else { return false }
        let isObject = first == UInt8(ascii: "{") && last == UInt8(ascii: "}")
        let isArray = first == UInt8(ascii: "[") && last == UInt8(ascii: "]")
        // Whether it parses is all that matters here; a text that does not is kept as a string.
        return (isObject || isArray) && (try? JSON(parsing: utf8)) != nil
    }
}

/// Reads numbers, truth values and identifiers as log sources write them.
enum NumberText {
    /// Windows and many appliances write a dash for "no value".
    static func isDash(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        utf8.count == 1 && utf8[0] == UInt8(ascii: "-")
    }

    /// Decimal, hexadecimal after `0x`, or a whole number with a fraction of zeros; blanks around it are skipped.
    static func integer(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        let utf8 = trimmed(text)
        guard let first = utf8.first else { return nil }
        if utf8.count > 2, first == UInt8(ascii: "0"), utf8[1] | 0x20 == UInt8(ascii: "x") { return hexadecimal(utf8) }
        let isNegative = first == UInt8(ascii: "-")
        let start = isNegative || first == UInt8(ascii: "+") ? 1 : 0
        guard utf8.count > start else { return nil }
        var value: Int64 = 0
        for index in start..<utf8.count {
            let digit = utf8[index] &- 0x30
            guard digit <= 9 else { return whole(utf8) }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, overflow2) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflow, !overflow2 else { return nil }
            value = next
        }
        guard !isNegative else { return value }
        return value == .min ? nil : -value
    }

    private static func hexadecimal(_ utf8: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard utf8.count <= 18 else { return nil }
        var value: UInt64 = 0
        for byte in utf8.dropFirst(2) {
            guard let digit = digit(byte) else { return nil }
            value = value << 4 | UInt64(digit)
        }
        return Int64(bitPattern: value)
    }

    private static func whole(_ utf8: UnsafeBufferPointer<UInt8>) -> Int64? {
        real(utf8).flatMap { Int64(exactly: $0) }
    }

    static func real(_ utf8: UnsafeBufferPointer<UInt8>) -> Double? {
        Double(String(decoding: trimmed(utf8), as: UTF8.self))
    }

    static func bool(_ text: UnsafeBufferPointer<UInt8>) -> Bool? {
        let utf8 = trimmed(text)
        func reads(_ word: StaticString) -> Bool {
            utf8.count == word.utf8CodeUnitCount
                && utf8.indices.allSatisfy { utf8[$0] | 0x20 == word.utf8Start[$0] | 0x20 }
        }
        if reads("true") || reads("1") || reads("yes") { return true }
        return reads("false") || reads("0") || reads("no") ? false : nil
    }

    /// With or without braces.
    static func guid(_ text: UnsafeBufferPointer<UInt8>) -> UUID? {
        var utf8 = trimmed(text)
        if utf8.first == UInt8(ascii: "{"), utf8.last == UInt8(ascii: "}"), utf8.count > 1 {
            utf8 = UnsafeBufferPointer(rebasing: utf8.dropFirst().dropLast())
        }
        guard utf8.count == 36 else { return nil }
        var uuid: uuid_t = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        let isWellFormed = withUnsafeMutableBytes(of: &uuid) { bytes -> Bool in
            var position = 0
            for index in bytes.indices {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    guard utf8[position] == UInt8(ascii: "-") else { return false }
                    position += 1
                }
                guard let high = digit(utf8[position]), let low = digit(utf8[position + 1]) else { return false }
                bytes[index] = high << 4 | low
                position += 2
            }
            return true
        }
        return isWellFormed ? UUID(uuid: uuid) : nil
    }

    /// The value of a hexadecimal digit.
    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    static func trimmed(_ utf8: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var range = utf8.startIndex..<utf8.endIndex
        while let first = range.first, utf8[first] <= 0x20 { range.removeFirst() }
        while let last = range.last, utf8[last] <= 0x20 { range.removeLast() }
        return UnsafeBufferPointer(rebasing: utf8[range])
    }
}

extension Range where Bound == Int {
    fileprivate mutating func removeFirst() { self = (lowerBound + 1)..<upperBound }
    fileprivate mutating func removeLast() { self = lowerBound..<(upperBound - 1) }
}
