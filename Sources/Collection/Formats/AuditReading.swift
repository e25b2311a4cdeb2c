internal import Chronology
internal import Records

/// Reads lines of the Linux audit daemon. The lines of one event, which may be mixed with those of others, make one record.
///
/// Fields are `audit.KEY`; those of further lines that repeat a key are `audit.TYPE.KEY`, the second path's
/// `audit.path2.KEY`. Values in hexadecimal are decoded. `audit.command` is the command line, `audit.raw` all lines.
struct AuditReading: LineReading {
    private struct Event {
        var id: String
        var line: Int
        var lines: [[UInt8]]
        /// How many lines of other events have come since its last.
        var age = 0
    }

    /// Events of which more lines may come, the oldest first.
    private var open: [Event] = []
    private static let openLimit = 32
    private static let lineLimit = 512

    var needsVerbatimLines: Bool { false }

    /// Whether a line is one of the audit daemon's.
    static func isLine(_ line: UnsafeBufferPointer<UInt8>) -> Bool { identity(of: line) != nil }

    /// The node and the part between the parentheses of `msg=audit(1364481363.243:24287):`.
    private static func identity(of line: UnsafeBufferPointer<UInt8>) -> String? {
        var cursor = ByteCursor(line)
        var node = ""
        if cursor.starts(with: "node=") {
            guard let word = cursor.word() else { return nil }
            node = String(decoding: word, as: UTF8.self)
            cursor.skipBlanks()
        }
        guard cursor.starts(with: "type="), cursor.word() != nil else { return nil }
        cursor.skipBlanks()
        guard cursor.starts(with: "msg=audit("), let word = cursor.word(), word.count <= 64,
            let close = word.firstIndex(of: UInt8(ascii: ")")), word[..<close].contains(UInt8(ascii: ":"))
        else { return nil }
        return node + String(decoding: word[10..<max(10, close)], as: UTF8.self)
    }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        guard let id = AuditReading.identity(of: line) else {
            return [RejectedText(line, line: number, reason: "the line is none of the audit daemon's")]
        }
        for place in open.indices { open[place].age += 1 }
        if let place = open.firstIndex(where: { $0.id == id }), open[place].lines.count < AuditReading.lineLimit {
            open[place].lines.append(Array(line))
            open[place].age = 0
        } else {
            open.append(Event(id: id, line: number, lines: [Array(line)]))
        }
        let isEnd = line.starts(with: "type=EOE".utf8)
        while let first = open.first, first.age >= AuditReading.openLimit || open.count > AuditReading.openLimit {
            open.removeFirst()
            AuditReading.add(first.lines, into: &records)
        }
        if isEnd, let place = open.firstIndex(where: { $0.id == id }) {
            AuditReading.add(open.remove(at: place).lines, into: &records)
        }
        return []
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] {
        for event in open { AuditReading.add(event.lines, into: &records) }
        open = []
        return []
    }

    // MARK: Records

    private static func add(_ lines: [[UInt8]], into records: inout RecordBuilder) {
        var event = AuditEvent()
        for line in lines { line.withUnsafeBufferPointer { event.take($0) } }
        for (name, value) in event.finish() { records.append(name, value) }
        let raw = lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        records.append("audit.raw", raw)
        records.endRecord()
    }
}

/// The fields of one audit event, gathered of its lines.
private struct AuditEvent {
    private var fields: [(name: String, value: String)] = []
    private var names: Set<String> = []
    private var types: [String] = []
    private var pathCount = 0
    private var arguments: [String] = []

    mutating func take(_ line: UnsafeBufferPointer<UInt8>) {
        var text = line[...]
        // What the daemon adds in its enriched format stands behind this mark.
        if let mark = text.firstIndex(of: 0x1D) {
            let enriched = UnsafeBufferPointer(rebasing: text[(mark + 1)...])
            text = text[..<mark]
            takeHead(UnsafeBufferPointer(rebasing: text))
            for pair in KeyValuePairs.pairs(of: enriched) { add(key(pair, enriched), value(pair, enriched)) }
        } else {
            takeHead(UnsafeBufferPointer(rebasing: text))
        }
    }

    private mutating func takeHead(_ text: UnsafeBufferPointer<UInt8>) {
        var cursor = ByteCursor(text)
        if cursor.starts(with: "node="), let word = cursor.word() {
            add("node", String(decoding: word.dropFirst(5), as: UTF8.self))
            cursor.skipBlanks()
        }
        let type = cursor.word().map { String(decoding: $0.dropFirst(5), as: UTF8.self) } ?? ""
        types.append(type)
        cursor.skipBlanks()
        let stamp = (cursor.word().map { String(decoding: $0.dropFirst(10), as: UTF8.self) } ?? "").split {
            ":)".contains($0)
        }
        if let time = stamp.first, let seconds = Double(time), seconds < 1e11 {
            add("timestamp", Instant(unixMicroseconds: Int64((seconds * 1e6).rounded())).description)
        }
        if stamp.count > 1 { add("serial", String(stamp[1])) }
        cursor.skipBlanks()
        takePairs(cursor.rest, type)
    }

    private mutating func takePairs(_ text: UnsafeBufferPointer<UInt8>, _ type: String) {
        var prefix = ""
        if type == "PATH" {
            pathCount += 1
            if pathCount > 1 { prefix = "path\(pathCount)." }
        }
        for pair in KeyValuePairs.pairs(of: text) {
            let key = key(pair, text)
            // Programs put their own pairs into quotes after msg=.
            if key == "msg", text[pair.value].first == 0x27 {
                let start = pair.value.lowerBound + 1
                let end = text.lastIndex(of: 0x27) ?? text.count
                if end > start { takeMessage(UnsafeBufferPointer(rebasing: text[start..<end])) }
                return
            }
            let value = value(pair, text)
            if type == "EXECVE" {
                if key.hasPrefix("a"), key.dropFirst().allSatisfy({ $0.isNumber }) {
                    arguments.append(decoded(value, pair))
                } else if key.hasPrefix("a"), key.contains("["), !arguments.isEmpty {
                    arguments[arguments.count - 1] += decoded(value, pair)
                }
                if key == "argc" { add(key, value) }
                continue
            }
            let isText = AuditEvent.texts.contains(key)
            add(prefix + key, isText ? decoded(value, pair) : value, of: type)
        }
    }

    private mutating func takeMessage(_ text: UnsafeBufferPointer<UInt8>) {
        for pair in KeyValuePairs.pairs(of: text) {
            let key = key(pair, text)
            let value = value(pair, text)
            add(key, AuditEvent.texts.contains(key) ? decoded(value, pair) : value)
        }
    }

    /// Keys whose values are written in hexadecimal when they hold blanks or quotes.
    private static let texts: Set<String> = [
        "proctitle", "name", "exe", "comm", "cwd", "acct", "cmd", "data", "key", "path", "dir", "ocomm", "vm", "grp",
        "new_name", "old_name",
    ]

    private func key(_ pair: KeyValuePairs.Pair, _ text: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: text[pair.key], as: UTF8.self)
    }

    private func value(_ pair: KeyValuePairs.Pair, _ text: UnsafeBufferPointer<UInt8>) -> String {
        String(decoding: text[pair.value], as: UTF8.self)
    }

    private func decoded(_ value: String, _ pair: KeyValuePairs.Pair) -> String {
        guard !pair.isQuoted, value.utf8.count >= 4, let bytes = Hexadecimal.bytes(value.utf8) else { return value }
        // A zero byte stands between the words of a command line.
        let text = bytes.map { $0 == 0 ? UInt8(ascii: " ") : $0 }
        return text.allSatisfy { $0 >= 0x20 || $0 == 0x09 || $0 == 0x0A }
            ? String(decoding: text, as: UTF8.self) : value
    }

    private mutating func add(_ name: String, _ value: String, of type: String? = nil) {
        guard !value.isEmpty, value != "(null)", value != "?" else { return }
        var full = "audit." + name
        if names.contains(full) {
            guard let type, !["timestamp", "serial", "node"].contains(name) else { return }
            full = "audit.\(type).\(name)"
        }
        guard names.insert(full).inserted else { return }
        fields.append((full, value))
    }

    consuming func finish() -> [(name: String, value: String)] {
        fields.insert(("audit.type", types.first ?? ""), at: 0)
        fields.append(("audit.types", types.joined(separator: ",")))
        if !arguments.isEmpty { fields.append(("audit.command", arguments.joined(separator: " "))) }
        return fields
    }
}
