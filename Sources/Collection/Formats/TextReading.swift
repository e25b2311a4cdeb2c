internal import Records

/// Reads lines of text in the format that a source names, or else in that which they are written in.
struct TextReading: LineReading {
    private let syslog: SyslogLine
    private let patterns: LinePatterns
    /// Nil to find it out.
    private let format: TextFormat?
    /// What reads a format of which a line cannot be read alone.
    private var reading: (any LineReading)?
    private var isAtStart = true

    init(_ format: TextFormat?, _ syslog: SyslogLine, _ patterns: LinePatterns) {
        self.format = format
        self.syslog = syslog
        self.patterns = patterns
        reading =
            switch format {
            case .delimited(let form): DelimitedReading(form)
            case .zeek: ZeekReading()
            case .extended: ExtendedLogReading()
            case .journal: JournalReading()
            case .audit: AuditReading()
            case .windowsXML: WindowsXMLReading()
            default: nil
            }
    }

    var needsVerbatimLines: Bool { reading?.needsVerbatimLines ?? false }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        if reading == nil, format == nil { reading = TextReading.reading(for: line, isAtStart: isAtStart) }
        isAtStart = false
        // Some of Exchange's logs have a line of names before their directives too.
        if reading is DelimitedReading, format == nil, ExtendedLogReading.isDirective(line) {
            reading = ExtendedLogReading()
        }
        // Other lines may stand between those of the audit daemon.
        if reading is AuditReading, format == nil, !AuditReading.isLine(line) {
            return readSingle(line, number: number, into: &records)
        }
        return reading?.read(line, number: number, into: &records)
            ?? readSingle(line, number: number, into: &records)
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] {
        reading?.finish(into: &records) ?? []
    }

    /// What reads the lines from this one on, if it takes more than the line to read it.
    private static func reading(for line: UnsafeBufferPointer<UInt8>, isAtStart: Bool) -> (any LineReading)? {
        switch line.first {
        case UInt8(ascii: "#"):
            if line.starts(with: "#separator ".utf8) { return ZeekReading() }
            return ExtendedLogReading.isDirective(line) ? ExtendedLogReading() : nil
        case UInt8(ascii: "_"):
            let isJournal = ["__CURSOR=", "__REALTIME_TIMESTAMP="].contains { line.starts(with: $0.utf8) }
            if isJournal { return JournalReading() }
        case UInt8(ascii: "<"): return WindowsXMLReading.isStart(line) ? WindowsXMLReading() : nil
        case UInt8(ascii: "t"), UInt8(ascii: "n"): if AuditReading.isLine(line) { return AuditReading() }
        default: break
        }
        guard isAtStart, let delimiter = DelimitedReading.delimiter(ofHeader: line) else { return nil }
        return DelimitedReading(TextFormat.Delimited(delimiter: delimiter))
    }

    /// Reads a line that is a record of its own.
    private func readSingle(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        if line.first != UInt8(ascii: "<"), patterns.read(line, into: &records) { return [] }
        if line.starts(with: "LEEF:".utf8) {
            guard let reason = LEEFMessage.decode(line, into: &records) else {
                records.endRecord()
                return []
            }
            return [RejectedText(line, line: number, reason: reason)]
        }
        let isPairs = line.first != UInt8(ascii: "<") && KeyValuePairs.isWritten(in: line)
        if isPairs {
            KeyValuePairs.add(line, prefix: "kv.", into: &records)
            records.endRecord()
            return []
        }
        guard let reason = syslog.decode(line, into: &records) else { return [] }
        return [RejectedText(line, line: number, reason: reason)]
    }
}
