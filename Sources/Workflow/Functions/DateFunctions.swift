internal import Chronology
internal import JSON

/// `utcNow`, `formatDateTime`, `startOfDay`, `ticks`…
enum DateFunctions {
    static let all: [WorkflowFunction] = [
        .init("utcNow", 0...1) { arguments, sources throws(ExpressionError) in
            try text(of: Timestamp(instant: sources.now), arguments, format: 0)
        },
        .init("formatDateTime", 1...3) { arguments, _ throws(ExpressionError) in
            try text(of: try timestamp(arguments), arguments, format: 1)
        },
        .init("parseDateTime", 1...3) { arguments, _ throws(ExpressionError) in
            try text(of: try timestamp(arguments), arguments, format: 3)
        },
        .init("startOfDay", 1...2) { arguments, _ throws(ExpressionError) in
            try start(arguments) { CivilDate(year: $0.year, month: $0.month, day: $0.day) }
        },
        .init("startOfHour", 1...2) { arguments, _ throws(ExpressionError) in
            try start(arguments) { CivilDate(year: $0.year, month: $0.month, day: $0.day, hour: $0.hour) }
        },
        .init("startOfMonth", 1...2) { arguments, _ throws(ExpressionError) in
            try start(arguments) { CivilDate(year: $0.year, month: $0.month) }
        },
        .init("dayOfMonth", 1...1) { arguments, _ throws(ExpressionError) in
            .int(Int64(try civil(arguments).day))
        },
        .init("dayOfWeek", 1...1) { arguments, _ throws(ExpressionError) in
            .int(Int64(try civil(arguments).dayOfWeek))
        },
        .init("dayOfYear", 1...1) { arguments, _ throws(ExpressionError) in
            .int(Int64(try civil(arguments).dayOfYear))
        },
        .init("ticks", 1...1) { arguments, _ throws(ExpressionError) in .int(try timestamp(arguments).instant.ticks) },
        .init("dateDifference", 2...2) { arguments, _ throws(ExpressionError) in
            let span = try timestamp(arguments, 1).instant - (try timestamp(arguments, 0).instant)
            return .string(span.description)
        },
        .init("convertFromUtc", 2...3) { arguments, _ throws(ExpressionError) in
            let zone = try zone(arguments, 1)
            let utc = try timestamp(arguments).instant
            return try text(of: Timestamp(instant: zone.local(utc: utc), isUTC: false), arguments, format: 2)
        },
        .init("convertToUtc", 2...3) { arguments, _ throws(ExpressionError) in
            let utc = try zone(arguments, 1).utc(local: try timestamp(arguments).instant)
            return try text(of: Timestamp(instant: utc), arguments, format: 2)
        },
        .init("convertTimeZone", 3...4) { arguments, _ throws(ExpressionError) in
            let utc = try zone(arguments, 1).utc(local: try timestamp(arguments).instant)
            let local = try zone(arguments, 2).local(utc: utc)
            return try text(of: Timestamp(instant: local, isUTC: false), arguments, format: 3)
        },
    ]

    static func timestamp(_ arguments: Arguments, _ index: Int = 0) throws(ExpressionError) -> Timestamp {
        guard let timestamp = Timestamp(try arguments.text(index)) else {
            throw arguments.wrong(index, "a timestamp such as '2018-03-15T13:30:00Z'")
        }
        return timestamp
    }

    /// The timestamp in the format that the argument at `format` gives, else in `o`.
    static func text(of timestamp: Timestamp, _ arguments: Arguments, format: Int) throws(ExpressionError) -> JSON {
        guard let text = timestamp.formatted(try arguments.optionalText(format)) else {
            throw ExpressionError(
                .wrongArgument, "'\(arguments.function)': the date cannot be written, or its format is not understood")
        }
        return .string(text)
    }

    private static func zone(_ arguments: Arguments, _ index: Int) throws(ExpressionError) -> NamedTimeZone {
        guard let zone = NamedTimeZone(try arguments.text(index)) else {
            throw arguments.wrong(index, "the name of a Windows time zone such as 'Pacific Standard Time'")
        }
        return zone
    }

    private static func civil(_ arguments: Arguments) throws(ExpressionError) -> CivilDate {
        CivilDate(try timestamp(arguments).instant)
    }

    private static func start(
        _ arguments: Arguments, _ cut: (CivilDate) -> CivilDate
    ) throws(ExpressionError) -> JSON {
        var timestamp = try timestamp(arguments)
        timestamp.instant = cut(CivilDate(timestamp.instant)).instant ?? timestamp.instant
        return try text(of: timestamp, arguments, format: 1)
    }
}
