/// The values that arguments of functions can have where these are a fixed set.
enum ArgumentValues {
    /// The names of calendar parts.
    private static let parts = [
        "Year", "Quarter", "Month", "week_of_year", "Day", "DayOfYear", "Hour", "Minute", "Second", "Millisecond",
        "Microsecond", "Nanosecond",
    ]
    private static let addableParts = [
        "year", "quarter", "month", "week", "day", "hour", "minute", "second", "millisecond", "microsecond",
        "nanosecond",
    ]

    /// The strings that an argument can be, by function and position from 0; empty when it is free.
    static func strings(of function: String, at position: Int) -> [String] {
        switch (function, position) {
        case ("datetime_part", 0), ("datepart", 0): parts
        case ("datetime_add", 0), ("datetime_diff", 0): addableParts
        case ("format_datetime", 1): ["yyyy-MM-dd", "yyyy-MM-dd HH:mm:ss", "HH:mm", "yyyy-MM-ddTHH:mm:ssZ"]
        case ("format_timespan", 1): ["dd.hh:mm:ss", "hh:mm:ss", "d.hh:mm"]
        case ("datetime_utc_to_local", 1), ("datetime_local_to_utc", 1): timeZones
        default: []
        }
    }

    /// The units that an argument is usually measured in: `bin(TimeGenerated, 1h)`.
    static func spans(of function: String, at position: Int) -> [String] {
        switch (function, position) {
        case ("bin", 1), ("floor", 1), ("bin_auto", 0), ("bin_at", 1):
            ["1m", "5m", "10m", "15m", "30m", "1h", "6h", "12h", "1d", "7d", "30d"]
        case ("ago", 0): ["5m", "15m", "30m", "1h", "4h", "12h", "1d", "7d", "14d", "30d", "90d"]
        default: []
        }
    }

    private static let timeZones = [
        "UTC", "Europe/Berlin", "Europe/London", "Europe/Paris", "America/New_York", "America/Chicago",
        "America/Denver", "America/Los_Angeles", "Asia/Kolkata", "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo",
        "Australia/Sydney",
    ]
}
