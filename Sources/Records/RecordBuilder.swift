internal import CSimdjson

/// Builds a block of records, from JSON documents or field by field.
///
/// The block grows in one piece of memory outside of Swift and is taken over by `take()`.
public struct RecordBuilder: ~Copyable, @unchecked Sendable {
    // SAFETY: the pointer is owned by this value alone, which cannot be copied, and is used through it only.
    private let records: OpaquePointer

    public init() {
        records = tocsin_records_create()
    }

    deinit {
        tocsin_records_destroy(records)
    }

    /// Number of finished records.
    public var count: Int { tocsin_records_count(records) }

    /// Number of bytes of the values of all records.
    public var byteCount: Int { tocsin_records_byte_count(records) }

    /// Adds the records of one JSON document: one for an object, one for each object of an array or of an envelope
    /// `{"records": […]}`, `{"Records": […]}` or `{"value": […]}`.
    ///
    /// - Returns: how many records came of it. On a fault nothing of the document is added.
    public mutating func append(json: UnsafeBufferPointer<UInt8>) -> Result<Int, JSONFault> {
        let outcome = json.withMemoryRebound(to: CChar.self) {
            tocsin_records_add_json(records, $0.baseAddress, $0.count)
        }
        guard outcome.code != 0 else { return .success(Int(outcome.added)) }
        let kind: JSONFault.Kind =
            switch Int(outcome.code) {
            case TOCSIN_RECORDS_TRAILING: .trailingText
            case TOCSIN_RECORDS_UTF8: .invalidUTF8
            default: .malformed
            }
        return .failure(
            JSONFault(
                kind: kind, reason: String(cString: tocsin_records_message(outcome.code)),
                offset: outcome.offset < 0 ? nil : Int(outcome.offset)))
    }

    /// The index of a field name, which is added when it is new.
    public mutating func intern(_ name: String) -> Int32 {
        var copy = name
        return copy.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { tocsin_records_intern(records, $0.baseAddress, $0.count) }
        }
    }

    /// The index of a field name given as UTF-8, which is added when it is new.
    public mutating func intern(utf8 name: UnsafeBufferPointer<UInt8>) -> Int32 {
        name.withMemoryRebound(to: CChar.self) { tocsin_records_intern(records, $0.baseAddress, $0.count) }
    }

    /// Adds a field to the record under construction.
    public mutating func append(field: Int32, kind: RecordBatch.Kind = .string, utf8: UnsafeBufferPointer<UInt8>) {
        utf8.withMemoryRebound(to: CChar.self) {
            tocsin_records_add_field(records, field, Int32(kind.rawValue), $0.baseAddress, $0.count)
        }
    }

    /// Adds a field to the record under construction.
    public mutating func append(_ name: String, kind: RecordBatch.Kind = .string, _ text: String) {
        let field = intern(name)
        var copy = text
        copy.withUTF8 { append(field: field, kind: kind, utf8: $0) }
    }

    /// Ends the record under construction; a record may have no fields.
    public mutating func endRecord() {
        tocsin_records_end(records)
    }

    /// Drops the fields added since the last `endRecord`.
    public mutating func dropUnfinishedRecord() {
        tocsin_records_drop(records)
    }

    /// The finished records; the builder starts anew, with no field names.
    public mutating func take() -> RecordBatch {
        tocsin_records_drop(records)
        let view = tocsin_records_look(records)
        let names = UnsafeBufferPointer(start: view.names, count: view.name_count).map { name in
            String(decoding: UnsafeRawBufferPointer(start: name.name, count: name.length), as: UTF8.self)
        }
        let places = UnsafeBufferPointer(start: view.names, count: view.name_count)
        let entries = UnsafeBufferPointer(start: view.fields, count: view.field_count).map { field in
            RecordBatch.Entry(
                field: field.field, kind: RecordBatch.Kind(rawValue: UInt8(truncatingIfNeeded: field.kind)) ?? .null,
                start: Int(field.start), length: Int(field.length))
        }
        var starts = [0]
        starts.reserveCapacity(view.record_count + 1)
        for end in UnsafeBufferPointer(start: view.record_ends, count: view.record_count) { starts.append(Int(end)) }
        let bytes = [UInt8](UnsafeRawBufferPointer(start: view.bytes, count: view.byte_count))
        let parents = places.map(\.parent)
        let keyLengths = places.map { Int($0.key_length) }
        tocsin_records_clear(records)
        return RecordBatch(
            fieldNames: names, fieldParents: parents, fieldKeyLengths: keyLengths, entries: entries,
            recordStarts: starts, bytes: bytes)
    }
}

/// Why a text is not a JSON document with records.
public struct JSONFault: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable { case malformed, trailingText, invalidUTF8 }

    public var kind: Kind
    /// The fault in words.
    public var reason: String
    /// Where the fault was noticed, in bytes from the start of the document.
    public var offset: Int?
}
