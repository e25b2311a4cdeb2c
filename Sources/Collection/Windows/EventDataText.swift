/// Writes the data of a Windows event as the tables hold it: XML or JSON.
enum EventDataText {
    private static let open = #"<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">"#

    /// As `SecurityEvent.EventData` has it: one `Data` element per line.
    static func element(_ event: WindowsEventView) -> [UInt8] {
        var text = Array(open.utf8)
        for datum in event.data {
            text.append(contentsOf: "\r\n  ".utf8)
            write(datum, of: event, to: &text)
        }
        text.append(contentsOf: "\r\n</EventData>".utf8)
        return text
    }

    /// As `Event.EventData` has it.
    static func dataItem(_ event: WindowsEventView, time: String) -> [UInt8] {
        var text = Array("<DataItem type=\"System.XmlData\" time=\"\(time)\">".utf8)
        text.append(contentsOf: open.utf8)
        for datum in event.data { write(datum, of: event, to: &text) }
        text.append(contentsOf: "</EventData></DataItem>".utf8)
        return text
    }

    /// As `Event.ParameterXml` has it: the values in their order.
    static func parameters(_ event: WindowsEventView) -> [UInt8] {
        var text: [UInt8] = []
        for datum in event.data {
            text.append(contentsOf: "<Param>".utf8)
            event.withUTF8(datum) { escape($0, to: &text) }
            text.append(contentsOf: "</Param>".utf8)
        }
        return text
    }

    /// As `WindowsEvent.EventData` has it: an object whose values are all text; repeated names make an array.
    static func object(_ event: WindowsEventView) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        var repeated: [String: [WindowsEventView.Datum]] = [:]
        var seen: Set<String> = []
        for datum in event.data where !seen.insert(datum.name).inserted { repeated[datum.name] = [] }
        if !repeated.isEmpty {
            for datum in event.data where repeated[datum.name] != nil { repeated[datum.name]?.append(datum) }
        }
        for datum in event.data {
            let all = repeated.isEmpty ? nil : repeated[datum.name]
            guard all?.isEmpty != true else { continue }
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            JSONText.write(string: datum.name.isEmpty ? "Data" : datum.name, to: &text)
            text.append(UInt8(ascii: ":"))
            if let all {
                write(all, of: event, to: &text)
                repeated[datum.name] = []
            } else {
                event.withUTF8(datum) { JSONText.write(string: $0, to: &text) }
            }
        }
        text.append(UInt8(ascii: "}"))
        return text
    }

    private static func write(_ all: [WindowsEventView.Datum], of event: WindowsEventView, to text: inout [UInt8]) {
        for (index, datum) in all.enumerated() {
            text.append(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            event.withUTF8(datum) { JSONText.write(string: $0, to: &text) }
        }
        text.append(UInt8(ascii: "]"))
    }

    private static func write(
        _ datum: WindowsEventView.Datum, of event: WindowsEventView, to text: inout [UInt8]
    ) {
        if datum.name.isEmpty || datum.name == "Data" {
            text.append(contentsOf: "<Data>".utf8)
        } else {
            text.append(contentsOf: "<Data Name=\"".utf8)
            var name = datum.name
            name.withUTF8 { escape($0, to: &text) }
            text.append(contentsOf: "\">".utf8)
        }
        event.withUTF8(datum) { escape($0, to: &text) }
        text.append(contentsOf: "</Data>".utf8)
    }

    /// Characters that XML 1.0 cannot hold become blanks.
    private static func escape(_ utf8: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        var clean = 0
        for index in 0..<utf8.count {
            let replacement: String
            switch utf8[index] {
            case UInt8(ascii: "<"): replacement = "&lt;"
            case UInt8(ascii: ">"): replacement = "&gt;"
            case UInt8(ascii: "&"): replacement = "&amp;"
            case UInt8(ascii: "\""): replacement = "&quot;"
            case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F: replacement = " "
            default: continue
            }
            text.append(contentsOf: utf8[clean..<index])
            text.append(contentsOf: replacement.utf8)
            clean = index + 1
        }
        text.append(contentsOf: utf8[clean..<utf8.count])
    }
}
