import Chronology
import KQLFunctions
import KQLValues

/// Events of users on a timeline: the first two arguments of the plugins about activity.
struct Timeline {
    /// The user of each row, numbered.
    let users: [Int]
    /// The moment of each row, in ticks or whole numbers; nil when null.
    let moments: [Int64?]
    let name: String
    let type: KQLType

    init(_ input: PluginInput, user: Int = 0, time: Int = 1) throws(ExecutionError) {
        users = Grouping([try input.column(user)], rowCount: input.table.rowCount).groups
        let column = try input.column(time)
        moments = try column.moments()
        name = input.argumentName(time)
        type = column.type == .int ? .long : column.type
    }

    /// A column of moments.
    func column(_ moments: [Int64]) -> Column {
        switch type {
        case .datetime: .datetime(Vector(moments))
        case .timespan: .timespan(Vector(moments))
        default: .long(Vector(moments))
        }
    }

    func schema(_ name: String) -> ColumnSchema { ColumnSchema(name, type) }
}

/// A combination of dimensions in a period, or any other pair of numbers.
struct TimelineCell: Hashable {
    let group: Int
    let period: Int

    init(_ group: Int, _ period: Int) {
        self.group = group
        self.period = period
    }

    /// By period, then by group.
    static func isBefore(_ left: TimelineCell, _ right: TimelineCell) -> Bool {
        (left.period, left.group) < (right.period, right.group)
    }
}

/// A timeline cut into periods: of equal length, or weeks, months and years of the calendar.
struct TimelinePeriods {
    private enum Step {
        case length(Int64)
        case week, month, year
    }

    private let step: Step
    private let origin: Int64

    /// Periods of the length that a plugin was given, or of the calendar when it is `week`, `month` or `year`.
    init(_ step: Value, from origin: Int64) throws(ExecutionError) {
        self.origin = origin
        if case .string(let name) = step {
            switch name {
            case "week": self.step = .week
            case "month": self.step = .month
            case "year": self.step = .year
            default:
                throw ExecutionError(.function, "a period is a length, 'week', 'month' or 'year', not '\(name)'")
            }
        } else {
            let length = try step.timelineNumber()
            guard length > 0 else { throw ExecutionError(.function, "the length of a period must be above 0") }
            self.step = .length(length)
        }
    }

    /// The number of the period that holds a moment.
    func number(of moment: Int64) -> Int {
        switch step {
        case .length(let length): return Int((moment &- origin).floorDivided(by: length))
        case .week: return Int((moment &+ TimeSpan.ticksPerDay).floorDivided(by: 7 * TimeSpan.ticksPerDay))
        case .month:
            let date = CivilDate(Instant(ticks: moment))
            return date.year * 12 + date.month - 1
        case .year: return CivilDate(Instant(ticks: moment)).year
        }
    }

    /// The first moment of a period.
    func start(of number: Int) -> Int64 {
        switch step {
        case .length(let length): origin &+ Int64(number) &* length
        case .week: (Int64(number) &* 7 &- 1) &* TimeSpan.ticksPerDay
        case .month:
            TimelinePeriods.day(year: number.quotientAndRemainder(dividingBy: 12).quotient, month: number % 12 + 1)
        case .year: TimelinePeriods.day(year: number, month: 1)
        }
    }

    private static func day(year: Int, month: Int) -> Int64 {
        Int64(CivilDate.daysSinceYearOne(year: year, month: month, day: 1)) * TimeSpan.ticksPerDay
    }
}

/// The result of a plugin about activity: one row per cell, made of moments, dimensions and measures.
struct TimelineRows {
    let timeline: Timeline
    let dimensions: Grouping
    /// The position of the first argument that is a dimension.
    let firstDimension: Int

    init(_ timeline: Timeline, _ input: PluginInput, dimensionsFrom first: Int) throws(ExecutionError) {
        self.timeline = timeline
        firstDimension = first
        dimensions = try input.grouping(from: first)
    }

    enum Part {
        case moments(String, [Int64])
        case measure(String, Column)
        case dimensions
    }

    /// A table with the parts in the order in which they are given; `groups` are the rows' dimensions.
    func table(_ input: PluginInput, groups: [Int], _ parts: [Part]) throws(ExecutionError) -> Table {
        var schema: [ColumnSchema] = []
        var columns: [Column] = []
        for part in parts {
            switch part {
            case .moments(let name, let moments):
                schema.append(timeline.schema(name))
                columns.append(timeline.column(moments))
            case .measure(let name, let values):
                schema.append(ColumnSchema(name, values.type))
                columns.append(values)
            case .dimensions:
                for index in input.dimensions(from: firstDimension) {
                    let values = try input.column(index)
                    schema.append(ColumnSchema(input.argumentName(index), values.type))
                    columns.append(values.gather(groups.map { dimensions.firstRows[$0] }))
                }
            }
        }
        return Table(schema: TableSchema(schema), columns: columns, rowCount: groups.count)
    }
}

extension PluginInput {
    /// The name of a column that was given as an argument.
    func argumentName(_ position: Int) -> String {
        if case .column(_, let name, _)? = positional.dropFirst(position).first { name } else { "" }
    }

    /// The positions of the columns from a position on; tables are passed over.
    func dimensions(from position: Int) -> [Int] {
        positional.indices.dropFirst(position).filter { index in
            if case .column = positional[index] { true } else { false }
        }
    }

    /// The rows grouped by the columns from a position on.
    func grouping(from position: Int) throws(ExecutionError) -> Grouping {
        var columns: [Column] = []
        for index in dimensions(from: position) { columns.append(try column(index)) }
        return Grouping(columns, rowCount: table.rowCount)
    }

    /// The moment, length or whole number at a position.
    func wholeNumber(_ position: Int) throws(ExecutionError) -> Int64 { try constant(position).timelineNumber() }
}

extension PluginShape {
    /// The moments' column, the dimensions from a position on and the measures, when all are known.
    func timelineSchema(dimensionsFrom first: Int, _ measures: [ColumnSchema]) -> TableSchema? {
        let scalars = scalars
        guard scalars.count >= first, scalars.count > 1 else { return nil }
        var moments = scalars[1].column
        if moments.type == .int { moments.type = .long }
        return TableSchema([moments] + scalars.dropFirst(first).map(\.column) + measures)
    }
}

extension Column {
    /// Whole numbers or ticks; nil for nulls.
    fileprivate func moments() throws(ExecutionError) -> [Int64?] {
        switch self {
        case .long(let vector), .datetime(let vector), .timespan(let vector):
            return (0..<vector.count).map { vector[$0] }
        case .int(let vector): return (0..<vector.count).map { vector[$0].map(Int64.init) }
        default:
            throw ExecutionError(
                .function, "the timeline must be a column of times or whole numbers, not of \(type.rawValue)")
        }
    }
}

extension Value {
    /// Ticks of a time, or a whole number.
    func timelineNumber() throws(ExecutionError) -> Int64 {
        switch self {
        case .long(let value): return value
        case .int(let value): return Int64(value)
        case .datetime(let value): return value.ticks
        case .timespan(let value): return value.ticks
        default: throw ExecutionError(.function, "a plugin needs a time or a whole number here, not \(type.rawValue)")
        }
    }
}
