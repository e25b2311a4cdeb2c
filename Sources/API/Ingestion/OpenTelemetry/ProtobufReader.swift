/// Why bytes are no message.
struct ProtobufFault: Error, Sendable {
    let reason: String
}

/// Reads the fields of a message of Protocol Buffers (the wire format of protobuf.dev/programming-guides/encoding), one
/// after the other.
struct ProtobufReader {
    enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes(ArraySlice<UInt8>)

        /// A number of any coding.
        var number: UInt64? {
            switch self {
            case .varint(let value), .fixed64(let value): value
            case .fixed32(let value): UInt64(value)
            case .bytes: nil
            }
        }

        var text: String? { slice.map { String(decoding: $0, as: UTF8.self) } }

        var slice: ArraySlice<UInt8>? {
            if case .bytes(let slice) = self { slice } else { nil }
        }
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field; nil at the end of the message.
    mutating func next() throws(ProtobufFault) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw ProtobufFault(reason: "a field has no number") }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return (field, .varint(try varint()))
        case 1: return (field, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw ProtobufFault(reason: "a field ends after its message") }
            let slice = rest.prefix(Int(length))
            rest = rest.dropFirst(Int(length))
            return (field, .bytes(slice))
        case 5: return (field, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        default: throw ProtobufFault(reason: "field \(field) is coded in a way that is not known")
        }
    }

    private mutating func varint() throws(ProtobufFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw ProtobufFault(reason: "the message ends inside of a number") }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte & 0x80 == 0 { return value }
        }
        throw ProtobufFault(reason: "a number has more than 64 bits")
    }

    private mutating func fixed(_ count: Int) throws(ProtobufFault) -> UInt64 {
        guard rest.count >= count else { throw ProtobufFault(reason: "the message ends inside of a number") }
        let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return value
    }
}

/// Writes the few messages that Tocsin answers with.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ field: Int, _ number: UInt64) {
        guard number != 0 else { return }
        varint(UInt64(field) << 3)
        varint(number)
    }

    mutating func add(_ field: Int, _ content: [UInt8]) {
        guard !content.isEmpty else { return }
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    private mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
