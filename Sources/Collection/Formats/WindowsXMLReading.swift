internal import CExpat
internal import Records

/// Reads Windows events as XML: one per line, over several lines, or all in an `<Events>` element.
///
/// The fields are those of the same event as nested JSON: `Event.System.EventID`, `Event.System.Provider.@Name`,
/// `Event.EventData.SubjectUserName`.
struct WindowsXMLReading: LineReading {
    /// The text of an event that is not closed yet.
    private var held = HeldText()

    var needsVerbatimLines: Bool { true }

    static func isStart(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        ["<Event ", "<Event>", "<Events", "<?xml", "<!--"].contains { line.starts(with: $0.utf8) }
    }

    mutating func read(
        _ line: UnsafeBufferPointer<UInt8>, number: Int, into records: inout RecordBuilder
    ) -> [RejectedText] {
        if held.isEmpty, line.allSatisfy({ $0 <= 0x20 }) { return [] }
        held.append(line, line: number)
        var rejects: [RejectedText] = []
        while let event = nextEvent(&rejects) {
            let reason = event.withUnsafeBufferPointer { WindowsXMLDocument.add($0, into: &records) }
            if let reason {
                records.dropUnfinishedRecord()
                rejects.append(
                    RejectedText(line: held.line, reason: reason, raw: String(decoding: event, as: UTF8.self)))
            }
        }
        if held.isTooLong { rejects.append(held.rejected("the event is not closed")) }
        return rejects
    }

    mutating func finish(into records: inout RecordBuilder) -> [RejectedText] {
        dropFrame()
        return held.isEmpty ? [] : [held.rejected("the event is not closed")]
    }

    /// Takes the first whole event out of the held text; what stands before it and is not a part of the frame is rejected.
    private mutating func nextEvent(_ rejects: inout [RejectedText]) -> [UInt8]? {
        dropFrame()
        guard !held.isEmpty else { return nil }
        guard held.bytes.starts(with: "<Event".utf8) else {
            // An unfinished mark such as `<?xml` waits for its end.
            if held.bytes.first != UInt8(ascii: "<") || held.bytes.contains(UInt8(ascii: ">")) {
                rejects.append(held.rejected("the text is no Windows event"))
            }
            return nil
        }
        guard let end = WindowsXMLReading.end(of: held.bytes) else { return nil }
        let event = Array(held.bytes[..<end])
        held.drop(end)
        return event
    }

    private static func end(of bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { text in
            let mark = Array("</Event>".utf8)
            var from = 0
            while let place = text[from...].firstIndex(of: UInt8(ascii: "<")) {
                if text[place...].starts(with: mark) { return place + mark.count }
                from = place + 1
            }
            return nil
        }
    }

    /// Drops blanks, declarations, comments, and the marks of the element around the events.
    private mutating func dropFrame() {
        while true {
            let blanks = held.bytes.prefix { $0 <= 0x20 }.count
            if blanks > 0 { held.drop(blanks) }
            let isFrame = ["<?", "<!--", "<Events", "</Events"].contains { held.bytes.starts(with: $0.utf8) }
            guard isFrame, let end = held.bytes.firstIndex(of: UInt8(ascii: ">")) else { return }
            held.drop(end + 1)
        }
    }
}

/// One event of XML as fields of a record.
private struct WindowsXMLDocument {
    private static let depthLimit = 32

    private var path: [String] = []
    private var text: [[UInt8]] = []
    private var hasChildren: [Bool] = []
    private var dataName: String?
    private var unnamed: [String] = []
    private var fields: [(name: String, value: String)] = []
    private var isTooDeep = false

    /// Adds the event as a record; nil, or why it is none.
    static func add(_ document: UnsafeBufferPointer<UInt8>, into records: inout RecordBuilder) -> String? {
        var reading = WindowsXMLDocument()
        let fault = withUnsafeMutablePointer(to: &reading) { context in
            document.withMemoryRebound(to: CChar.self) { bytes in
                tocsin_xml_parse(
                    bytes.baseAddress, bytes.count, context,
                    { context, name, attributes in
                        guard let name, let attributes else { return }
                        WindowsXMLDocument.of(context)?.pointee.start(name, attributes)
                    },
                    { context, _ in WindowsXMLDocument.of(context)?.pointee.end() },
                    { context, text, count in
                        guard let text else { return }
                        text.withMemoryRebound(to: UInt8.self, capacity: count) {
                            WindowsXMLDocument.of(context)?.pointee.take(UnsafeBufferPointer(start: $0, count: count))
                        }
                    })
            }
        }
        if let message = fault.message { return "the event is not XML: \(String(cString: message))" }
        if reading.isTooDeep { return "the event is nested deeper than \(depthLimit) elements" }
        guard reading.fields.contains(where: { $0.name.hasPrefix("Event.System.") }) else {
            return "the event has no System element"
        }
        for (name, value) in reading.fields { records.append(name, value) }
        if !reading.unnamed.isEmpty {
            var list: [UInt8] = [UInt8(ascii: "[")]
            for value in reading.unnamed {
                if list.count > 1 { list.append(UInt8(ascii: ",")) }
                JSONText.write(string: value, to: &list)
            }
            list.append(UInt8(ascii: "]"))
            records.append("Event.EventData.Data", kind: .json, String(decoding: list, as: UTF8.self))
        }
        records.endRecord()
        return nil
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<WindowsXMLDocument>? {
        context?.assumingMemoryBound(to: WindowsXMLDocument.self)
    }

    private mutating func start(_ name: UnsafePointer<CChar>, _ list: UnsafeMutablePointer<UnsafePointer<CChar>?>) {
        guard path.count < WindowsXMLDocument.depthLimit else {
            isTooDeep = true
            return
        }
        let full = String(cString: name)
        let name = full.split(separator: ":").last.map { String($0) } ?? full
        if let parent = hasChildren.indices.last { hasChildren[parent] = true }
        path.append(name)
        text.append([])
        hasChildren.append(false)
        var place = 0
        while let key = list[place], let value = list[place + 1] {
            let key = String(cString: key)
            let value = String(cString: value)
            if isData {
                if key == "Name" { dataName = value }
            } else if !key.hasPrefix("xmlns") {
                add(path.joined(separator: ".") + ".@" + key, value)
            }
            place += 2
        }
    }

    private var isData: Bool { path.count == 3 && path[1] == "EventData" && path[2] == "Data" }

    private mutating func take(_ bytes: UnsafeBufferPointer<UInt8>) {
        if let last = text.indices.last { text[last].append(contentsOf: bytes) }
    }

    private mutating func end() {
        guard !isTooDeep, let bytes = text.popLast(), let isParent = hasChildren.popLast() else { return }
        defer { path.removeLast() }
        guard !isParent else { return }
        let value = String(decoding: bytes, as: UTF8.self)
        if isData {
            if let name = dataName { add("Event.EventData." + name, value) } else { unnamed.append(value) }
            dataName = nil
        } else if !value.isEmpty {
            add(path.joined(separator: "."), value)
        }
    }

    private mutating func add(_ name: String, _ value: String) {
        fields.append((name, value))
    }
}
