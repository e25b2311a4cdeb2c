public import Chronology
public import JSON
internal import KQLValues

/// How many events came in over the last day.
public struct EventVolume: Sendable {
    /// What one table received.
    public struct TableVolume: Sendable {
        public let name: String
        public let count: Int
        public let latest: Instant

        public init(name: String, count: Int, latest: Instant) {
            self.name = name
            self.count = count
            self.latest = latest
        }
    }

    /// The busiest table first.
    public let tables: [TableVolume]
    /// Events per hour, oldest first.
    public let hours: [(start: Instant, count: Int)]

    public init(tables: [TableVolume], hours: [(start: Instant, count: Int)]) {
        self.tables = tables
        self.hours = hours
    }

    public var total: Int { tables.reduce(0) { $0 + $1.count } }

    /// The hours in the shape that the portal's chart takes: `{"times": […], "series": [{"label", "values"}]}`.
    public var chart: JSON {
        [
            "times": .array(hours.map { .int(Int64($0.start.unixSeconds)) }),
            "series": [["label": "events", "values": .array(hours.map { .int(Int64($0.count)) })]],
        ]
    }
}

extension EventVolume {
    /// Counts the last day's events of every table that has any.
    static func measure(with queries: QueryService) async -> EventVolume {
        let now = queries.now()
        let hour = TimeSpan.hours(1).ticks
        let firstHour = Instant(ticks: (now - .hours(23)).ticks / hour * hour)
        let names = queries.schemas().filter { $0.value.index(of: "TimeGenerated") != nil }.keys.sorted()
        guard !names.isEmpty else { return EventVolume(tables: [], hours: []) }
        let text = """
            union withsource=TableName \(names.map { "['\($0)']" }.joined(separator: ", "))
            | where TimeGenerated >= datetime(\(firstHour)) and TimeGenerated <= datetime(\(now + .hours(1)))
            | summarize Count = count(), Latest = max(TimeGenerated) by TableName, Hour = bin(TimeGenerated, 1h)
            """
        // The overview shows what can be counted; a store that is busy or closing counts nothing.
        guard let rows = try? await queries.table(text) else { return EventVolume(tables: [], hours: []) }
        return EventVolume(rows, from: firstHour)
    }

    private init(_ rows: Table, from firstHour: Instant) {
        var tables: [String: (count: Int, latest: Instant)] = [:]
        var hours: [Instant: Int] = [:]
        for row in 0..<rows.rowCount {
            guard case .string(let table)? = rows.column("TableName")?[row],
                case .long(let count)? = rows.column("Count")?[row],
                case .datetime(let latest)? = rows.column("Latest")?[row],
                case .datetime(let hour)? = rows.column("Hour")?[row]
            else { continue }
            let known = tables[table] ?? (0, .min)
            tables[table] = (known.count + Int(count), max(known.latest, latest))
            hours[hour, default: 0] += Int(count)
        }
        self.init(
            tables: tables.map { TableVolume(name: $0.key, count: $0.value.count, latest: $0.value.latest) }
                .sorted { ($0.count, $1.name) > ($1.count, $0.name) },
            hours: (0..<24).map { index in
                let start = firstHour + .hours(Int64(index))
                return (start, hours[start] ?? 0)
            })
    }
}
