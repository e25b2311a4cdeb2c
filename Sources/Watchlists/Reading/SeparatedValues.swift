/// Cuts a text of separated values (RFC 4180) into records, as its bytes come in.
///
/// Memory is bounded by `maximumRecord`. What is no record is told with its line and left out; a quotation mark that is
/// never closed costs its own line only.
struct SeparatedValues {
    enum Part: Equatable {
        case record([String], line: Int)
        case fault(String, line: Int)
    }

    private enum Place {
        case fieldStart
        case plain
        case quoted
        /// After a quotation mark inside of a quoted field: its end, or the first of two.
        case quote
        /// What is left of a line that is no record.
        case skipping
    }

    private static let quotationMark = UInt8(ascii: "\"")
    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let separator: UInt8
    private let maximumRecord: Int
    private let maximumFields: Int
    private var place = Place.fieldStart
    private var fields: [String] = []
    private var field: [UInt8] = []
    /// The bytes of the record so far, to be read again when its quotation mark turns out to be open.
    private var raw: [UInt8] = []
    private var line = 1
    private var firstLine = 1
    private var offset = 0

    init(separator: UInt8, maximumRecord: Int, maximumFields: Int) {
        self.separator = separator
        self.maximumRecord = maximumRecord
        self.maximumFields = maximumFields
    }

    /// Takes the next bytes and gives what they complete to `body`.
    mutating func feed(_ bytes: [UInt8], _ body: (Part) throws -> Void) rethrows {
        for byte in bytes {
            // A byte order mark is no part of the first name.
            if offset < 3, [0xEF, 0xBB, 0xBF][offset] == byte {
                offset += 1
                continue
            }
            offset = 3
            try step(byte, body)
        }
    }

    /// Says that no more bytes come.
    mutating func finish(_ body: (Part) throws -> Void) rethrows {
        while place == .quoted { try reopen("a quotation mark is never closed", body) }
        if place != .skipping, !raw.isEmpty { try endRecord(body) }
    }

    private mutating func step(_ byte: UInt8, _ body: (Part) throws -> Void) rethrows {
        if place == .skipping {
            if byte == Self.newline { begin(atLine: line + 1) }
            return
        }
        raw.append(byte)
        if raw.count > maximumRecord {
            if place == .quoted, raw.contains(Self.newline) {
                return try reopen("a quotation mark is not closed within \(maximumRecord) bytes", body)
            }
            return try refuse("the line is longer than \(maximumRecord) bytes", endsWith: byte, body)
        }
        if byte == 0 { return try refuse("the line holds a NUL byte", endsWith: byte, body) }
        switch place {
        case .quoted:
            if byte == Self.quotationMark { place = .quote } else { field.append(byte) }
            if byte == Self.newline { line += 1 }
        case .fieldStart where byte == Self.quotationMark: place = .quoted
        case .quote where byte == Self.quotationMark:
            field.append(byte)
            place = .quoted
        default:
            switch byte {
            case separator: try endField(body)
            case Self.newline: try endRecord(body)
            case Self.carriageReturn: break
            case _ where place == .quote:
                try refuse("there is text after a closing quotation mark", endsWith: byte, body)
            default:
                field.append(byte)
                place = .plain
            }
        }
    }

    private mutating func endField(_ body: (Part) throws -> Void) rethrows {
        guard try keepField(endsWith: separator, body) else { return }
        place = .fieldStart
    }

    /// False when the field is no text, and the line was refused.
    private mutating func keepField(endsWith byte: UInt8, _ body: (Part) throws -> Void) rethrows -> Bool {
        guard fields.count < maximumFields else {
            try refuse("the line has more than \(maximumFields) fields", endsWith: byte, body)
            return false
        }
        guard let text = String(validating: field, as: UTF8.self) else {
            try refuse("the line is not UTF-8", endsWith: byte, body)
            return false
        }
        fields.append(text)
        field.removeAll(keepingCapacity: true)
        return true
    }

    private mutating func endRecord(_ body: (Part) throws -> Void) rethrows {
        guard try keepField(endsWith: Self.newline, body) else { return }
        let record = fields
        let start = firstLine
        begin(atLine: raw.last == Self.newline ? line + 1 : line)
        // An empty line is no record.
        if record != [""] { try body(.record(record, line: start)) }
    }

    private mutating func begin(atLine next: Int) {
        line = next
        firstLine = next
        raw.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        field.removeAll(keepingCapacity: true)
        place = .fieldStart
    }

    private mutating func refuse(_ message: String, endsWith byte: UInt8, _ body: (Part) throws -> Void) rethrows {
        try body(.fault(message, line: firstLine))
        let isAtEnd = byte == Self.newline
        begin(atLine: isAtEnd ? line + 1 : line)
        if !isAtEnd { place = .skipping }
    }

    /// Leaves out the line where the record begins, and reads what follows it again.
    private mutating func reopen(_ message: String, _ body: (Part) throws -> Void) rethrows {
        let bytes = raw
        let start = firstLine
        try body(.fault(message, line: start))
        guard let end = bytes.firstIndex(of: Self.newline) else {
            begin(atLine: start)
            place = .skipping
            return
        }
        begin(atLine: start + 1)
        for byte in bytes[(end + 1)...] { try step(byte, body) }
    }
}
