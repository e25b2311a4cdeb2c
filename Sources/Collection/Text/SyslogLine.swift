internal import Chronology
internal import Records

/// Reads a syslog message, RFC 5424 or RFC 3164 and what devices make of it, into the fields `syslog.…` of a record; a
/// message in the Common Event Format into `cef.…`, one that is a JSON object of a source that comes so into its fields.
struct SyslogLine {
    /// For times without a year.
    let now: Instant
    /// The address the message came from, if it came over the network.
    let sender: String?
    let carried: CarriedJSON?

    private static let facilities = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
        "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ]
    private static let severities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

    /// Adds the line as a record; nil, or why it is none.
    func decode(_ line: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> String? {
        var cursor = ByteCursor(line)
        skipOctetCount(&cursor)
        let hasPriority: Bool
        if cursor.next == UInt8(ascii: "<") {
            guard let priority = priority(&cursor) else { return "the priority of the syslog message is malformed" }
            records.append("syslog.facility", SyslogLine.facilities[priority >> 3])
            records.append("syslog.severity", SyslogLine.severities[priority & 7])
            hasPriority = true
        } else {
            hasPriority = false
        }
        if let sender { records.append("syslog.sender", sender) }
        if hasPriority, cursor.starts(with: "1 ") {
            cursor.position += 2
            return decodeModern(&cursor, into: &records)
        }
        return decodeClassic(&cursor, hasPriority: hasPriority, into: &records)
    }

    /// `123 <34>…`: the length that frames messages over TCP, where it was kept.
    private func skipOctetCount(_ cursor: inout ByteCursor) {
        guard cursor.number(digits: 8) != nil, cursor.skip(" "), cursor.next == UInt8(ascii: "<") else {
            cursor.position = 0
            return
        }
    }

    private func priority(_ cursor: inout ByteCursor) -> Int? {
        guard cursor.skip("<"), let number = cursor.number(digits: 3), number <= 191, cursor.skip(">") else {
            return nil
        }
        return number
    }

    // MARK: RFC 5424

    private func decodeModern(_ cursor: inout ByteCursor, into records: inout RecordBuilder) -> String? {
        for name in ["syslog.timestamp", "syslog.hostname", "syslog.appname", "syslog.procid", "syslog.msgid"] {
            guard let word = cursor.word() else { return "the header of the RFC 5424 message ends too early" }
            _ = cursor.skip(" ")
            if word.count == 1, word[0] == UInt8(ascii: "-") { continue }
            if name == "syslog.procid" {
                appendProcess(word, into: &records)
            } else {
                append(name, word, into: &records)
            }
        }
        guard skipStructuredData(&cursor, into: &records) else {
            return "the structured data of the RFC 5424 message is malformed"
        }
        cursor.skipBlanks()
        if cursor.starts(with: "\u{FEFF}") { cursor.position += 3 }
        return decodeMessage(cursor.rest, into: &records)
    }

    private func skipStructuredData(_ cursor: inout ByteCursor, into records: inout RecordBuilder) -> Bool {
        if cursor.isAtEnd || cursor.skip("-") { return true }
        guard cursor.next == UInt8(ascii: "[") else { return false }
        // Some devices put their message into brackets; the name of an element has no quotes.
        if cursor.rest.prefix(while: { $0 != 0x20 && $0 != UInt8(ascii: "]") }).contains(0x22) { return true }
        while cursor.skip("[") {
            let start = cursor.position
            while let byte = cursor.next, byte != 0x20, byte != UInt8(ascii: "]") { cursor.position += 1 }
            let id = String(decoding: cursor.slice(start, cursor.position), as: UTF8.self)
            while !cursor.skip("]") {
                cursor.skipBlanks()
                let nameStart = cursor.position
                while let byte = cursor.next, byte != UInt8(ascii: "="), byte != UInt8(ascii: "]") {
                    cursor.position += 1
                }
                if cursor.next == UInt8(ascii: "]"), cursor.position == nameStart { continue }
                let name = String(decoding: cursor.slice(nameStart, cursor.position), as: UTF8.self)
                guard cursor.skip("="), cursor.skip("\""), let value = quoted(&cursor) else { return false }
                let field = records.intern("syslog.sd.\(id).\(name)")
                value.withUnsafeBufferPointer { records.append(field: field, utf8: $0) }
            }
        }
        return true
    }

    /// Up to the closing quote; `\"`, `\\` and `\]` stand for the character alone.
    private func quoted(_ cursor: inout ByteCursor) -> [UInt8]? {
        var value: [UInt8] = []
        while let byte = cursor.next {
            cursor.position += 1
            if byte == UInt8(ascii: "\"") { return value }
            if byte == UInt8(ascii: "\\"), let next = cursor.next, next == 0x22 || next == 0x5C || next == 0x5D {
                value.append(next)
                cursor.position += 1
            } else {
                value.append(byte)
            }
        }
        return nil
    }

    // MARK: RFC 3164

    private func decodeClassic(
        _ cursor: inout ByteCursor, hasPriority: Bool, into records: inout RecordBuilder
    ) -> String? {
        var clock = SyslogClock(now: now)
        let time = clock.read(&cursor)
        if let time { TimeText.withUTF8(time) { append("syslog.timestamp", $0, into: &records) } }
        let rest = ByteCursor(cursor.rest)
        guard time != nil || hasPriority || rest.starts(with: "CEF:") || rest.starts(with: "LEEF:")
        else {
            return "the line is neither JSON nor a syslog message"
        }
        cursor.skipBlanks()
        if cursor.starts(with: "CEF:") || cursor.starts(with: "LEEF:") {
            return decodeMessage(cursor.rest, into: &records)
        }
        if time != nil, let host = host(&cursor) { append("syslog.hostname", host, into: &records) }
        if cursor.starts(with: "CEF:") || cursor.starts(with: "LEEF:") {
            return decodeMessage(cursor.rest, into: &records)
        }
        readTag(&cursor, into: &records)
        return decodeMessage(cursor.rest, into: &records)
    }

    /// The word after the time, unless it is the tag of the message already.
    private func host(_ cursor: inout ByteCursor) -> UnsafeBufferPointer<UInt8>? {
        let start = cursor.position
        guard let word = cursor.word(), let last = word.last, last != UInt8(ascii: ":"), last != UInt8(ascii: "]"),
            !cursor.isAtEnd, !word.contains(UInt8(ascii: "=")), !word.starts(with: "CEF:".utf8),
            !word.starts(with: "LEEF:".utf8)
        else {
            cursor.position = start
            return nil
        }
        cursor.skipBlanks()
        return word
    }

    /// `name[123]: ` or `name: ` before the message.
    private func readTag(_ cursor: inout ByteCursor, into records: inout RecordBuilder) {
        let start = cursor.position
        while let byte = cursor.next, SyslogLine.isTagByte(byte), cursor.position - start < 128 { cursor.position += 1 }
        let name = cursor.slice(start, cursor.position)
        var process: UnsafeBufferPointer<UInt8>?
        if !name.isEmpty, cursor.skip("[") {
            let processStart = cursor.position
            while let byte = cursor.next, byte != UInt8(ascii: "]"), byte != 0x20 { cursor.position += 1 }
            process = cursor.slice(processStart, cursor.position)
            guard cursor.skip("]") else {
                cursor.position = start
                return
            }
        }
        let isTag = !name.isEmpty && (cursor.next == UInt8(ascii: ":") || (process != nil && cursor.next == 0x20))
        guard isTag else {
            cursor.position = start
            return
        }
        _ = cursor.skip(":")
        cursor.skipBlanks()
        append("syslog.appname", name, into: &records)
        if let process { appendProcess(process, into: &records) }
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x40, 0x25, 0x28, 0x29: true
        default: false
        }
    }

    // MARK: Message

    private func decodeMessage(_ message: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> String? {
        if message.starts(with: "CEF:".utf8) {
            if let fault = CEFMessage.decode(message, into: &records) { return fault }
        } else if message.starts(with: "LEEF:".utf8) {
            if let fault = LEEFMessage.decode(message, into: &records) { return fault }
        } else if carried?.open(message, into: &records) == true {
            return nil
        } else {
            append("syslog.message", message, into: &records)
            if KeyValuePairs.isWritten(in: message) {
                KeyValuePairs.add(message, prefix: "kv.", into: &records)
            }
        }
        records.endRecord()
        return nil
    }

    private func appendProcess(_ word: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) {
        let isNumber = word.count <= 9 && !word.isEmpty && word.allSatisfy { (0x30...0x39).contains($0) }
        append(isNumber ? "syslog.procid" : "syslog.process", word, into: &records)
    }

    private func append(_ name: String, _ utf8: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) {
        let field = records.intern(name)
        records.append(field: field, utf8: utf8)
    }
}

/// Reads the times that stand before classic syslog messages.
struct SyslogClock {
    let now: Instant

    init(now: Instant) {
        self.now = now
    }

    /// `Jun  9 22:50:54`, with a year, a fraction or Cisco's marks around, or ISO 8601; leaves the cursor after it.
    mutating func read(_ cursor: inout ByteCursor) -> Instant? {
        let start = cursor.position
        cursor.skipBlanks()
        if cursor.next == UInt8(ascii: "*") || cursor.next == UInt8(ascii: ".") { cursor.position += 1 }
        if let time = named(&cursor) {
            _ = cursor.skip(":")
            return time
        }
        cursor.position = start
        cursor.skipBlanks()
        if let word = cursor.word(), word.count >= 19, word[4] == UInt8(ascii: "-"), let time = TimeText.instant(word) {
            return time
        }
        cursor.position = start
        return nil
    }

    private func named(_ cursor: inout ByteCursor) -> Instant? {
        guard let word = cursor.word(), word.count == 3,
            let month = TimeText.month(Substring(String(decoding: word, as: UTF8.self)))
        else { return nil }
        cursor.skipBlanks()
        guard let day = cursor.number(digits: 2), cursor.skip(" ") else { return nil }
        cursor.skipBlanks()
        guard var first = cursor.number(digits: 4) else { return nil }
        var year: Int?
        if cursor.skip(" ") {
            year = first
            guard let hour = cursor.number(digits: 2) else { return nil }
            first = hour
        }
        guard cursor.skip(":"), let minute = cursor.number(digits: 2), cursor.skip(":"),
            let second = cursor.number(digits: 2)
        else { return nil }
        var date = CivilDate(
            year: year ?? CivilDate(now).year, month: month, day: day, hour: first, minute: minute, second: second)
        if cursor.next == UInt8(ascii: "."), case let digits = cursor.rest.dropFirst().prefix(7),
            digits.first.map({ (0x30...0x39).contains($0) }) == true
        {
            cursor.position += 1
            let from = cursor.position
            let fraction = cursor.number(digits: 7) ?? 0
            let scale = (cursor.position - from..<7).reduce(1) { scale, _ in scale * 10 }
            date.ticks = fraction * scale
        }
        guard year == nil else { return date.instant }
        // Without a year, the latest such time that is not after tomorrow.
        if let instant = date.instant, instant <= now + .days(1) { return instant }
        date.year -= 1
        return date.instant
    }
}
