internal import Chronology

/// Writes the data of a Windows event as the tables hold it: XML or JSON.
enum EventDataText {
    private static let open: StaticString =
        #"<EventData xmlns="http://schemas.microsoft.com/win/2004/08/events/event">"#

    /// At least the bytes around all data, and those around one piece of data besides its tag or key.
    private static let frame = 256
    private static let pieceFrame = 32

    /// As `SecurityEvent.EventData` has it: one `Data` element per line.
    static func element(_ event: WindowsEventView, to text: inout TextScratch) {
        text.write(atMost: bound(of: event)) { text in
            text.write(open)
            for datum in event.data {
                text.write("\r\n  ")
                write(datum, of: event, to: &text)
            }
            text.write("\r\n</EventData>")
        }
    }

    /// As `Event.EventData` has it, and as `Event.ParameterXml` has it: the values alone in their order.
    static func dataItem(
        _ event: WindowsEventView, time: Instant, to text: inout TextScratch, parameters: inout TextScratch
    ) {
        let bound = bound(of: event)
        text.write(atMost: bound) { text in
            text.write(#"<DataItem type="System.XmlData" time=""#)
            TimeText.withUTF8(time) { text.write($0) }
            text.write("\">")
            text.write(open)
            parameters.write(atMost: bound) { parameters in
                for datum in event.data {
                    let value = write(datum, of: event, to: &text)
                    parameters.write("<Param>")
                    parameters.write(value)
                    parameters.write("</Param>")
                }
            }
            text.write("</EventData></DataItem>")
        }
    }

    /// As `WindowsEvent.EventData` has it: an object whose values are all text; repeated names make an array.
    static func object(_ event: WindowsEventView, to text: inout TextScratch) {
        let hasRepeatedNames = event.hasRepeatedNames
        text.write(atMost: bound(of: event)) { text in
            text.write(UInt8(ascii: "{"))
            for (index, datum) in event.data.enumerated() {
                var others: [WindowsEventView.Datum] = []
                if hasRepeatedNames {
                    let name = event.name(datum)
                    if event.data[..<index].contains(where: { event.name($0) == name }) { continue }
                    others = event.data.filter { event.name($0) == name }
                }
                if text.count > 1 { text.write(UInt8(ascii: ",")) }
                event.withJSONKey(datum) { text.write($0) }
                if others.count > 1 {
                    write(others, of: event, to: &text)
                } else {
                    write(json: datum, of: event, to: &text)
                }
            }
            text.write(UInt8(ascii: "}"))
        }
    }

    private static func write(_ all: [WindowsEventView.Datum], of event: WindowsEventView, to text: inout TextCursor) {
        for (index, datum) in all.enumerated() {
            text.write(index == 0 ? UInt8(ascii: "[") : UInt8(ascii: ","))
            write(json: datum, of: event, to: &text)
        }
        text.write(UInt8(ascii: "]"))
    }

    private static func write(json datum: WindowsEventView.Datum, of event: WindowsEventView, to text: inout TextCursor)
    {
        text.write(UInt8(ascii: "\""))
        event.withUTF8(datum) { text.write(json: $0) }
        text.write(UInt8(ascii: "\""))
    }

    /// Writes a `Data` element; gives its content.
    @discardableResult
    private static func write(
        _ datum: WindowsEventView.Datum, of event: WindowsEventView, to text: inout TextCursor
    ) -> UnsafeBufferPointer<UInt8> {
        event.withStartTag(datum) { text.write($0) }
        let start = text.count
        event.withUTF8(datum) { text.write(xml: $0) }
        let content = text.written(from: start)
        text.write("</Data>")
        return content
    }

    private static func bound(of event: WindowsEventView) -> Int {
        var bound = frame
        for datum in event.data {
            bound += event.byteCount(datum) * TextCursor.longestEscape + event.longestLabel(datum) + pieceFrame
        }
        return bound
    }
}
