public import Chronology

/// The range of `TimeGenerated` that a query is limited to, as the Log Analytics API's `timespan` says it.
public struct QueryTimeRange: Sendable, Hashable {
    public let start: Instant?
    public let end: Instant?

    public init(start: Instant?, end: Instant?) {
        self.start = start
        self.end = end
    }

    /// The last `length` up to `now`.
    public init(last length: TimeSpan, now: Instant) {
        self.init(start: now - length, end: nil)
    }

    /// Reads an ISO 8601 duration (`P1D`, `PT3600.0S`) or a short one (`1d`, `24h`, `30m`, `90s`, `2w`), or `start/end`,
    /// `start/duration`, `duration/end`.
    public init?(text: String, now: Instant) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1:
            guard let length = ISODuration.span(parts[0]) else { return nil }
            self.init(last: length, now: now)
        case 2:
            let starts = Instant(iso8601: parts[0])
            let ends = Instant(iso8601: parts[1])
            if let starts, let ends {
                self.init(start: starts, end: ends)
            } else if let starts, let length = ISODuration.span(parts[1]) {
                self.init(start: starts, end: starts + length)
            } else if let ends, let length = ISODuration.span(parts[0]) {
                self.init(start: ends - length, end: ends)
            } else {
                return nil
            }
        default: return nil
        }
    }
}
