internal import JSON

/// Why a line of an uploaded content was left out, or what was done to it.
public struct UploadFinding: Sendable, Hashable, CustomStringConvertible {
    /// From 1, the skipped lines and the header counted.
    public let line: Int
    public let message: String

    public var description: String { "line \(line): \(message)" }
}

/// Reads an uploaded content: lines to skip, a header, then one item a line.
struct ContentReader {
    struct Row {
        let key: String
        let values: JSONObject
    }

    private let facts: WatchlistFacts
    private let limits: WatchlistLimits
    private var records: SeparatedValues
    private var linesToSkip: Int
    /// The names of the header, once it was read.
    private(set) var columns: [String] = []
    private var keyColumn = 0
    private(set) var findings: [UploadFinding] = []
    /// All of them, told one by one or not.
    private(set) var findingCount = 0
    private var rows: [Row] = []

    init(_ facts: WatchlistFacts, _ limits: WatchlistLimits) {
        self.facts = facts
        self.limits = limits
        linesToSkip = facts.numberOfLinesToSkip
        records = SeparatedValues(
            separator: facts.contentType.separator, maximumRecord: limits.itemBytes, maximumFields: limits.columns)
    }

    /// The items that the next bytes complete.
    ///
    /// - Throws: `WatchlistFault` for a content whose header is not as it must be.
    mutating func feed(_ bytes: [UInt8]) throws(WatchlistFault) -> [Row] {
        let bytes = skip(bytes)
        if columns.isEmpty, bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw WatchlistFault(
                .invalid, target: "rawContent", "the content is UTF-16; save it as UTF-8 (in Excel: 'CSV UTF-8')")
        }
        return try taking { reader, body in reader.feed(bytes, body) }
    }

    /// The items that the end completes.
    mutating func finish() throws(WatchlistFault) -> [Row] {
        let rows = try taking { reader, body in reader.finish(body) }
        guard !columns.isEmpty else {
            throw WatchlistFault(
                .invalid, target: "rawContent",
                "the content has no header line" + (facts.numberOfLinesToSkip > 0 ? " after the skipped lines" : ""))
        }
        return rows
    }

    private mutating func taking(
        _ read: (inout SeparatedValues, (SeparatedValues.Part) -> Void) -> Void
    ) throws(WatchlistFault) -> [Row] {
        var parts: [SeparatedValues.Part] = []
        read(&records) { parts.append($0) }
        for part in parts { try take(part) }
        defer { rows.removeAll(keepingCapacity: true) }
        return rows
    }

    /// What is left of the bytes after the lines before the header.
    private mutating func skip(_ bytes: [UInt8]) -> [UInt8] {
        var rest = bytes[...]
        while linesToSkip > 0, let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            rest = rest[(end + 1)...]
            linesToSkip -= 1
        }
        return linesToSkip > 0 ? [] : Array(rest)
    }

    private mutating func take(_ part: SeparatedValues.Part) throws(WatchlistFault) {
        switch part {
        case .fault(let message, let line):
            if columns.isEmpty {
                throw WatchlistFault(.invalid, target: "rawContent", "the header cannot be read: \(message)")
            }
            note(message, line)
        case .record(let fields, let line):
            if columns.isEmpty { try takeHeader(fields) } else { take(fields, line) }
        }
    }

    private mutating func takeHeader(_ fields: [String]) throws(WatchlistFault) {
        var names: [String] = []
        for field in fields {
            let name = field.trimmed
            guard !name.isEmpty else {
                throw WatchlistFault(
                    .invalid, target: "rawContent", "column \(names.count + 1) of the header has no name")
            }
            guard !names.contains(name) else {
                throw WatchlistFault(.invalid, target: "rawContent", "the header names the column '\(name)' twice")
            }
            names.append(name)
        }
        let wanted = facts.itemsSearchKey
        guard
            let key = names.firstIndex(of: wanted)
                ?? names.firstIndex(where: { $0.lowercased() == wanted.lowercased() })
        else {
            throw WatchlistFault(
                .invalid, target: "itemsSearchKey",
                "the header has no column '\(wanted)'; it has \(names.prefix(20).joined(separator: ", "))")
        }
        columns = names
        keyColumn = key
    }

    private mutating func take(_ fields: [String], _ line: Int) {
        let line = line + facts.numberOfLinesToSkip
        guard fields.count == columns.count else {
            return note("it has \(fields.count) fields, the header \(columns.count)", at: line)
        }
        let key = fields[keyColumn].trimmed
        guard !key.isEmpty else { return note("'\(columns[keyColumn])', the search key, is empty", at: line) }
        var values = JSONObject(minimumCapacity: columns.count)
        for (name, field) in zip(columns, fields) { values[name] = .string(field) }
        rows.append(Row(key: key, values: values))
    }

    private mutating func note(_ message: String, _ line: Int) {
        note(message, at: line + facts.numberOfLinesToSkip)
    }

    private mutating func note(_ message: String, at line: Int) {
        findingCount += 1
        if findings.count < limits.findings { findings.append(UploadFinding(line: line, message: message)) }
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
