internal import Chronology
internal import Foundation
public import JSON
public import KQLValues

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
            guard let json = QueryChart.series(of: table) else { return nil }
            self.json = json
            isBars = answer.visualization == "columnchart" || answer.visualization == "barchart"
        } else {
            guard let json = QueryChart.histogram(of: table) else { return nil }
            self.json = json
            isBars = true
        }
    }

    /// One series per numeric column, split by the first string column, over the first datetime column.
    private static func series(of table: Table) -> JSON? {
        guard let time = table.columns.first(where: { $0.type == .datetime }) else { return nil }
        let split = table.columns.first { $0.type == .string }
        var points: [String: [Int64: Double]] = [:]
        var times: Set<Int64> = []
        for (schema, column) in zip(table.schema.columns, table.columns) where column.type.isNumeric {
            for row in 0..<min(table.rowCount, maximumPoints) {
                guard case .datetime(let instant) = time[row], let value = column[row].number else { continue }
                let seconds = Int64(instant.unixSeconds)
                let label = split.map { "\($0[row].shownText)" } ?? schema.name
                times.insert(seconds)
                points[label, default: [:]][seconds] = value
            }
        }
        guard !points.isEmpty else { return nil }
        let axis = times.sorted()
        let series = points.sorted { $0.key < $1.key }.map { label, values in
            JSON.object([
                "label": .string(label), "values": .array(axis.map { values[$0].map { .double($0) } ?? .null }),
            ])
        }
        return ["times": .array(axis.map { .int($0) }), "series": .array(series)]
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

extension Value {
    /// The value as a number for drawing, nil for what is none.
    var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .long(let value): Double(value)
        case .real(let value): value.isFinite ? value : nil
        case .decimal(let value): Double("\(value)")
        default: nil
        }
    }

    /// The value as a person reads it: nulls are empty, datetimes ISO 8601, dynamic values JSON.
    public var shownText: String {
        switch self {
        case .null: ""
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .long(let value): String(value)
        case .real(let value): value == value.rounded() && value.magnitude < 1e15 ? String(Int64(value)) : "\(value)"
        case .decimal(let value): "\(value)"
        case .datetime(let value): value.description
        case .timespan(let value): value.description
        case .guid(let value): value.uuidString.lowercased()
        case .string(let value): value
        case .dynamic(let value): value.stringValue ?? value.description
        }
    }
}
