import Chronology
import KQLFunctions
import KQLValues
import Testing

struct DateTimeTests {
    @Test(arguments: [
        ("year", "2017-01-01", "2000-12-31", 17), ("quarter", "2017-07-01", "2017-03-30", 2),
        ("month", "2017-01-01", "2015-12-30", 13), ("week", "2017-10-29", "2017-09-30 23:59", 5),
        ("day", "2017-10-29", "2017-09-30 23:59", 29), ("hour", "2017-10-31 01:00", "2017-10-30 23:59", 2),
        ("second", "2017-10-30 23:00:10.1", "2017-10-30 23:00:00.9", 10),
        ("nanosecond", "2017-10-30 23:00:00", "2017-10-30 23:00:00.0000007", -700),
    ])
    func `differences count the boundaries crossed`(_ part: String, _ later: String, _ earlier: String, _ count: Int64)
        throws
    {
        #expect(try call("datetime_diff", .string(part), .time(later), .time(earlier)) == .long(count))
    }

    @Test(arguments: [
        ("year", 2017), ("quarter", 4), ("month", 10), ("week_of_year", 44), ("day", 30), ("dayOfYear", 303),
        ("hour", 1),
        ("minute", 2), ("second", 3), ("millisecond", 765), ("microsecond", 765_432), ("nanosecond", 765_432_100),
    ])
    func `parts are read`(_ part: String, _ number: Int64) throws {
        #expect(try call("datetime_part", .string(part), .time("2017-10-30 01:02:03.7654321")) == .long(number))
    }

    @Test func `parts are added, months end where they must`() throws {
        #expect(try call("datetime_add", "month", 1, .time("2020-01-31")) == .time("2020-02-29"))
        #expect(try call("datetime_add", "month", -15, .time("2017-01-01")) == .time("2015-10-01"))
        #expect(try call("datetime_add", "day", .long(.max), .time("2017-01-01")) == .null(.datetime))
        #expect(throws: EvaluationError.self) { try call("datetime_add", "fortnight", 1, .time("2017-01-01")) }
    }

    @Test func `periods start and end`() throws {
        #expect(try call("startofweek", .time("2025-06-14"), 3) == .time("2025-06-29"))
        #expect(try call("endofmonth", .time("2017-01-15"), 1) == .time("2017-02-28T23:59:59.9999999Z"))
        #expect(try call("startofyear", .time("2017-05-15")) == .time("2017-01-01"))
        #expect(try call("dayofweek", .time("1970-05-11")) == .span("1d"))
    }

    @Test func `bins round down`() throws {
        #expect(try call("bin", -7, 5) == -10)
        #expect(try call("bin", 7, 0) == .null(.long))
        #expect(try call("bin", 7.5, 0.5) == 7.5)
        #expect(try call("bin", .time("1970-05-11 13:45:07"), .span("1d"), returns: .datetime) == .time("1970-05-11"))
        #expect(try call("bin_at", 6.5, 2.5, 7.0) == 4.5)
        #expect(try call("bin_at", .span("1h"), .span("1d"), .span("12h"), returns: .timespan) == .span("-12h"))
    }

    @Test func `times are made of parts`() throws {
        #expect(try call("make_datetime", 2017, 10, 1, 12, 11, 0.1234567) == .time("2017-10-01T12:11:00.1234567Z"))
        #expect(try call("make_datetime", 2017, 13, 1) == .null(.datetime))
        #expect(try call("make_timespan", 1, 12, 30, 55.123) == .span("1.12:30:55.123"))
        #expect(try call("unixtime_seconds_todatetime", 1_546_300_800) == .time("2019-01-01"))
        #expect(try call("unixtime_milliseconds_todatetime", .long(.max)) == .null(.datetime))
    }

    @Test func `zones move times, also over their gaps`() throws {
        #expect(
            try call("datetime_utc_to_local", .time("2015-12-31 23:59:59.9"), "US/Eastern")
                == .time("2015-12-31 18:59:59.9"))
        #expect(try call("datetime_local_to_utc", .time("2022-03-27 02:00"), "Europe/Brussels") == .time("2022-03-27"))
        #expect(try call("datetime_utc_to_local", .time("2015-12-31"), "No/Where") == .null(.datetime))
    }

    @Test func `times are written by a format`() throws {
        #expect(
            try call("format_datetime", .time("2017-01-29 09:00:05"), "yy-MM-dd [hh:mm:ss tt]")
                == "17-01-29 [09:00:05 AM]")
        #expect(
            try call("format_timespan", .span("29.09:00:05.12345"), "ddd.h:mm:ss [fffffff]") == "029.9:00:05 [1234500]")
        #expect(throws: EvaluationError.self) { try call("format_datetime", .time("2017-01-29"), "yyyy q") }
    }

    @Test func `the clock is that of the query`() throws {
        let now = Instant(ticks: 637_134_336_000_000_000)
        #expect(try call("now", now: now) == .datetime(now))
        #expect(try call("ago", .span("1d"), now: now) == .datetime(now - .days(1)))
    }
}
