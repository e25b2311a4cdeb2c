internal import Chronology
internal import Foundation
public import JSON
internal import KQLValues
internal import Presentation

/// The chart that belongs to an answer: what `render` asked for, or the histogram of the rows over time.
public struct QueryChart: Sendable {
    public let isBars: Bool
    /// `{"times": [seconds…], "series": [{"label", "values"}…]}`.
    public let json: JSON

    /// The most points that a chart is drawn of.
    static let maximumPoints = 5000
    static let histogramBuckets = 60

    /// Nil when the answer has nothing to draw over time.
    public init?(_ answer: QueryAnswer) {
        guard let table = answer.tables.first, table.rowCount > 0 else { return nil }
        if answer.visualization != nil {
            guard let json = QueryChart.series(of: table, answer.renderProperties) else { return nil }
            self.json = json
            isBars = answer.visualization == "columnchart" || answer.visualization == "barchart"
        } else {
            guard let json = QueryChart.histogram(of: table) else { return nil }
            self.json = json
            isBars = true
        }
    }

    /// What `render` asks for, over time; each series has a value or null for every time.
    private static func series(of table: Table, _ properties: [String: String]) -> JSON? {
        guard let data = ChartData(table, properties: properties, prefersTime: true), case .time = data.axis else {
            return nil
        }
        let times = Set(data.series.flatMap { $0.points.map(\.x) }).sorted().prefix(maximumPoints)
        let series = data.series.map { one in
            let values = Dictionary(one.points.map { ($0.x, $0.y) }, uniquingKeysWith: { $1 })
            return JSON.object([
                "label": .string(one.label), "values": .array(times.map { values[$0].map { .double($0) } ?? .null }),
            ])
        }
        return ["times": .array(times.map { .int(Int64($0)) }), "series": .array(series)]
    }

    private static func histogram(of table: Table) -> JSON? {
        guard case .datetime(let times)? = table.column("TimeGenerated"), table.rowCount > 1 else { return nil }
        let seconds = (0..<times.count).compactMap { times[$0] }.map { Instant(ticks: $0).unixSeconds }
        guard let first = seconds.min(), let last = seconds.max(), last > first else { return nil }
        let width = max(1, ((last - first) / Double(histogramBuckets)).rounded(.up))
        var counts = Array(repeating: Int64(0), count: Int((last - first) / width) + 1)
        for second in seconds { counts[Int((second - first) / width)] += 1 }
        return [
            "times": .array(counts.indices.map { .int(Int64(first + Double($0) * width)) }),
            "series": [["label": "rows", "values": .array(counts.map { .int($0) })]],
        ]
    }
}
