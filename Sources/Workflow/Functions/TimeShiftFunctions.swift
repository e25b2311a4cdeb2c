internal import Chronology
internal import JSON

/// `addDays`, `addToTime`, `getPastTime`…
enum TimeShiftFunctions {
    static let all: [WorkflowFunction] = [
        .init("addSeconds", 2...3) { arguments, _ throws(ExpressionError) in try add(arguments, .second) },
        .init("addMinutes", 2...3) { arguments, _ throws(ExpressionError) in try add(arguments, .minute) },
        .init("addHours", 2...3) { arguments, _ throws(ExpressionError) in try add(arguments, .hour) },
        .init("addDays", 2...3) { arguments, _ throws(ExpressionError) in try add(arguments, .day) },
        .init("addToTime", 3...4) { arguments, _ throws(ExpressionError) in
            try shift(try DateFunctions.timestamp(arguments), arguments, interval: 1, sign: 1)
        },
        .init("subtractFromTime", 3...4) { arguments, _ throws(ExpressionError) in
            try shift(try DateFunctions.timestamp(arguments), arguments, interval: 1, sign: -1)
        },
        .init("getFutureTime", 2...3) { arguments, sources throws(ExpressionError) in
            try shift(Timestamp(instant: sources.now), arguments, interval: 0, sign: 1)
        },
        .init("getPastTime", 2...3) { arguments, sources throws(ExpressionError) in
            try shift(Timestamp(instant: sources.now), arguments, interval: 0, sign: -1)
        },
    ]

    private static func add(_ arguments: Arguments, _ unit: TimeUnit) throws(ExpressionError) -> JSON {
        var timestamp = try DateFunctions.timestamp(arguments)
        timestamp.instant = try moved(timestamp.instant, by: try arguments.number(1).double, unit, arguments)
        return try DateFunctions.text(of: timestamp, arguments, format: 2)
    }

    private static func shift(
        _ base: Timestamp, _ arguments: Arguments, interval: Int, sign: Double
    ) throws(ExpressionError) -> JSON {
        guard let unit = TimeUnit(lenient: try arguments.text(interval + 1)) else {
            throw arguments.wrong(interval + 1, "'Second', 'Minute', 'Hour', 'Day', 'Week', 'Month' or 'Year'")
        }
        var timestamp = base
        let count = sign * (try arguments.number(interval).double)
        timestamp.instant = try moved(base.instant, by: count, unit, arguments)
        return try DateFunctions.text(of: timestamp, arguments, format: interval + 2)
    }

    private static func moved(
        _ instant: Instant, by count: Double, _ unit: TimeUnit, _ arguments: Arguments
    ) throws(ExpressionError) -> Instant {
        guard let moved = unit.moving(instant, by: count) else {
            throw ExpressionError(
                .wrongArgument, "'\(arguments.function)': the result lies outside the years 1 to 9999")
        }
        return moved
    }
}

/// A unit of time in `addToTime`, Wait actions and recurrences.
enum TimeUnit: String, CaseIterable, Sendable {
    case second, minute, hour, day, week, month, year

    init?(lenient text: String) {
        let folded = text.lowercased()
        guard let unit = TimeUnit.allCases.first(where: { folded == $0.rawValue || folded == $0.rawValue + "s" })
        else { return nil }
        self = unit
    }

    /// The instant so many units later; months and years keep the day where the month has it. Nil beyond the calendar.
    func moving(_ instant: Instant, by count: Double) -> Instant? {
        guard count.isFinite, abs(count) < 1e12 else { return nil }
        let seconds: Double
        switch self {
        case .second: seconds = count
        case .minute: seconds = count * 60
        case .hour: seconds = count * 3600
        case .day: seconds = count * 86_400
        case .week: seconds = count * 604_800
        case .month: return movingMonths(instant, by: Int(count))
        case .year: return abs(count) < 20_000 ? movingMonths(instant, by: Int(count) * 12) : nil
        }
        let ticks = seconds * 1e7
        guard abs(ticks) < 4e18 else { return nil }
        let moved = instant + TimeSpan(ticks: Int64(ticks.rounded()))
        return moved >= .min && moved <= .max ? moved : nil
    }

    private func movingMonths(_ instant: Instant, by months: Int) -> Instant? {
        guard abs(months) < 240_000 else { return nil }
        var date = CivilDate(instant)
        let total = date.year * 12 + date.month - 1 + months
        guard total >= 12 else { return nil }
        date.year = total / 12
        date.month = total % 12 + 1
        date.day = min(date.day, CivilDate.daysInMonth(year: date.year, month: date.month))
        return date.instant
    }
}
