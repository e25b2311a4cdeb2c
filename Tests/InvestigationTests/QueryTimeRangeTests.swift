import Chronology
import Investigation
import Testing

struct QueryTimeRangeTests {
    let now = Instant(iso8601: "2026-11-21T12:00:00Z") ?? .unixEpoch

    @Test(arguments: [
        ("P1D", "2026-11-20T12:00:00Z", String?.none),
        ("PT3600.0S", "2026-11-21T11:00:00Z", nil),
        ("P1DT12H", "2026-11-20T00:00:00Z", nil),
        ("2026-11-01T00:00:00Z/2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
        ("2026-11-01T00:00:00Z/PT90M", "2026-11-01T00:00:00Z", "2026-11-01T01:30:00Z"),
        ("P7D/2026-11-08", "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"),
        ("1d", "2026-11-20T12:00:00Z", nil), ("90m", "2026-11-21T10:30:00Z", nil),
        ("2026-11-01/12h", "2026-11-01T00:00:00Z", "2026-11-01T12:00:00Z"),
    ])
    func `a timespan of the query API becomes a range`(text: String, start: String, end: String?) {
        let range = QueryTimeRange(text: text, now: now)
        #expect(range?.start?.formatted(fractionDigits: 0) == start)
        #expect(range?.end?.formatted(fractionDigits: 0) == end)
    }

    @Test(arguments: ["", "1D", "P", "PT", "P1Y", "P1M", "PT5", "2026/2027/2028", "P1D/P1D", "PT1D"])
    func `what is no timespan is refused`(text: String) {
        #expect(QueryTimeRange(text: text, now: now) == nil)
    }
}
