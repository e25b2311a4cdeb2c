internal import Chronology
internal import JSON
internal import Vocabulary

extension TimeRange {
    /// Reads `startTime` and `endTime` of a body that has the documented form.
    ///
    /// - Returns: Nil when the body has neither; an end that is left out is the present one.
    init?(_ body: JSON, now: Instant) throws(APIError) {
        func time(_ name: String) -> Instant? { body[name]?.stringValue.flatMap { Instant(iso8601: $0) } }
        let (start, end) = (time("startTime"), time("endTime"))
        guard start != nil || end != nil else { return nil }
        self.init(start: start ?? .unixEpoch, end: end ?? now)
        guard self.start <= self.end else {
            throw .badRequest("'endTime' is before 'startTime'", target: "endTime")
        }
    }

    /// The same of a body that must have both.
    static func required(_ body: JSON, now: Instant) throws(APIError) -> TimeRange {
        guard let range = try TimeRange(body, now: now) else {
            throw .badRequest("'startTime' is missing", target: "startTime")
        }
        return range
    }
}
