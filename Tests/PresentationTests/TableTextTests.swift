import Chronology
import JSON
import KQLValues
import Presentation
import Testing

struct TableTextTests {
    let sample = Table(
        schema: TableSchema([
            ColumnSchema("Name", .string), ColumnSchema("Count", .long), ColumnSchema("At", .datetime),
            ColumnSchema("Extra", .dynamic),
        ]),
        rows: [
            [.string("日本"), .long(5), .datetime(.unixEpoch), .dynamic(["a": 1])],
            [.string("a\"b,c\nd"), .null(.long), .null(.datetime), .null(.dynamic)],
        ])

    @Test func `a grid is aligned by what a terminal shows, with nulls to see and the number of rows`() {
        let text = GridText.text(of: sample, on: TextSurface(width: 100))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        #expect(lines[2].hasPrefix("日本         5  1970-01-01T00:00:00.0000000Z  {\"a\":1}"))
        #expect(lines[3].hasPrefix("a\"b,c⏎d   null  null"))
        #expect(lines[4] == "2 rows")
        #expect(!text.contains("\u{1B}"))
    }

    @Test(arguments: [20, 40, 60, 80])
    func `no line is wider than the terminal`(width: Int) {
        let text = GridText.text(of: sample, on: TextSurface(width: width))
        for line in text.split(separator: "\n") where width >= 40 {
            #expect(DisplayWidth.of(line) <= width, "\(line)")
        }
        #expect(text.contains("…") == (width <= 40))
    }

    @Test func `a terminal without Unicode is given ASCII only, and control characters never`() {
        let text = GridText.text(of: sample, on: TextSurface(width: 60, isUnicode: false))
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        let hostile = Table(
            schema: TableSchema([ColumnSchema("x", .string)]), rows: [[.string("\u{1B}[31mred\u{7}\u{202E}")]])
        #expect(
            !GridText.text(of: hostile, on: TextSurface()).unicodeScalars.contains {
                $0.value == 0x1B || $0.value == 0x202E
            })
    }

    @Test func `colours mark names and nulls where the terminal has them`() {
        let text = GridText.text(of: sample, on: TextSurface(width: 100, hasColors: true))
        #expect(text.contains("\u{1B}[1m") && text.contains("\u{1B}[2m"))
    }

    @Test func `CSV follows RFC 4180`() {
        #expect(
            DelimitedText.csv(sample)
                == "Name,Count,At,Extra\r\n日本,5,1970-01-01T00:00:00.0000000Z,\"{\"\"a\"\":1}\"\r\n\"a\"\"b,c\nd\",,,\r\n"
        )
    }

    @Test func `TSV escapes what would end a field`() {
        let table = Table(schema: TableSchema([ColumnSchema("x", .string)]), rows: [[.string("a\tb\\c\nd")]])
        #expect(DelimitedText.tsv(table) == "x\na\\tb\\\\c\\nd\n")
    }

    @Test func `Markdown keeps bars and line ends inside their cells`() {
        let table = Table(
            schema: TableSchema([ColumnSchema("x", .string), ColumnSchema("n", .long)]),
            rows: [[.string("a|b\n<i>"), .long(1)]])
        #expect(DelimitedText.markdown(table) == "| x | n |\n| --- | ---: |\n| a\\|b<br>&lt;i> | 1 |\n")
    }

    @Test func `JSON gives one object per row, with dynamic values as they are`() throws {
        let rows = try JSON(parsing: JSONText.array(sample))
        #expect(rows[0]?["Extra"] == ["a": 1] && rows[1]?["Count"]?.isNull == true)
        #expect(JSONText.lines(sample).split(separator: "\n").count == 2)
        #expect(JSONText.array(Table(empty: sample.schema)) == "[]\n")
    }

    @Test(arguments: [("abc", 3), ("日本語", 6), ("👩‍👩‍👧", 2), ("🇨🇭", 2), ("e\u{301}", 1), ("☀️", 2), ("ﾊﾝｶｸ", 4), ("Ｗ", 2)])
    func `the width of a text is what a terminal gives it`(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width)
    }
}
