public import Chronology
internal import JSON
internal import KQLValues
public import Vocabulary

/// Something on an entity's timeline that logs tell.
public enum EntityOccurrence: Sendable, Hashable {
    case activity(LoggedActivity)
    case anomaly(LoggedAnomaly)

    /// When it began.
    public var time: Instant {
        switch self {
        case .activity(let activity): activity.first
        case .anomaly(let anomaly): anomaly.start
        }
    }
}

/// Rows that say the same, within one part of the time.
public struct LoggedActivity: Sendable, Hashable {
    /// Of the `EntityActivity`.
    public let queryID: String
    public let title: String
    public let content: String
    public let bucketStart: Instant
    public let bucketEnd: Instant
    public internal(set) var first: Instant
    public internal(set) var last: Instant
    /// How many rows.
    public internal(set) var count: Int
}

/// A row of the table `Anomalies`, or of a query with its columns.
public struct LoggedAnomaly: Sendable, Hashable {
    public let queryID: String
    public let id: String
    public let name: String
    public let description: String
    public let start: Instant
    public let end: Instant
    public let generated: Instant
    public let vendor: String
    public let tactics: [Tactic]
    public let techniques: [String]
    /// What is unusual about it, in words.
    public let reasons: [String]
}

/// Turns the rows of an activity's query into what stands on a timeline.
struct OccurrenceReading {
    let activity: EntityActivity
    let range: TimeRange
    let width: TimeSpan

    func occurrences(_ table: Table) -> [EntityOccurrence] {
        switch activity.form {
        case .activity: activities(table).map(EntityOccurrence.activity)
        case .anomaly: (0..<table.rowCount).compactMap { anomaly(Row(table: table, number: $0)) }
        }
    }

    private struct Row {
        let table: Table
        let number: Int

        func value(_ column: String) -> Value? { table.column(column)?[number] }
        func text(_ column: String) -> String { value(column)?.text ?? "" }

        func time(_ column: String) -> Instant? {
            if case .datetime(let instant)? = value(column) { instant } else { nil }
        }
    }

    private struct Group: Hashable {
        let title: String
        let content: String
        let bucket: Int64
    }

    private func activities(_ table: Table) -> [LoggedActivity] {
        let (title, content) = (RowText(activity.title), RowText(activity.content))
        var found: [Group: LoggedActivity] = [:]
        for number in 0..<table.rowCount {
            let row = Row(table: table, number: number)
            guard let time = row.time("TimeGenerated") else { continue }
            let bucket = max(0, (time - range.start).ticks / max(1, width.ticks))
            let group = Group(title: title.filled(row.text), content: content.filled(row.text), bucket: bucket)
            let start = range.start + TimeSpan(ticks: bucket * width.ticks)
            var known =
                found[group]
                ?? LoggedActivity(
                    queryID: activity.id, title: group.title, content: group.content, bucketStart: start,
                    bucketEnd: min(start + width, range.end), first: time, last: time, count: 0)
            known.first = min(known.first, time)
            known.last = max(known.last, time)
            known.count += 1
            found[group] = known
        }
        return found.values.sorted { ($0.first, $0.content) < ($1.first, $1.content) }
    }

    private func anomaly(_ row: Row) -> EntityOccurrence? {
        guard let generated = row.time("TimeGenerated") else { return nil }
        let own = row.text("AnomalyTemplateName")
        return .anomaly(
            LoggedAnomaly(
                queryID: activity.id, id: row.text("Id"),
                name: activity.title.isEmpty
                    ? (own.isEmpty ? activity.name : own) : RowText(activity.title).filled(row.text),
                description: activity.content.isEmpty
                    ? row.text("Description") : RowText(activity.content).filled(row.text),
                start: row.time("StartTime") ?? generated, end: row.time("EndTime") ?? generated, generated: generated,
                vendor: row.text("VendorName"), tactics: words(row.text("Tactics")).compactMap { Tactic(lenient: $0) },
                techniques: words(row.text("Techniques")), reasons: reasons(row.value("AnomalyReasons"))))
    }

    /// `a, b` and `["a","b"]` alike.
    private func words(_ text: String) -> [String] {
        text.split { !($0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_") }.map(String.init)
    }

    /// The reasons as texts, or as bags with a name and a value.
    private func reasons(_ value: Value?) -> [String] {
        guard case .dynamic(let json)? = value else { return [] }
        return (json.arrayValue ?? []).compactMap { reason in
            if let text = reason.stringValue { return text }
            guard let name = reason["Name"]?.stringValue, reason["IsAnomalous"]?.boolValue != false else { return nil }
            let value = reason["Value"].map { $0.stringValue ?? $0.description } ?? ""
            return value.isEmpty ? name : "\(name): \(value)"
        }
    }
}
