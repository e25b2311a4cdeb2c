import Records
import Testing

struct RecordReaderTests {
    @Test func `one object per line, nested names joined with dots`() {
        #expect(
            summary("{\"a\":1,\"b\":{\"c\":\"x\",\"d\":{\"e\":true}}}\n{\"a\":2.50,\"f\":null}\n")
                == ["1: a=1 b.c=x b.d.e=true", "2: a=2.50 f="])
    }

    @Test func `numbers keep their written text, however long`() {
        #expect(
            summary("{\"a\":123456789012345678901234567890,\"b\":1e400,\"c\":-0.10}")
                == ["1: a=123456789012345678901234567890 b=1e400 c=-0.10"])
    }

    @Test func `arrays and empty objects are JSON text`() {
        #expect(
            summary(#"{"a":[1, {"b" : "x\"y"} ,[ ] ],"c":{},"d":[]}"#)
                == [#"1: a=[1,{"b":"x\"y"},[]] c={} d=[]"#])
    }

    @Test func `escapes are undone, and a lone surrogate is replaced`() {
        #expect(
            summary(#"{"a":"\u00e4\n\t\\\/\ud83d\ude00","k\"\\ey":"\ud800!"}"#)
                == ["1: a=\u{e4}\n\t\\/\u{1F600} k\"\\ey=\u{FFFD}!"])
    }

    @Test func `names that begin alike or are written otherwise are told apart, whatever came before`() {
        let lines = [
            #"{"ab":1,"a":2,"b":{"a":3,"ab":4}}"#, #"{"ab":1,"a":2,"b":{"a":3,"ab":4}}"#,
            #"{"a":1,"ab":2,"b":{"ab":3}}"#, #"{"\u0061b":1,"a":2,"b":{"a":3}}"#, #"{"ab":1,"a\"b":2}"#,
            #"{"ab":1,"a\"b":2,"a\\":3}"#, #"{"ab":1,"a\\":2,"":3}"#, #"{"ab":1,"a\\":2,"":3}"#,
        ]
        #expect(
            summary(lines.joined(separator: "\n"))
                == [
                    "1: ab=1 a=2 b.a=3 b.ab=4", "2: ab=1 a=2 b.a=3 b.ab=4", "3: a=1 ab=2 b.ab=3", "4: ab=1 a=2 b.a=3",
                    "5: ab=1 a\"b=2", "6: ab=1 a\"b=2 a\\=3", "7: ab=1 a\\=2 =3", "8: ab=1 a\\=2 =3",
                ])
    }

    @Test func `a dotted name and a nested one are the same field`() throws {
        let block = try #require(blocks(of: Array("{\"a.b\":1,\"a\":{\"b\":2}}".utf8)).first)
        #expect(block.records.fieldNames.filter { $0 == "a.b" }.count == 1)
        #expect(block.records.field("a.b").flatMap { block.records.entry($0, of: 0) }.map(block.records.text) == "1")
    }

    @Test func `a malformed line does not stop the rest`() {
        #expect(
            summary("{\"a\":1}\n{\"a\":\n{\"a\":2}\n{\"a\":3,}\nplain\n{\"a\":\"x\n{\"a\":4} x\n[1]\n{\"a\":5}")
                == [
                    "1: a=1", "3: a=2", "7: a=4", "9: a=5", "2! {\"a\":", "4! {\"a\":3,}", "5! plain",
                    "6! {\"a\":\"x", "7! x", "8! [1]",
                ])
    }

    @Test func `a reject names the column`() throws {
        let reject = try #require(blocks(of: Array("\n{\"a\":1,\"b\":tru}".utf8)).first?.rejects.first)
        #expect(reject.line == 2)
        #expect(reject.column.map { (9...15).contains($0) } == true)
    }

    @Test(arguments: [
        "[{\"a\":1},{\"a\":2}]", "[\n{\"a\":1},\n{\"a\":2}\n]\n", " [ {\"a\":1}\n, {\"a\":2} ] ",
        "{\"records\":[{\"a\":1},{\"a\":2}]}", "{\n \"Records\" : [\n{\"a\":\n1},{\"a\":2}\n]\n}",
        "{\"@odata.context\":\"x\",\"value\":[{\"a\":1},{\"a\":2}],\"@odata.nextLink\":\"y\"}",
        "{\"a\":1}{\"a\":2}", "{\"a\":1},\n{\"a\":2},\n", "\u{FEFF}{\"a\":1}\r\n\r\n{\"a\":2}\r\n",
        "{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}",
    ])
    func `arrays, envelopes and documents over several lines`(_ text: String) {
        let found = summary(text).map { $0.drop { $0 != ":" } }
        #expect(found == [": a=1", ": a=2"])
    }

    @Test func `an object that only looks like an envelope is a record`() {
        #expect(summary("{\"value\":[1,2],\"x\":3}") == ["1: value=[1,2] x=3"])
        #expect(summary("{\"value\":[{\"a\":1}],\"x\":3}") == ["1: value=[{\"a\":1}] x=3"])
        #expect(summary("{\"records\":[]}") == [])
    }

    @Test(arguments: ["", " ", ",", ",\"count\":1", "\n"])
    func `an envelope that is not closed loses none of its records`(_ rest: String) throws {
        for array in ["[{\"a\":1},{\"a\":2}]", "[\n{\"a\":1},\n{\"a\":2}\n]"] {
            let found = blocks(of: Array("{\"records\":\(array)\(rest)".utf8))
            #expect(found.map(\.records.count).reduce(0, +) == 2)
            let reasons = found.flatMap(\.rejects).map(\.reason)
            #expect(reasons.first == "the object around the records is not closed")
        }
    }

    @Test func `every cut into two pieces and single bytes give the same`() {
        let text =
            "{\"a\":\"\u{e4}\\n\"}\nplain \u{20ac}\n{\n\"b\":{\"c\":[1,\n2]}}\n{\"bad\":}\r\n[{\"d\":1},\n{\"d\":2}]\n"
            + "{\"records\":[{\"e\":\"]}\"},\n{\"e\":2}]}\n{\"f\":1"
        let bytes = Array(text.utf8)
        let whole = summary(blocks(of: bytes))
        #expect(summary(blocks(of: bytes, pieces: 1)) == whole)
        for cut in 1..<bytes.count {
            var reader = RecordReader()
            var found: [RecordBlock] = []
            reader.feed(Array(bytes[..<cut]))
            while let block = reader.next() { found.append(block) }
            reader.feed(Array(bytes[cut...]))
            reader.finish()
            while let block = reader.next() { found.append(block) }
            #expect(summary(found) == whole, "cut at \(cut)")
        }
    }

    @Test func `a line over the limit is rejected and the next one read`() {
        var limits = ReaderLimits()
        limits.documentBytes = 20
        let long = "{\"a\":\"" + String(repeating: "x", count: 50) + "\"}"
        for pieces in [1, 7, 1000] {
            let found = blocks(of: Array("{\"a\":1}\n\(long)\n{\"a\":2}\n".utf8), pieces: pieces, limits: limits)
            #expect(found.reduce(0) { $0 + $1.records.count } == 2)
            #expect(found.flatMap(\.rejects).count == 1)
        }
    }

    @Test func `invalid UTF-8 is repaired, not lost`() {
        #expect(summary(blocks(of: [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xFF, 0x22, 0x7D])) == ["1: a=\u{FFFD}"])
    }

    @Test func `deep objects are kept as text and hostile nesting is refused`() {
        let deep = String(repeating: "{\"a\":", count: 60) + "1" + String(repeating: "}", count: 60)
        #expect(summary(deep).count == 1 && summary(deep)[0].hasPrefix("1: a.a.a."))
        let hostile = "{\"a\":" + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}"
        let found = blocks(of: Array((hostile + "\n{\"a\":1}").utf8))
        #expect(found.flatMap(\.lines) == [2] && found.flatMap(\.rejects).count == 1)
    }

    @Test func `blocks hold no more records than asked for`() {
        var limits = ReaderLimits()
        limits.blockRecords = 10
        let text = (0..<25).map { "{\"n\":\($0)}\n" }.joined()
        #expect(blocks(of: Array(text.utf8), limits: limits).map(\.records.count) == [10, 10, 5])
    }

    @Test func `random damage never crashes and never loses a good line`() {
        var random = SplitMix(state: 7)
        let good = Array("{\"ok\":[1,{\"x\":\"y\"}],\"n\":{\"m\":1.5}}".utf8)
        for _ in 0..<3000 {
            var damaged = good
            for _ in 0...Int(random.next() % 3) {
                let at = Int(random.next() % UInt64(damaged.count))
                switch random.next() % 3 {
                case 0: damaged[at] = UInt8(truncatingIfNeeded: random.next())
                case 1: damaged.remove(at: at)
                default: damaged.insert(UInt8(truncatingIfNeeded: random.next()), at: at)
                }
            }
            let found = blocks(of: good + [0x0A] + damaged + [0x0A] + good + [0x0A] + good)
            #expect(found.reduce(0) { $0 + $1.records.count } >= 2, "\(String(decoding: damaged, as: UTF8.self))")
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
