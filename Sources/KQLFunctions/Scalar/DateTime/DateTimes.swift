import Chronology
import KQLValues

/// The clock of the query, and parts and periods of the calendar.
let dateTimeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "now", family: .dateTime,
        summary: "The instant at which the query started, moved by a timespan if one is given.",
        signatures: [.takes(.timespan("offset", .optional), returns: .datetime)], determinism: .perQuery
    ) { call throws(EvaluationError) in
        let now = call.context.now
        return try eachRow(call) { row in
            call.arguments.isEmpty ? now : call.reader(0, TimeSpan.self)[row].map { now + $0 }
        }
    }
    ScalarFunction(
        "ago", family: .dateTime, summary: "The instant that lies a timespan before the start of the query.",
        signatures: [.takes(.timespan("span"), returns: .datetime)], determinism: .perQuery
    ) { call throws(EvaluationError) in
        let now = call.context.now
        return try each { (span: TimeSpan) in now - span }(call)
    }
    part("getyear", [], .year, "year")
    part("monthofyear", ["getmonth"], .month, "month")
    part("dayofmonth", [], .day, "day")
    part("dayofyear", [], .dayOfYear, "dayofyear")
    part("hourofday", [], .hour, "hour")
    part("week_of_year", ["weekofyear"], .weekOfYear, "week")
    ScalarFunction(
        "dayofweek", family: .dateTime, summary: "The timespan since the Sunday before: 0 to 6 days.",
        signatures: [.takes(.datetime("date"), returns: .timespan)],
        sql: .duckDB("dayofweek($1) * 864000000000"),
        evaluate: each { (date: Instant) in TimeSpan.days(Int64(CivilDate(date).dayOfWeek)) })
    ScalarFunction(
        "datetime_part", aliases: ["datepart"], family: .dateTime, summary: "A part of a datetime as a number.",
        signatures: [.takes(.constantString("part"), .datetime("date"), returns: .long)],
        sql: .duckDB { arguments in
            guard case .string(let name)? = arguments.constants[0], let part = CalendarPart(name: name) else {
                return nil
            }
            return partSQL(part).map { "\($0)($2)" }
        },
        evaluate: eachPart { part in each { (_: String, date: Instant) in date.number(of: part) } })
    ScalarFunction(
        "datetime_add", family: .dateTime, summary: "The datetime some parts later.",
        signatures: [.takes(.constantString("part"), .long("count"), .datetime("date"), returns: .datetime)],
        evaluate: eachPart { part in each { (_: String, count: Int64, date: Instant) in date.adding(count, part) } })
    ScalarFunction(
        "datetime_diff", family: .dateTime,
        summary: "How many boundaries of a part lie between the second and the first.",
        signatures: [.takes(.constantString("part"), .datetime("later"), .datetime("earlier"), returns: .long)],
        evaluate: eachPart { part in
            each { (_: String, later: Instant, earlier: Instant) in later.count(of: part, since: earlier) }
        })
}

/// The SQL functions that read a calendar part alike.
private func partSQL(_ part: CalendarPart) -> String? {
    switch part {
    case .year, .quarter, .month, .day, .hour, .minute, .second: part.rawValue
    case .week, .weekOfYear: "week"
    case .dayOfYear: "dayofyear"
    default: nil
    }
}

/// The starts and ends of calendar periods.
let periodFunctions: [ScalarFunction] = scalars {
    period("day", .day, naming: .firstArgument)
    period("week", .week)
    period("month", .month)
    period("year", .year)
}

private func period(_ name: String, _ part: CalendarPart, naming: ResultNaming = .anonymous) -> [ScalarFunction] {
    let signatures: [Signature] = [.takes(.datetime("date"), .long("offset", .optional), returns: .datetime)]
    return [
        ScalarFunction(
            "startof" + name, family: .dateTime, summary: "The start of the \(name), some \(name)s later.",
            signatures: signatures, naming: naming,
            sql: .duckDB { periodSQL($0, part) },
            evaluate: each { (date: Instant, offset: Int64?) in
                date.start(of: part).adding(offset ?? 0, part)
            }),
        ScalarFunction(
            "endof" + name, family: .dateTime, summary: "The last tick of the \(name), some \(name)s later.",
            signatures: signatures,
            evaluate: each { (date: Instant, offset: Int64?) -> Instant? in
                let start = date.start(of: part).adding(offset ?? 0, part)
                guard let end = start?.adding(1, part) else { return start == nil ? nil : Instant.max }
                return Instant(ticks: end.ticks - 1)
            }),
    ]
}

private func periodSQL(_ arguments: SQLArguments, _ part: CalendarPart) -> String? {
    guard arguments.types.count == 1, part != .week else { return nil }
    return "CAST(date_trunc('\(part.rawValue)', $1) AS TIMESTAMP)"
}

private func part(_ name: String, _ aliases: [String], _ part: CalendarPart, _ sql: String) -> ScalarFunction {
    ScalarFunction(
        name, aliases: aliases, family: .dateTime, summary: "The \(sql) of a datetime as a number.",
        signatures: [.takes(.datetime("date"), returns: .long)],
        sql: .duckDB("\(sql)($1)"),
        evaluate: each { (date: Instant) in date.number(of: part) })
}

/// A function whose first argument names a part of the calendar, the same for all rows.
private func eachPart(_ body: @escaping @Sendable (CalendarPart) -> Evaluation) -> Evaluation {
    { call throws(EvaluationError) in
        let name = call.constant(0, String.self) ?? ""
        guard let part = CalendarPart(name: name) else {
            throw EvaluationError("'\(name)' is no part of a date; use year, quarter, month, week, day, hour…")
        }
        return try body(part)(call)
    }
}
