internal import Chronology
public import KQLValues

/// What a chart is drawn of: series of points over an axis of numbers, of instants, or of categories.
public struct ChartData: Sendable {
    public enum Axis: Sendable {
        case number
        case time
        /// Categories in order of their first row; a point's x is its category's position.
        case category([String])
    }

    public struct Series: Sendable {
        public let label: String
        public internal(set) var points: [(x: Double, y: Double)] = []
    }

    /// The most points and series that are drawn.
    static let maximumPoints = 100_000
    static let maximumSeries = 20

    public let axis: Axis
    public private(set) var series: [Series] = []
    /// Series beyond `maximumSeries`.
    private(set) var omitted = 0
    let hasOneValueColumn: Bool

    /// The x axis is the column that `xcolumn` names, else the first datetime column for a chart over time, else the
    /// first; the values are the numeric columns that are left, or those of `ycolumns`; string columns that are left, or
    /// those of `series`, split them. Where nothing splits them and places on the axis repeat, all numeric columns but the
    /// last do, as in `summarize count() by EventID, bin(TimeGenerated, 1h)`. Nil when there is nothing to draw.
    public init?(_ table: Table, properties: [String: String], prefersTime: Bool) {
        guard let x = ChartData.xColumn(table, properties, prefersTime), table.rowCount > 0 else { return nil }
        var values = ChartData.columns(named: properties["ycolumns"], in: table) { $0 != x && $1.isNumeric }
        var splits = ChartData.columns(named: properties["series"], in: table) { column, type in
            column != x && (type == .string || type == .guid || type == .bool)
        }
        if splits.isEmpty, properties["ycolumns"] == nil, values.count > 1, table.columns[x].hasRepeats {
            splits = values.dropLast()
            values = [values[values.count - 1]]
        }
        guard !values.isEmpty else { return nil }
        hasOneValueColumn = values.count == 1
        let axis = ChartData.axis(of: table, x)
        self.axis = axis.axis
        var positions: [String: Int] = [:]
        for row in 0..<min(table.rowCount, ChartData.maximumPoints) {
            guard let place = axis.place(row) else { continue }
            let split = splits.map { table.columns[$0][row].text ?? "" }.joined(separator: ", ")
            for value in values {
                guard let y = table.columns[value][row].number else { continue }
                let name = table.schema.columns[value].name
                let label = splits.isEmpty ? name : values.count == 1 ? split : "\(split): \(name)"
                let position = positions[label] ?? series.count
                if positions[label] == nil {
                    positions[label] = position
                    series.append(Series(label: label))
                }
                series[position].points.append((place, y))
            }
        }
        guard !series.isEmpty else { return nil }
        omitted = max(0, series.count - ChartData.maximumSeries)
        series = Array(series.prefix(ChartData.maximumSeries))
        if case .category = axis.axis { return }
        for index in series.indices { series[index].points.sort { $0.x < $1.x } }
    }

    private static func xColumn(_ table: Table, _ properties: [String: String], _ prefersTime: Bool) -> Int? {
        if let name = properties["xcolumn"], let index = table.schema.index(of: name) { return index }
        let columns = table.schema.columns
        if prefersTime, let time = columns.firstIndex(where: { $0.type == .datetime }) { return time }
        return columns.isEmpty ? nil : 0
    }

    private static func columns(
        named names: String?, in table: Table, where fits: (Int, KQLType) -> Bool
    ) -> [Int] {
        let wanted = (names ?? "").split(separator: ",").map { $0.filter { $0 != " " && $0 != "[" && $0 != "]" } }
        if !wanted.isEmpty { return wanted.compactMap { table.schema.index(of: $0) } }
        return table.schema.columns.indices.filter { fits($0, table.schema.columns[$0].type) }
    }

    private static func axis(of table: Table, _ x: Int) -> (axis: Axis, place: (Int) -> Double?) {
        let column = table.columns[x]
        switch column.type {
        case .datetime: return (.time, { column[$0].number })
        case .int, .long, .real, .decimal, .timespan: return (.number, { column[$0].number })
        default:
            var positions: [String: Int] = [:]
            var names: [String] = []
            for row in 0..<table.rowCount {
                let name = column[row].text ?? "null"
                if positions[name] == nil {
                    positions[name] = names.count
                    names.append(name)
                }
            }
            return (.category(names), { positions[column[$0].text ?? "null"].map(Double.init) })
        }
    }

    /// The least and greatest of the points' places and values.
    var bounds: (x: ClosedRange<Double>, y: ClosedRange<Double>) {
        let points = series.flatMap(\.points)
        let xs = points.map(\.x)
        let ys = points.map(\.y)
        return ((xs.min() ?? 0)...(xs.max() ?? 0), (ys.min() ?? 0)...(ys.max() ?? 0))
    }

    /// The name of a place on the axis.
    func label(of x: Double, span: Double) -> String {
        switch axis {
        case .number: return NumberText.short(x)
        case .category(let names):
            let position = Int(x.rounded())
            return names.indices.contains(position) ? names[position] : ""
        case .time:
            let text = Instant(unixSeconds: x).formatted(fractionDigits: 0)
            if span < 600 { return String(text.dropFirst(11).prefix(8)) }
            if span <= 86_400 { return String(text.dropFirst(11).prefix(5)) }
            if span <= 86_400 * 300 { return text.dropFirst(5).prefix(5) + " " + text.dropFirst(11).prefix(5) }
            return String(text.prefix(10))
        }
    }
}

/// Numbers for axes and labels.
enum NumberText {
    /// Few digits: `950`, `12.3k`, `4.5M`, `0.042`.
    static func short(_ value: Double) -> String {
        let magnitude = value.magnitude
        for (unit, name) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")] where magnitude >= unit {
            let scale = name == "k" ? 1e3 : unit
            return digits(value / scale) + name
        }
        return digits(value)
    }

    private static func digits(_ value: Double) -> String {
        guard value.magnitude < 1e15 else { return "\(value)" }
        if value == value.rounded() { return String(Int64(value)) }
        let scale: Double = value.magnitude >= 100 ? 10 : value.magnitude >= 1 ? 100 : 10_000
        let rounded = (value * scale).rounded() / scale
        return rounded == rounded.rounded() ? String(Int64(rounded)) : "\(rounded)"
    }
}

extension Column {
    /// Whether some value stands in two rows.
    fileprivate var hasRepeats: Bool {
        var seen: Set<Value> = []
        return (0..<min(count, ChartData.maximumPoints)).contains { !seen.insert(self[$0]).inserted }
    }
}
