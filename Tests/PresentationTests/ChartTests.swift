import Chronology
import JSON
import KQLValues
import Presentation
import Testing

struct ChartTests {
    let plain = TextSurface(width: 80)

    private var counts: Table {
        Table(
            schema: TableSchema([ColumnSchema("Level", .string), ColumnSchema("Count", .long)]),
            rows: [[.string("High"), .long(30)], [.string("Low"), .long(10)], [.string("Medium"), .long(0)]])
    }

    private func overTime(series: Int) -> Table {
        var rows: [[Value]] = []
        for hour in 0..<24 {
            for number in 0..<series {
                let time = Value.datetime(.unixEpoch + .hours(Int64(hour)))
                rows.append([time, .string("host\(number)"), .long(Int64(hour * (number + 1)))])
            }
        }
        return Table(
            schema: TableSchema([
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Host", .string), ColumnSchema("Count", .long),
            ]),
            rows: rows)
    }

    @Test func `bars are as long as their values, with labels and numbers`() throws {
        let text = try #require(ChartText.text(of: counts, visualization: "barchart", on: plain))
        let lines = text.split(separator: "\n").map(String.init)
        let lengths = lines.map { line in line.count { $0 == "█" } }
        #expect(lengths.count == 3 && lengths[0] > 50 && abs(lengths[0] - 3 * lengths[1]) <= 3 && lengths[2] == 0)
        #expect(lines[0].hasPrefix("High") && lines[0].hasSuffix(" 30"))
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
    }

    @Test func `a pie shows shares of the whole`() throws {
        let text = try #require(ChartText.text(of: counts, visualization: "piechart", on: plain))
        #expect(text.contains("75.0%") && text.contains("25.0%"))
    }

    @Test(arguments: ["timechart", "linechart", "areachart", "scatterchart"])
    func `charts over time show their bounds and fit the terminal`(kind: String) throws {
        for width in [40, 80, 120] {
            let surface = TextSurface(width: width)
            let text = try #require(ChartText.text(of: overTime(series: 1), visualization: kind, on: surface))
            #expect(text.contains("23") && text.contains("00:00") && text.contains("23:00"), "\(text)")
            #expect(text.split(separator: "\n").allSatisfy { DisplayWidth.of($0) <= width }, "\(text)")
            #expect(text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
        }
    }

    @Test func `a number that the rows are grouped by splits the series`() throws {
        let rows: [[Value]] = (0..<4).flatMap { hour in
            [4624, 4625].map { [.int($0), .datetime(.unixEpoch + .hours(hour)), .long(hour + Int64($0))] }
        }
        let table = Table(
            schema: TableSchema([
                ColumnSchema("EventID", .int), ColumnSchema("TimeGenerated", .datetime), ColumnSchema("count_", .long),
            ]),
            rows: rows)
        let data = try #require(ChartData(table, properties: [:], prefersTime: true))
        #expect(data.series.map(\.label) == ["4624", "4625"] && data.series.allSatisfy { $0.points.count == 4 })
        let named = try #require(ChartData(table, properties: ["ycolumns": "EventID, count_"], prefersTime: true))
        #expect(named.series.map(\.label) == ["EventID", "count_"])
    }

    @Test func `several series have a mark of their own and a legend`() throws {
        let text = try #require(ChartText.text(of: overTime(series: 3), visualization: "timechart", on: plain))
        for (mark, host) in [("●", "host0"), ("○", "host1"), ("▲", "host2")] {
            #expect(text.contains("\(mark) \(host)") && text.count { String($0) == mark } > 2, "\(text)")
        }
        let colored = TextSurface(width: 80, hasColors: true)
        let inColor = try #require(ChartText.text(of: overTime(series: 3), visualization: "timechart", on: colored))
        #expect(inColor.contains("\u{1B}[36m") && inColor.contains("\u{1B}[33m"))
    }

    @Test(arguments: ["timechart", "barchart", "piechart", "scatterchart", "card"])
    func `a terminal without Unicode is drawn on with ASCII`(kind: String) throws {
        let surface = TextSurface(width: 60, isUnicode: false)
        let text = try #require(ChartText.text(of: overTime(series: 2), visualization: kind, on: surface))
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `a card shows the first row large`() throws {
        let text = try #require(ChartText.text(of: counts, visualization: "card", on: plain))
        #expect(text == "Level\n  High\nCount\n  30\n")
    }

    @Test func `the properties of render name title, axis and values`() throws {
        let text = try #require(
            ChartText.text(
                of: counts, visualization: "columnchart",
                properties: ["title": "Alerts", "xcolumn": "Level", "ycolumns": "Count"], on: plain))
        #expect(text.hasPrefix("Alerts\nHigh"))
    }

    @Test func `what cannot be drawn is left to the table`() {
        #expect(ChartText.text(of: counts, visualization: "table", on: plain) == nil)
        #expect(ChartText.text(of: Table(empty: counts.schema), visualization: "barchart", on: plain) == nil)
        let texts = Table(schema: TableSchema([ColumnSchema("a", .string)]), rows: [[.string("x")]])
        #expect(ChartText.text(of: texts, visualization: "timechart", on: plain) == nil)
    }

    @Test func `odd numbers are drawn without harm`() throws {
        let table = Table(
            schema: TableSchema([ColumnSchema("x", .real), ColumnSchema("y", .real)]),
            rows: [
                [.real(1), .real(.nan)], [.real(2), .real(-5)], [.real(3), .real(1e300)], [.real(.infinity), .real(1)],
                [.real(4), .real(-1e300)],
            ])
        for kind in ["linechart", "areachart", "scatterchart", "barchart", "piechart"] {
            #expect(ChartText.text(of: table, visualization: kind, on: plain) != nil)
        }
        let same = Table(
            schema: TableSchema([ColumnSchema("x", .long), ColumnSchema("y", .long)]), rows: [[.long(1), .long(0)]])
        #expect(ChartText.text(of: same, visualization: "linechart", on: plain) != nil)
    }
}
