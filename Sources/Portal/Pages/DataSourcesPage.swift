internal import Chronology
internal import Collection

/// Whose senders the page shows.
struct FeedChoice: Sendable, Hashable {
    let origin: String
    let source: String
    let table: String
}

/// Where events come from: the ways in, the sources with their rates and delays, the sensors; what is in trouble first.
struct DataSourcesPage: Page {
    let frame: Frame
    /// The feed whose senders are shown instead of all feeds.
    let feed: String?
    let allPath: String
    let count: String
    let troubles: String?
    let connectors: [ConnectorRow]
    let sensors: [SensorRow]
    let sources: [SourceRow]
    let isCut: Bool

    var template: TemplateName { .sources }

    /// More rows than this are not shown.
    static let limit = 500

    init(frame: Frame, health: SourceHealth, feed: FeedChoice?, now: Instant) {
        self.frame = frame
        let all = health.ledger.sources
        let shown = all.filter { status in
            guard let feed else { return status.key.isFeed }
            let key = status.key
            return !key.isFeed && key.origin == feed.origin && key.source == feed.source && key.table == feed.table
        }
        let senders = all.reduce(into: [SourceKey: Int]()) { counts, status in
            if !status.key.isFeed { counts[status.key.feed, default: 0] += 1 }
        }
        let ordered = shown.sorted { ($0.trouble, $1.lastReceipt) < ($1.trouble, $0.lastReceipt) }
        sources = ordered.prefix(Self.limit).map { SourceRow($0, senders: senders[$0.key] ?? 0, now: now) }
        isCut = ordered.count > Self.limit
        count = shown.count.grouped
        let silent = all.filter(\.watch.isSilent).count
        troubles = silent == 0 ? nil : "\(silent.grouped) silent"
        self.feed = feed.map { "\($0.source.isEmpty ? $0.table : $0.source) by \($0.origin)" }
        allPath = PortalURL.sources.path
        connectors = health.connectors.connectors.map { ConnectorRow($0, now: now) }
        sensors = health.sensors.sensors.map { SensorRow($0, now: now) }
    }
}

/// One source, or one sender of a feed.
struct SourceRow: Sendable {
    let name: String
    let path: String?
    let senders: String?
    let table: String
    let origin: String
    let state: String
    let stateClass: String
    let stateDetail: String
    let lastEvent: String
    let lastEventExact: String
    let lastReceipt: String
    let lastReceiptExact: String
    let rate: String
    let delay: String
    let failures: String
    let hasFailures: Bool
    let line: String
    let lineTitle: String
    let logsPath: String?
    let lettersPath: String

    init(_ status: SourceStatus, senders: Int, now: Instant) {
        let key = status.key
        name = key.isFeed ? (key.source.isEmpty ? "unrecognised" : key.source) : key.sender
        path =
            key.isFeed && senders > 0
            ? PortalURL.feed(origin: key.origin, source: key.source, table: key.table).path : nil
        self.senders = key.isFeed && senders > 0 ? "\(senders.grouped) \(senders == 1 ? "sender" : "senders")" : nil
        table = key.table
        origin = key.origin
        (state, stateClass, stateDetail) = status.shownState(at: now)
        let event = status.lastEvent.map { ShownTime($0, now: now) }
        lastEvent = event?.relative ?? "–"
        lastEventExact = event?.exact ?? ""
        let receipt = ShownTime(status.lastReceipt, now: now)
        lastReceipt = receipt.relative
        lastReceiptExact = receipt.exact
        rate = SourceRow.rate(status.minutes.rate(over: 5, at: now))
        delay =
            status.delays.quantile(0.5).map { median in
                "\(SourceRow.words(median)) / \(SourceRow.words(status.delays.quantile(0.99) ?? median))"
            } ?? "–"
        failures = status.counts.parseFailures.grouped
        hasFailures = status.counts.parseFailures > 0
        line = Sparkline.points(status.minutes.history(at: now))
        lineTitle = "\(status.counts.events.grouped) events in all"
        logsPath =
            key.table.isEmpty ? nil : PortalURL.query("\(key.table)\n| sort by TimeGenerated desc\n| take 100").path
        let origin = key.origin.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        lettersPath =
            PortalURL.query(
                "DeadLetter_CL\n| where SourceName == \"\(origin)\"\n| summarize count(), take_any(RawData) by Reason"
            ).path
    }

    private static func rate(_ perMinute: Double) -> String {
        perMinute == 0 ? "0" : perMinute < 10 ? String(Double(Int(perMinute * 10)) / 10) : Int(perMinute).grouped
    }

    private static func words(_ seconds: Double) -> String {
        switch seconds {
        case ...1: "< 1 s"
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }
}

/// One way in.
struct ConnectorRow: Sendable {
    let name: String
    let kind: String
    let address: String
    let state: String
    let stateClass: String
    let stateDetail: String
    let since: String
    let connections: String

    init(_ status: ConnectorStatus, now: Instant) {
        name = status.name
        kind = status.kind
        address = status.address
        switch status.state {
        case .starting: (state, stateClass, stateDetail) = ("Starting", "", "It has not begun to take events in yet.")
        case .working: (state, stateClass, stateDetail) = ("Working", "good", "It takes events in.")
        case .failing(let reason): (state, stateClass, stateDetail) = ("Failing", "bad", reason)
        }
        since = ShownTime(status.since, now: now).relative
        let refused = status.refusedConnections.flatMap { $0 > 0 ? ", \($0.grouped) refused" : nil } ?? ""
        connections = status.connections.map { "\($0.grouped) open\(refused)" } ?? ""
    }
}

/// One sensor.
struct SensorRow: Sendable {
    let name: String
    let version: String
    let state: String
    let stateClass: String
    let stateDetail: String
    let lastHeard: String
    let waiting: String
    let events: String

    init(_ status: SensorStatus, now: Instant) {
        name = status.name
        version = status.version
        if now - status.lastHeard > .minutes(3) {
            (state, stateClass, stateDetail) = ("Silent", "bad", "It has not been heard for more than three minutes.")
        } else if !status.problem.isEmpty {
            (state, stateClass, stateDetail) = ("Holding back", "warn", status.problem)
        } else if status.waitingHits == nil {
            (state, stateClass, stateDetail) = (
                "Older", "warn",
                "Its version sends no hits of Sigma rules: correlations do not see its events. Update it."
            )
        } else {
            (state, stateClass, stateDetail) = ("Working", "good", "It hands on what it takes in.")
        }
        lastHeard = ShownTime(status.lastHeard, now: now).relative
        let hits = status.waitingHits.map { ", \($0.grouped) hits" } ?? ""
        let dropped = status.droppedHits > 0 ? " (\(status.droppedHits.grouped) hits dropped)" : ""
        waiting =
            "\(status.waitingDeliveries.grouped) deliveries, \(status.waitingAlerts.grouped) alerts\(hits)\(dropped)"
        events = status.events.grouped
    }
}

/// A line of counts as the points of an SVG polyline, 120 wide and 24 high.
enum Sparkline {
    static func points(_ counts: [Int]) -> String {
        let most = Double(max(1, counts.max() ?? 1))
        let step = 120 / Double(max(1, counts.count - 1))
        return counts.enumerated().map { index, count in
            "\(Int((Double(index) * step).rounded())),\(23 - Int((Double(count) / most * 22).rounded()))"
        }.joined(separator: " ")
    }
}

extension SourceStatus {
    /// 0 for what is silent, 1 for what cannot be read, 2 for what is well.
    fileprivate var trouble: Int { watch.isSilent ? 0 : failures.isBursting ? 1 : 2 }

    fileprivate func shownState(at now: Instant) -> (name: String, chipClass: String, detail: String) {
        if let since = watch.silentSince {
            return (
                "Silent", "bad",
                "Nothing since \(ShownTime(since, now: now).exact); usually something every "
                    + "\(max(1, Int(watch.usualInterval.seconds / 60))) min."
            )
        }
        if failures.isBursting { return ("Unreadable", "warn", "Much of what comes in cannot be read.") }
        switch watch.state {
        case .learning: return ("Learning", "", "Too little is known of it to tell when it falls silent.")
        case .speaking, .silent: return ("Speaking", "good", "It speaks as it usually does.")
        }
    }
}
