import KQL
import KQLSyntax
import Testing

/// Plugins about what users do when. The expected rows of the sliding windows are those of the public documentation.
struct PluginActivityTests {
    private let visits = """
        let Visits = datatable(user: string, at: datetime) [
            "Bob", datetime(2017-08-01), "David", datetime(2017-08-01), "David", datetime(2017-08-01),
            "John", datetime(2017-08-01), "Bob", datetime(2017-08-01), "Ananda", datetime(2017-08-02),
            "Atul", datetime(2017-08-02), "John", datetime(2017-08-02), "Ananda", datetime(2017-08-03),
            "Atul", datetime(2017-08-03), "Atul", datetime(2017-08-03), "John", datetime(2017-08-03),
            "Bob", datetime(2017-08-03), "Betsy", datetime(2017-08-04), "Bob", datetime(2017-08-05)];

        """
    private let week = "datetime(2017-08-01), datetime(2017-08-07)"

    @Test func `sliding windows count the events and users of the days before`() throws {
        let found = try rows(
            "\(visits) Visits | evaluate sliding_window_counts(user, at, \(week), 3d, 1d) | project Count, Dcount")
        #expect(found == ["Count:long|Dcount:long", "5|3", "8|5", "13|5", "9|5", "7|5", "2|2", "1|1"])
    }

    @Test func `retention is the share of the last window's users who came back`() throws {
        let found = try rows(
            "\(visits) Visits | evaluate activity_metrics(user, at, \(week), 1d) | project dcount_values, dcount_newvalues, retention_rate"
        )
        #expect(found[2...] == ["3|2|0.3333333333333333", "4|0|1.0", "1|1|0.0", "1|0|0.0"])
    }

    @Test func `the range may be left out and the timeline may be numbers`() throws {
        let visits = "datatable(user: string, at: long) ['a', 1, 'b', 2, 'a', 11, 'c', 12]"
        let expected = ["1|2|2", "11|2|1"]
        let measures = "| project at, dcount_values, dcount_newvalues"
        #expect(try rows("\(visits) | evaluate activity_metrics(user, at, 10) \(measures)")[1...] == expected[...])
        #expect(
            try rows("\(visits) | evaluate activity_metrics(user, at, 1, 20, 10) \(measures)")[1...] == expected[...])
        #expect(
            try rows("\(visits) | evaluate activity_engagement(user, at, 1, 20, 10, 20) | project at, activity_ratio")[
                1...]
                == ["1|1.0", "11|0.6666666666666666"])
    }

    @Test func `periods follow the calendar when they are named`() throws {
        let found = try rows(
            """
            datatable(user: long, at: datetime) [1, datetime(2024-01-30), 1, datetime(2024-02-29), 2, datetime(2024-02-01)]
            | evaluate activity_counts_metrics(user, at, datetime(2024-01-01), datetime(2024-12-31), "month")
            | project month = format_datetime(at, "yyyy-MM-dd"), dcount, new_dcount, aggregated_dcount
            """)
        #expect(found[1...] == ["2024-01-01|1|1|1", "2024-02-01|2|1|2"])
    }

    @Test func `a session lasts as long as its events are near each other`() throws {
        let found = try rows(
            """
            datatable(user: string, at: long) ["a", 1, "a", 3, "a", 20, "b", 3]
            | evaluate session_count(user, at, 0, 100, 10, 5)
            """)
        #expect(found == ["at:long|count_sessions:long", "0|2", "20|1"])
    }

    @Test func `sequences of conditions are found within their limits of time`() throws {
        let log = """
            datatable(host: string, at: datetime, what: string) [
                "pc1", datetime(2024-01-01 10:00), "logon", "pc1", datetime(2024-01-01 10:04), "copy",
                "pc1", datetime(2024-01-01 11:30), "copy", "pc2", datetime(2024-01-01 10:01), "copy"]
            """
        let found = try rows(
            "\(log) | evaluate sequence_detect(at, 10m, 1h, first = (what == 'logon'), then = (what == 'copy'), host)"
                + " | project host, first_at, then_at, Duration")
        #expect(found.count == 2)
        #expect(found[0] == "host:string|first_at:datetime|then_at:datetime|Duration:timespan")
        #expect(found[1].hasSuffix("|00:04:00"))
    }

    @Test func `funnels tell how far users come and where they come from`() throws {
        let steps = """
            datatable(user: string, at: datetime, state: string) [
                "a", datetime(2024-01-01 10:00), "home", "a", datetime(2024-01-01 10:10), "cart",
                "a", datetime(2024-01-01 10:20), "paid", "b", datetime(2024-01-01 10:00), "home",
                "b", datetime(2024-01-01 12:00), "cart"]
            """
        let day = "datetime(2024-01-01), datetime(2024-01-02)"
        let completion = try rows(
            "\(steps) | evaluate funnel_sequence_completion(user, at, \(day), 7d, state, dynamic(['home', 'cart']), dynamic([1h, 1d]))"
                + " | project state, Period, dcount")
        #expect(
            completion[1...] == ["home|01:00:00|2", "cart|01:00:00|1", "home|1.00:00:00|2", "cart|1.00:00:00|2"])
        let around = try rows(
            "\(steps) | evaluate funnel_sequence(user, at, \(day), 1d, 1d, state, dynamic(['cart'])) | project prev, next, dcount"
        )
        #expect(around[1...] == ["home||1", "home|paid|1"])
    }

    @Test func `a window of days is no sequence of numbers`() {
        #expect(throws: (any Error).self) {
            try rows("datatable(user: string, at: string) ['a', 'b'] | evaluate session_count(user, at, 1, 2, 1, 1)")
        }
    }
}
