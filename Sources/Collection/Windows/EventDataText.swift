internal import Chronology

/// Writes the data of a Windows event as the tables hold it: XML or JSON.
enum EventDataText {
    private static let open = Array(
        #"<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">"#.utf8)
    private static let parameterStart = Array("<Param>".utf8)
    private static let parameterEnd = Array("</Param>".utf8)
    private static let itemTimeEnd = Array("\">".utf8)
    private static let itemEnd = Array("</EventData></DataItem>".utf8)
    private static let dataStart = Array("<Data>".utf8)
    private static let namedDataStart = Array("<Data Name=\"".utf8)
    private static let dataEnd = Array("</Data>".utf8)
    private static let itemStart = Array("<DataItem type=\"System.XmlData\" time=\"".utf8)

    /// As `SecurityEvent.EventData` has it: one `Data` element per line.
    static func element(_ event: WindowsEventView, to text: inout [UInt8]) {
        text.append(contentsOf: open)
        for datum in event.data {
            text.append(contentsOf: "\r\n  ".utf8)
            write(datum, of: event, to: &text)
        }
        text.append(contentsOf: "\r\n</EventData>".utf8)
    }

    /// As `Event.EventData` has it, and as `Event.ParameterXml` has it: the values alone in their order.
    static func dataItem(
        _ event: WindowsEventView, time: Instant, to text: inout [UInt8], parameters: inout [UInt8]
    ) {
        text.append(contentsOf: itemStart)
        TimeText.withUTF8(time) { text.append(contentsOf: $0) }
        text.append(contentsOf: itemTimeEnd)
        text.append(contentsOf: open)
        for datum in event.data {
            let value = write(datum, of: event, to: &text)
            parameters.append(contentsOf: parameterStart)
            parameters.append(contentsOf: text[value])
            parameters.append(contentsOf: parameterEnd)
        }
        text.append(contentsOf: itemEnd)
    }

    /// As `WindowsEvent.EventData` has it: an object whose values are all text; repeated names make an array.
    static func object(_ event: WindowsEventView, to text: inout [UInt8]) {
        let hasRepeatedNames = event.hasRepeatedNames
        let start = text.count
        text.append(UInt8(ascii: "{"))
        for (index, datum) in event.data.enumerated() {
            let name = event.name(datum)
            if hasRepeatedNames, event.data[..<index].contains(where: { event.name($0) == name }) { continue }
            if text.count > start + 1 { text.append(UInt8(ascii: ",")) }
            JSONText.write(string: name.isEmpty ? "Data" : name, to: &text)
            text.append(UInt8(ascii: ":"))
            let others = hasRepeatedNames ? event.data.filter { event.name($0) == name } : []
            if others.count > 1 {
                write(others, of: event, to: &text)
            } else {
                event.withUTF8(datum) { JSONText.write(string: $0, to: &text) }
            }
        }
        text.append(UInt8(ascii: "}"))
    }

    private static func write(_ all: [WindowsEventView.Datum], of event: WindowsEventView, to text: inout [UInt8]) {
        for (index, datum) in all.enumerated() {
            text.append(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            event.withUTF8(datum) { JSONText.write(string: $0, to: &text) }
        }
        text.append(UInt8(ascii: "]"))
    }

    /// Writes a `Data` element; gives the place of its content.
    @discardableResult
    private static func write(
        _ datum: WindowsEventView.Datum, of event: WindowsEventView, to text: inout [UInt8]
    ) -> Range<Int> {
        var name = event.name(datum)
        if name.isEmpty || name == "Data" {
            text.append(contentsOf: dataStart)
        } else {
            text.append(contentsOf: namedDataStart)
            name.withUTF8 { escape($0, to: &text) }
            text.append(contentsOf: itemTimeEnd)
        }
        let start = text.count
        event.withUTF8(datum) { escape($0, to: &text) }
        let end = text.count
        text.append(contentsOf: dataEnd)
        return start..<end
    }

    /// Characters that XML 1.0 cannot hold become blanks.
    private static func escape(_ utf8: UnsafeBufferPointer<UInt8>, to text: inout [UInt8]) {
        guard needsEscape(utf8) else {
            text.append(contentsOf: utf8)
            return
        }
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

    /// Written so that the compiler can look at many bytes at once.
    private static func needsEscape(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        var marks: UInt8 = 0
        for byte in utf8 {
            marks |= byte == 0x3C ? 1 : 0
            marks |= byte == 0x3E ? 1 : 0
            marks |= byte == 0x26 ? 1 : 0
            marks |= byte == 0x22 ? 1 : 0
            marks |= byte < 0x20 ? 1 : 0
        }
        return marks != 0
    }
}
