internal import Chronology
internal import Collection
internal import EventStore
internal import JSON
internal import KQLValues

/// What the tables `Heartbeat`, `Usage`, `SourceHealth_CL` and `SentinelHealth` are told of a minute.
enum HealthRows {
    /// The rows of what sources brought since the step before, which was at `start`.
    static func batches(_ progress: [SourceProgress], from start: Instant, to now: Instant) -> [EventBatch] {
        let feeds = progress.filter(\.status.key.isFeed)
        return [
            heartbeats(progress.filter { !$0.status.key.isFeed }, at: now), usage(feeds, from: start, to: now),
            sources(feeds, at: now),
        ].compactMap(\.self)
    }

    /// A sign of life of each computer that events are about.
    private static func heartbeats(_ progress: [SourceProgress], at now: Instant) -> EventBatch? {
        var ways: [String: Set<String>] = [:]
        for item in progress where item.since.events > 0 {
            ways[item.status.key.sender, default: []].insert(item.status.key.origin)
        }
        return heartbeats(
            ways.sorted { $0.key < $1.key }.map { ($0.key, "Log source", $0.value.sorted()) }, at: now)
    }

    /// Signs of life: the computer, what it is, and by what it was heard.
    static func heartbeats(
        _ signs: [(computer: String, category: String, ways: [String])], at now: Instant
    ) -> EventBatch? {
        var rows = RowBuilder([
            "TimeGenerated": .datetime, "Computer": .string, "Category": .string, "Solutions": .string,
            "Version": .string, "SourceSystem": .string, "Type": .string,
        ])
        for sign in signs {
            rows.add([
                "TimeGenerated": .datetime(now), "Computer": .string(sign.computer), "Category": .string(sign.category),
                "Solutions": .string(sign.ways.joined(separator: ", ")), "SourceSystem": .string("Tocsin"),
                "Type": .string("Heartbeat"),
            ])
        }
        return rows.isEmpty ? nil : rows.batch("Heartbeat")
    }

    private static func usage(_ feeds: [SourceProgress], from start: Instant, to now: Instant) -> EventBatch? {
        var rows = RowBuilder([
            "TimeGenerated": .datetime, "DataType": .string, "Solution": .string, "Quantity": .real,
            "QuantityUnit": .string, "AvgLatencyInSeconds": .real, "IsBillable": .bool, "StartTime": .datetime,
            "EndTime": .datetime, "SourceSystem": .string, "Type": .string,
        ])
        for feed in feeds where feed.since.rows > 0 {
            rows.add([
                "TimeGenerated": .datetime(now), "DataType": .string(feed.status.key.table),
                "Solution": .string(feed.status.key.source), "Quantity": .real(Double(feed.since.bytes) / 1_000_000),
                "QuantityUnit": .string("MBytes"),
                "AvgLatencyInSeconds": feed.status.delays.quantile(0.5).map { .real($0) } ?? .null(.real),
                "IsBillable": .bool(false), "StartTime": .datetime(start), "EndTime": .datetime(now),
                "SourceSystem": .string(feed.status.key.origin), "Type": .string("Usage"),
            ])
        }
        return rows.isEmpty ? nil : rows.batch("Usage")
    }

    private static func sources(_ feeds: [SourceProgress], at now: Instant) -> EventBatch? {
        var rows = RowBuilder([
            "TimeGenerated": .datetime, "Origin": .string, "SourceName": .string, "TargetTable": .string,
            "State": .string, "Events": .long, "Rows": .long, "Bytes": .long, "RejectedRecords": .long,
            "MisfitValues": .long, "RepeatedRecords": .long, "LastEventTime": .datetime, "LastReceiptTime": .datetime,
            "DelayMedian": .real, "DelayP99": .real, "Rate1": .real, "Rate5": .real, "Rate60": .real, "Type": .string,
        ])
        for feed in feeds {
            let status = feed.status
            func delay(_ share: Double) -> Value { status.delays.quantile(share).map { .real($0) } ?? .null(.real) }
            rows.add([
                "TimeGenerated": .datetime(now), "Origin": .string(status.key.origin),
                "SourceName": .string(status.key.source), "TargetTable": .string(status.key.table),
                "State": .string(status.watch.state.name), "Events": .long(Int64(feed.since.events)),
                "Rows": .long(Int64(feed.since.rows)), "Bytes": .long(Int64(feed.since.bytes)),
                "RejectedRecords": .long(Int64(feed.since.rejected)), "MisfitValues": .long(Int64(feed.since.misfits)),
                "RepeatedRecords": .long(Int64(feed.since.repeated)), "LastEventTime": .time(status.lastEvent),
                "LastReceiptTime": .datetime(status.lastReceipt), "DelayMedian": delay(0.5), "DelayP99": delay(0.99),
                "Rate1": .real(status.minutes.rate(over: 1, at: now)),
                "Rate5": .real(status.minutes.rate(over: 5, at: now)),
                "Rate60": .real(status.minutes.rate(over: 60, at: now)), "Type": .string("SourceHealth_CL"),
            ])
        }
        return rows.isEmpty ? nil : rows.batch("SourceHealth_CL")
    }

    /// Rows of `SentinelHealth` in the shape that Sentinel gives its data connectors.
    static func changes(_ changes: [SourceChange], at now: Instant) -> EventBatch? {
        var rows = RowBuilder([
            "TimeGenerated": .datetime, "OperationName": .string, "SentinelResourceName": .string,
            "SentinelResourceType": .string, "SentinelResourceKind": .string, "Status": .string,
            "Description": .string, "Reason": .string, "ExtendedProperties": .dynamic, "SourceSystem": .string,
            "Type": .string,
        ])
        for change in changes {
            let words = change.kind.words(of: change.key)
            rows.add([
                "TimeGenerated": .datetime(now), "OperationName": .string("Data fetch status change"),
                "SentinelResourceName": .string(change.key.description),
                "SentinelResourceType": .string("Data connector"), "SentinelResourceKind": .string(change.key.origin),
                "Status": .string(change.kind.isGood ? "Success" : "Failure"),
                "Description": .string(words.description),
                "Reason": .string(words.title),
                "ExtendedProperties": .dynamic([
                    "Origin": .string(change.key.origin), "Source": .string(change.key.source),
                    "DestinationTable": .string(change.key.table), "Sender": .string(change.key.sender),
                ]), "SourceSystem": .string("Tocsin"), "Type": .string("SentinelHealth"),
            ])
        }
        return rows.isEmpty ? nil : rows.batch("SentinelHealth")
    }
}

extension SourceChange.Kind {
    /// Whether a trouble ended.
    var isGood: Bool {
        switch self {
        case .silence(.spokeAgain), .failures(.over): true
        case .silence(.fellSilent), .failures(.burst): false
        }
    }

    /// The change in words: a title, and a sentence or two.
    func words(of key: SourceKey) -> (title: String, description: String) {
        let name = key.name
        switch self {
        case .silence(.fellSilent(let since, let interval)):
            let minutes = max(1, Int(interval.seconds / 60))
            return (
                "\(name) fell silent",
                "Nothing has come since \(since.formatted(fractionDigits: 0)); usually something comes within "
                    + "\(minutes == 1 ? "a minute" : "\(minutes) minutes"). Check the sender, its agent and the way in "
                    + "between; someone may have stopped the logging."
            )
        case .silence(.spokeAgain(let since)):
            return ("\(name) speaks again", "It had been silent since \(since.formatted(fractionDigits: 0)).")
        case .failures(.burst(let failures, let events)):
            return (
                "Much of \(name) cannot be read",
                "\(failures) dead letters beside \(events) events within five minutes. The sender may have changed its "
                    + "format; DeadLetter_CL has the texts with the reasons."
            )
        case .failures(.over):
            return ("\(name) can be read again", "There were no dead letters for five minutes.")
        }
    }
}

extension SourceKey {
    /// The source as people name it.
    var name: String {
        let what = source.isEmpty ? (table.isEmpty ? "unrecognised records" : table) : source
        return sender.isEmpty ? "\(what) by \(origin)" : "\(sender) (\(what) by \(origin))"
    }
}
