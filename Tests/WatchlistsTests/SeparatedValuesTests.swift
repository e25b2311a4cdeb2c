import Testing

@testable import Watchlists

struct SeparatedValuesTests {
    private func parts(_ text: String, chunk: Int = .max, maximum: Int = 100) -> [SeparatedValues.Part] {
        parts(Array(text.utf8), chunk: chunk, maximum: maximum)
    }

    private func parts(_ bytes: [UInt8], chunk: Int = .max, maximum: Int = 100) -> [SeparatedValues.Part] {
        var reader = SeparatedValues(separator: UInt8(ascii: ","), maximumRecord: maximum, maximumFields: 5)
        var parts: [SeparatedValues.Part] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            reader.feed(Array(rest.prefix(chunk))) { parts.append($0) }
            rest = rest.dropFirst(chunk)
        }
        reader.finish { parts.append($0) }
        return parts
    }

    @Test func `fields are quoted where they hold separators, quotation marks or line breaks`() {
        let text = "\u{FEFF}a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\n\n\"two\nlines\",é\nlast,"
        let wanted: [SeparatedValues.Part] = [
            .record(["a", "b"], line: 1), .record(["x, y", "say \"hi\""], line: 2),
            .record(["two\nlines", "é"], line: 4), .record(["last", ""], line: 6),
        ]
        #expect(parts(text) == wanted)
        for chunk in 1...7 { #expect(parts(text, chunk: chunk) == wanted) }
    }

    @Test func `an open quotation mark costs its own line only`() {
        let found = parts("a,b\n1,\"open\n2,x\n3,y\n")
        #expect(
            found == [
                .record(["a", "b"], line: 1), .fault("a quotation mark is never closed", line: 2),
                .record(["2", "x"], line: 3), .record(["3", "y"], line: 4),
            ])
        let long = parts("\"open\n" + String(repeating: "1,2\n", count: 40), maximum: 50)
        #expect(long.first == .fault("a quotation mark is not closed within 50 bytes", line: 1))
        #expect(long.count == 41 && long.last == .record(["1", "2"], line: 41))
    }

    @Test func `what is no record is told with its line and left out`() {
        #expect(
            parts("a\u{0}b,c\nd,\"e\"f\n1,2,3,4,5,6\n" + String(repeating: "x", count: 200) + "\nok\n") == [
                .fault("the line holds a NUL byte", line: 1),
                .fault("there is text after a closing quotation mark", line: 2),
                .fault("the line has more than 5 fields", line: 3),
                .fault("the line is longer than 100 bytes", line: 4),
                .record(["ok"], line: 5),
            ])
        #expect(
            parts([0x61, 0xFF, 0x2C, 0x62, 0x0A, 0x63, 0x0A]) == [
                .fault("the line is not UTF-8", line: 1), .record(["c"], line: 2),
            ])
    }

    @Test func `a hundred megabytes of quotation marks end in time`() {
        let bytes = [UInt8](repeating: UInt8(ascii: "\""), count: 2_000_000)
        #expect(parts(bytes, chunk: 65_536, maximum: 10_000).count >= 1)
        let lines = Array(String(repeating: "\"\"\n\"a\n", count: 100_000).utf8)
        #expect(parts(lines, chunk: 65_536, maximum: 10_000).count > 100)
    }
}
