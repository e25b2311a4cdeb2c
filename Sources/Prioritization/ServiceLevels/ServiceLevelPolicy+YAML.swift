internal import Chronology
internal import Vocabulary

extension ServiceLevelPolicy {
    /// Reads service levels:
    ///
    ///     calendars:
    ///       office:
    ///         zone: Europe/Berlin
    ///         hours: {mon-fri: "08:00-18:00", sat: ["09:00-12:00"]}
    ///         holidays: [2026-12-25, 2026-12-26]
    ///     levels:
    ///       - {name: Urgent, severity: [High], score: 70, acknowledge: 15m, contain: 4h, close: 3d}
    ///       - {name: Other, acknowledge: 8h, close: 10d, calendar: office, warning: 0.75}
    ///     contained: {label: Contained, task: Contain}
    ///
    /// - Throws: `ContentFault` with file, line and column.
    public init(yaml text: String, file: String) throws(ContentFault) {
        self.init()
        guard let root = try YAMLPlace.root(of: text, file: file) else { return }
        let members = try root.members(allowed: ["calendars", "levels", "contained"])
        var calendars: [String: BusinessCalendar] = [:]
        for (name, place) in try members["calendars"]?.members(allowed: []) ?? [:] {
            calendars[name] = try BusinessCalendar(place)
        }
        for place in try members["levels"]?.elements() ?? [] {
            levels.append(try ServiceLevel(place, calendars))
        }
        let names = levels.map(\.name)
        if let twice = names.first(where: { name in names.count { $0 == name } > 1 }), let place = members["levels"] {
            throw place.fault("two service levels are called '\(twice)'; give each its own name")
        }
        if let place = members["contained"] {
            let parts = try place.members(allowed: ["label", "task"])
            if let label = parts["label"] { containedLabel = try label.text() }
            if let task = parts["task"] { containmentTask = try task.text() }
        }
    }
}

extension ServiceLevel {
    fileprivate init(_ place: YAMLPlace, _ calendars: [String: BusinessCalendar]) throws(ContentFault) {
        let members = try place.members(allowed: [
            "name", "severity", "score", "acknowledge", "contain", "close", "calendar", "warning",
        ])
        guard let name = members["name"] else { throw place.fault("a service level needs 'name:'") }
        var limits: [ServiceTarget: TimeSpan] = [:]
        for target in ServiceTarget.allCases {
            if let limit = members[target.rawValue] { limits[target] = try limit.span() }
        }
        guard !limits.isEmpty else { throw place.fault("a service level needs 'acknowledge:', 'contain:' or 'close:'") }
        self.init(name: try name.text(), limits: limits)
        for text in try members["severity"]?.texts() ?? [] {
            guard let severity = Severity(lenient: text) else {
                throw place.fault("'\(text)' is no severity; write High, Medium, Low or Informational")
            }
            severities.insert(severity)
        }
        if let place = members["score"] {
            guard let whole = Int(exactly: try place.number()), (0...100).contains(whole) else {
                throw place.fault("write a score from 0 to 100 here")
            }
            score = whole
        }
        if let place = members["warning"] {
            warning = try place.number()
            guard warning > 0, warning <= 1 else { throw place.fault("write a share between 0 and 1 here") }
        }
        if let place = members["calendar"] {
            let wanted = try place.text()
            guard let known = calendars[wanted] else {
                throw place.fault("there is no calendar '\(wanted)'; declare it under 'calendars:'")
            }
            calendar = known
        }
    }
}

extension BusinessCalendar {
    private static let weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

    fileprivate init(_ place: YAMLPlace) throws(ContentFault) {
        let members = try place.members(allowed: ["zone", "hours", "holidays"])
        guard let zone = members["zone"], let hours = members["hours"] else {
            throw place.fault("a calendar needs 'zone:', such as Europe/Berlin, and 'hours:'")
        }
        var week: [Int: [Hours]] = [:]
        for (days, place) in try hours.members(allowed: []) {
            guard let days = BusinessCalendar.days(days) else {
                throw place.fault("'\(days)' are no days; write mon-fri, sat, sun…")
            }
            for text in try place.texts() {
                guard let range = BusinessCalendar.hours(text) else {
                    throw place.fault("'\(text)' are no hours; write 08:00-18:00")
                }
                for day in days { week[day, default: []].append(range) }
            }
        }
        guard !week.isEmpty else { throw hours.fault("a calendar needs hours on some day") }
        var holidays: Set<Day> = []
        for text in try members["holidays"]?.texts() ?? [] {
            guard text.count == 10, let instant = Instant(iso8601: text) else {
                throw place.fault("'\(text)' is no day; write 2026-12-25")
            }
            let date = CivilDate(instant)
            holidays.insert(Day(year: date.year, month: date.month, day: date.day))
        }
        guard let calendar = BusinessCalendar(zone: try zone.text(), week: week, holidays: holidays) else {
            throw zone.fault("this time zone is not known; write a name such as Europe/Berlin")
        }
        self = calendar
    }

    /// `mon`, or `mon-fri`; a range may go over the end of the week.
    private static func days(_ text: String) -> [Int]? {
        let parts = text.lowercased().split(separator: "-").map { weekdays.firstIndex(of: String($0.prefix(3))) }
        guard let first = parts.first ?? nil, parts.count <= 2, let last = parts[parts.count - 1] else { return nil }
        return first <= last ? Array(first...last) : Array(first...6) + Array(0...last)
    }

    private static func hours(_ text: String) -> Hours? {
        let ends = text.split(separator: "-").map { end -> Int? in
            let parts = end.split(separator: ":").map { Int($0.filter { $0 != " " }) }
            guard parts.count == 2, let hour = parts[0], let minute = parts[1], (0...24).contains(hour),
                (0...59).contains(minute), hour * 60 + minute <= 1_440
            else { return nil }
            return hour * 60 + minute
        }
        guard ends.count == 2, let start = ends[0], let end = ends[1], start < end else { return nil }
        return start..<end
    }
}
