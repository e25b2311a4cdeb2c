import Chronology
import Testing

struct InstantTests {
    @Test(arguments: [
        ("2020-01-02", "2020-01-02T00:00:00.0000000Z"),
        ("2020-01-02T03:04", "2020-01-02T03:04:00.0000000Z"),
        ("2020-01-02 03:04:05.6", "2020-01-02T03:04:05.6000000Z"),
        ("2020-01-02T03:04:05.123456789Z", "2020-01-02T03:04:05.1234567Z"),
        ("2020-01-02T03:04:05+02:30", "2020-01-02T00:34:05.0000000Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.0000000Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"),
        ("2024-02-29", "2024-02-29T00:00:00.0000000Z"),
    ])
    func `ISO 8601 text becomes an instant and back`(text: String, printed: String) {
        #expect(Instant(iso8601: text)?.description == printed)
    }

    @Test(arguments: [
        "", "2020", "2023-02-29", "2020-13-01", "2020-01-02T25:00", "2020-01-02T03:04:05X", "2020-01-02T",
    ])
    func `what is no ISO 8601 time is refused`(text: String) {
        #expect(Instant(iso8601: text) == nil)
    }

    @Test func `every day of four centuries survives the calendar`() {
        for day in 0..<(146_097 * 4) {
            let instant = Instant(ticks: Int64(day) * TimeSpan.ticksPerDay)
            #expect(CivilDate(instant).instant == instant)
        }
    }

    @Test(arguments: [
        (Int64(0), "00:00:00"), (864_000_000_000, "1.00:00:00"), (-15_000_000, "-00:00:01.5000000"),
        (Int64.min, "-10675199.02:48:05.4775808"),
    ])
    func `timespans print as Kusto prints them`(ticks: Int64, text: String) {
        #expect(TimeSpan(ticks: ticks).description == text)
    }

    @Test func `unix times convert both ways`() {
        #expect(Instant(unixMicroseconds: 1_577_934_245_600_000).description == "2020-01-02T03:04:05.6000000Z")
        #expect(Instant(ticks: 5).unixMicroseconds == -62_135_596_800_000_000)
        #expect(Instant.unixEpoch.unixSeconds == 0)
    }

    @Test func `days know their place in week and year`() {
        #expect(CivilDate(year: 2026, month: 11, day: 21).dayOfWeek == 6)
        #expect(CivilDate(year: 2024, month: 12, day: 31).dayOfYear == 366)
    }
}
