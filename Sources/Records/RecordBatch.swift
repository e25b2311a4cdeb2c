/// Log records as flat fields: what a parser makes of bytes, before anything is mapped to a table.
///
/// Nested names are joined with dots (`Event.System.EventID`). Field names are interned per batch and values are slices of
/// one block of bytes, so that neither mapping nor matching makes an object per event.
public struct RecordBatch: Sendable {
    /// What kind of JSON value a field held; values of text formats are strings.
    public enum Kind: UInt8, Sendable {
        case string, number, bool, null
        /// An array; the value is its JSON text. Objects are flattened, empty ones are kept as `{}` of this kind.
        case json
    }

    /// One field of one record.
    public struct Entry: Sendable {
        /// Index into `fieldNames`.
        public var field: Int32
        public var kind: Kind
        /// Where the value's text starts in `bytes`. Strings are unescaped; numbers are as they were written.
        public var start: Int
        public var length: Int

        @inlinable
        public init(field: Int32, kind: Kind, start: Int, length: Int) {
            self.field = field
            self.kind = kind
            self.start = start
            self.length = length
        }
    }

    /// The distinct field names of this batch.
    public private(set) var fieldNames: [String] = []
    /// For each name the index of the name of the object it stands in, -1 at the top; as first met in this batch.
    public private(set) var fieldParents: [Int32] = []
    /// For each name the UTF-8 length of its last part, which may itself have dots in it; as first met.
    public private(set) var fieldKeyLengths: [Int] = []
    /// The fields of all records, record after record.
    public private(set) var entries: [Entry] = []
    /// Where each record's fields start in `entries`, and at last where the last record's end.
    public private(set) var recordStarts: [Int] = [0]
    /// The text of all values.
    public private(set) var bytes: [UInt8] = []
    private var fieldIndex: [String: Int32] = [:]

    public init() {}

    /// Takes over a block that a `RecordBuilder` made.
    init(
        fieldNames: [String], fieldParents: [Int32], fieldKeyLengths: [Int], entries: [Entry], recordStarts: [Int],
        bytes: [UInt8]
    ) {
        self.fieldNames = fieldNames
        self.fieldParents = fieldParents
        self.fieldKeyLengths = fieldKeyLengths
        self.entries = entries
        self.recordStarts = recordStarts
        self.bytes = bytes
        fieldIndex.reserveCapacity(fieldNames.count)
        for (index, name) in fieldNames.enumerated() { fieldIndex[name] = Int32(index) }
    }

    /// Number of records.
    public var count: Int { recordStarts.count - 1 }

    /// The index of a field name in this batch, nil when no record has it.
    public func field(_ name: String) -> Int32? { fieldIndex[name] }

    /// The last part of a field's name: its key in the object it stands in.
    public func key(of field: Int32) -> Substring {
        let name = fieldNames[Int(field)]
        return name[name.utf8.index(name.utf8.endIndex, offsetBy: -fieldKeyLengths[Int(field)])...]
    }

    /// The fields of a record, in their order of appearance.
    public func fields(of record: Int) -> ArraySlice<Entry> {
        entries[recordStarts[record]..<recordStarts[record + 1]]
    }

    /// The value of a field as text.
    public func text(_ entry: Entry) -> String {
        withUTF8(entry) { String(decoding: $0, as: UTF8.self) }
    }

    /// Gives the UTF-8 of a field's value to `body` without copying it.
    @inlinable
    public func withUTF8<Result>(_ entry: Entry, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows
        -> Result
    {
        try bytes.withUnsafeBufferPointer {
            try body(UnsafeBufferPointer(rebasing: $0[entry.start..<(entry.start + entry.length)]))
        }
    }

    /// The first field of a record with that index.
    public func entry(_ field: Int32, of record: Int) -> Entry? {
        fields(of: record).first { $0.field == field }
    }

    /// The index of a field name, which is added when it is new.
    public mutating func intern(_ name: String) -> Int32 {
        if let known = fieldIndex[name] { return known }
        let index = Int32(fieldNames.count)
        fieldNames.append(name)
        fieldParents.append(-1)
        fieldKeyLengths.append(name.utf8.count)
        fieldIndex[name] = index
        return index
    }

    /// Adds a field to the record under construction.
    public mutating func append(field: Int32, kind: Kind, utf8: UnsafeBufferPointer<UInt8>) {
        entries.append(Entry(field: field, kind: kind, start: bytes.count, length: utf8.count))
        bytes.append(contentsOf: utf8)
    }

    /// Adds a field to the record under construction.
    public mutating func append(_ name: String, kind: Kind = .string, _ text: String) {
        var copy = text
        let field = intern(name)
        copy.withUTF8 { append(field: field, kind: kind, utf8: $0) }
    }

    /// Ends the record under construction; a record may have no fields.
    public mutating func endRecord() {
        recordStarts.append(entries.count)
    }

    /// Drops the fields added since the last `endRecord`.
    public mutating func dropUnfinishedRecord() {
        entries.removeLast(entries.count - (recordStarts.last ?? 0))
    }
}
