import Chronology
import Foundation
import JSON
import KQLValues

/// Datetimes and timespans made of numbers, and moved between time zones.
let makingTimeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "make_datetime", family: .dateTime, summary: "The datetime of calendar fields; null when there is none.",
        signatures: [
            .takes(
                .real("year"), .real("month"), .real("day"), .real("hour", .optional), .real("minute", .optional),
                .real("second", .optional), returns: .datetime),
            .takes(.any("value"), returns: .datetime),
        ],
        naming: .onlyArgument
    ) { call throws(EvaluationError) in
        if call.arguments.count == 1 { return call.arguments[0].converted(to: .datetime) }
        let fields = call.readers(from: 0, Double.self)
        return try eachRow(call) { row -> Instant? in
            var values = [Double](repeating: 0, count: 6)
            for (index, field) in fields.enumerated() {
                guard let value = field[row], value.magnitude < 100_000 else { return nil }
                values[index] = value
            }
            let seconds = values[5].rounded(.down)
            let date = CivilDate(
                year: Int(values[0]), month: Int(values[1]), day: Int(values[2]), hour: Int(values[3]),
                minute: Int(values[4]), second: Int(seconds), ticks: Int(((values[5] - seconds) * 1e7).rounded()))
            return date.instant
        }
    }
    ScalarFunction(
        "make_timespan", family: .dateTime,
        summary: "The timespan of hours, minutes and seconds, with days before if four.",
        signatures: [
            .takes(.long("hour"), .long("minute"), .real("second", .optional), returns: .timespan),
            .takes(.long("day"), .long("hour"), .long("minute"), .real("second"), returns: .timespan),
            .takes(.any("value"), returns: .timespan),
        ],
        naming: .onlyArgument,
        evaluate: makeTimeSpan)
    unixTime("seconds", ticks: 10_000_000)
    unixTime("milliseconds", ticks: 10_000)
    unixTime("microseconds", ticks: 10)
    ScalarFunction(
        "unixtime_nanoseconds_todatetime", family: .dateTime, summary: "The datetime some nanoseconds after 1970.",
        signatures: [.takes(.number("nanoseconds"), returns: .datetime)],
        evaluate: each { (count: Int64) in calendar(Instant.unixEpoch.ticks &+ count.floorDivided(by: 100)) })
    zoned("datetime_utc_to_local", "A datetime in UTC as the local time of a zone.") { instant, zone in
        Instant(ticks: instant.ticks + Int64(zone.secondsFromGMT(for: date(instant))) * 10_000_000)
    }
    zoned("datetime_local_to_utc", "A local time of a zone as the datetime in UTC.") { local, zone in
        // A local time may fall into a gap (then the later offset counts) or occur twice (then the second one).
        let offsets = [0, -1, 1].map { Int64(zone.secondsFromGMT(for: date(local + .days($0)))) * 10_000_000 }
        let valid = offsets.map { Instant(ticks: local.ticks - $0) }.filter {
            $0.ticks + Int64(zone.secondsFromGMT(for: date($0))) * 10_000_000 == local.ticks
        }
        return valid.max() ?? Instant(ticks: local.ticks - offsets[2])
    }
    ScalarFunction(
        "datetime_list_timezones", family: .dateTime, summary: "The names of all time zones.",
        signatures: [.takes(returns: .dynamic)]
    ) { call in
        let names = JSON.array(TimeZone.knownTimeZoneIdentifiers.sorted().map { .string($0) })
        return .dynamic(Array(repeating: names, count: call.rowCount))
    }
}

private let makeTimeSpan: Evaluation = { call throws(EvaluationError) in
    if call.arguments.count == 1 { return call.arguments[0].converted(to: .timespan) }
    let fields = call.readers(from: 0, Double.self)
    return try eachRow(call) { row -> TimeSpan? in
        var values = fields.map { $0[row] }
        if values.count == 4 { values = [values[0], values[1], values[2], values[3]] } else { values.insert(0, at: 0) }
        guard let days = values[0], let hours = values[1], let minutes = values[2],
            let seconds = values.count > 3 ? values[3] : 0, days >= 0, (0..<24).contains(hours),
            (0..<60).contains(minutes),
            (0..<60).contains(seconds), days < 10_000_000
        else { return nil }
        return TimeSpan(ticks: Int64((((days * 24 + hours) * 60 + minutes) * 60) * 1e7 + (seconds * 1e7).rounded()))
    }
}

private func unixTime(_ unit: String, ticks: Int64) -> ScalarFunction {
    ScalarFunction(
        "unixtime_\(unit)_todatetime", family: .dateTime, summary: "The datetime some \(unit) after 1970.",
        signatures: [.takes(.number(unit), returns: .datetime)]
    ) { call throws(EvaluationError) in
        if case .real = call.arguments[0] {
            return try each { (count: Double) -> Instant? in
                Int64(exactly: (count * Double(ticks)).rounded()).flatMap { calendar(Instant.unixEpoch.ticks &+ $0) }
            }(call)
        }
        return try each { (count: Int64) -> Instant? in
            let (span, overflow) = count.multipliedReportingOverflow(by: ticks)
            return overflow ? nil : calendar(Instant.unixEpoch.ticks &+ span)
        }(call)
    }
}

/// The instant of some ticks, nil outside the calendar.
private func calendar(_ ticks: Int64) -> Instant? {
    ticks >= 0 && ticks <= Instant.max.ticks ? Instant(ticks: ticks) : nil
}

private func date(_ instant: Instant) -> Date { Date(timeIntervalSince1970: instant.unixSeconds) }

private func zoned(
    _ name: String, _ summary: String, _ body: @escaping @Sendable (Instant, TimeZone) -> Instant
) -> ScalarFunction {
    ScalarFunction(
        name, family: .dateTime, summary: summary,
        signatures: [.takes(.datetime("date"), .string("timezone"), returns: .datetime)]
    ) { call throws(EvaluationError) in
        let dates = call.reader(0, Instant.self)
        let names = call.reader(1, String.self)
        var zones: [String: TimeZone] = [:]
        return try eachRow(call) { row -> Instant? in
            guard let date = dates[row], let name = names[row] else { return nil }
            if zones[name] == nil { zones[name] = TimeZone(identifier: name) }
            return zones[name].map { body(date, $0) }
        }
    }
}
