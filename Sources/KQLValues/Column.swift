internal import Chronology
public import Foundation
public import JSON

/// The values of one column of a table, all of one type, stored unboxed.
public enum Column: Sendable {
    case bool(Vector<Bool>)
    case int(Vector<Int32>)
    case long(Vector<Int64>)
    case real(Vector<Double>)
    case decimal(Vector<Decimal>)
    /// Ticks of `Instant`.
    case datetime(Vector<Int64>)
    /// Ticks of `TimeSpan`.
    case timespan(Vector<Int64>)
    case guid(Vector<UUID>)
    /// Strings have no null; a missing string is the empty one.
    case string(StringColumn)
    /// JSON's null is the null of dynamic.
    case dynamic([JSON])

    /// The type of the values.
    public var type: KQLType {
        switch self {
        case .bool: .bool
        case .int: .int
        case .long: .long
        case .real: .real
        case .decimal: .decimal
        case .datetime: .datetime
        case .timespan: .timespan
        case .guid: .guid
        case .string: .string
        case .dynamic: .dynamic
        }
    }

    /// Number of rows.
    public var count: Int {
        switch self {
        case .bool(let vector): vector.count
        case .int(let vector): vector.count
        case .long(let vector), .datetime(let vector), .timespan(let vector): vector.count
        case .real(let vector): vector.count
        case .decimal(let vector): vector.count
        case .guid(let vector): vector.count
        case .string(let strings): strings.count
        case .dynamic(let values): values.count
        }
    }

    /// Whether a row is null; never true for strings.
    public func isNull(_ row: Int) -> Bool {
        switch self {
        case .bool(let vector): vector.isNull(row)
        case .int(let vector): vector.isNull(row)
        case .long(let vector), .datetime(let vector), .timespan(let vector): vector.isNull(row)
        case .real(let vector): vector.isNull(row)
        case .decimal(let vector): vector.isNull(row)
        case .guid(let vector): vector.isNull(row)
        case .string: false
        case .dynamic(let values): values[row].isNull
        }
    }

    /// The value in a row. For results and tests; loops over many rows should switch on the column once instead.
    public subscript(row: Int) -> Value {
        if isNull(row) { return .null(type) }
        switch self {
        case .bool(let vector): return .bool(vector.values[row])
        case .int(let vector): return .int(vector.values[row])
        case .long(let vector): return .long(vector.values[row])
        case .real(let vector): return .real(vector.values[row])
        case .decimal(let vector): return .decimal(vector.values[row])
        case .datetime(let vector): return .datetime(Instant(ticks: vector.values[row]))
        case .timespan(let vector): return .timespan(TimeSpan(ticks: vector.values[row]))
        case .guid(let vector): return .guid(vector.values[row])
        case .string(let strings): return .string(strings[row])
        case .dynamic(let values): return .dynamic(values[row])
        }
    }

    /// The values of the given rows, in that order; -1 gives null (for strings: empty).
    public func gather(_ rows: [Int]) -> Column {
        switch self {
        case .bool(let vector): .bool(vector.gather(rows, filler: false))
        case .int(let vector): .int(vector.gather(rows, filler: 0))
        case .long(let vector): .long(vector.gather(rows, filler: 0))
        case .real(let vector): .real(vector.gather(rows, filler: 0))
        case .decimal(let vector): .decimal(vector.gather(rows, filler: 0))
        case .datetime(let vector): .datetime(vector.gather(rows, filler: 0))
        case .timespan(let vector): .timespan(vector.gather(rows, filler: 0))
        case .guid(let vector): .guid(vector.gather(rows, filler: Column.noGUID))
        case .string(let strings): .string(strings.gather(rows))
        case .dynamic(let values): .dynamic(rows.map { $0 < 0 ? .null : values[$0] })
        }
    }

    /// What stands in the null rows of a guid column.
    public static let noGUID = UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))

    /// A column without rows.
    public init(empty type: KQLType) {
        switch type {
        case .bool: self = .bool(Vector([]))
        case .int: self = .int(Vector([]))
        case .long: self = .long(Vector([]))
        case .real: self = .real(Vector([]))
        case .decimal: self = .decimal(Vector([]))
        case .datetime: self = .datetime(Vector([]))
        case .timespan: self = .timespan(Vector([]))
        case .guid: self = .guid(Vector([]))
        case .string: self = .string(StringColumn())
        case .dynamic: self = .dynamic([])
        }
    }

    /// A column that repeats one value.
    public init(repeating value: Value, count: Int) {
        self = Column(type: value.type, [value]).gather(Array(repeating: 0, count: count))
    }

    /// A column of values, each of type `type` or a null.
    public init(type: KQLType, _ values: some Sequence<Value>) {
        self.init(empty: type)
        for value in values { append(value) }
    }

    /// Appends a value, which must be of this column's type or null.
    public mutating func append(_ value: Value) {
        switch (consume self, value) {
        case (.bool(var vector), let value):
            if case .bool(let bool) = value {
                vector.append(bool, filler: false)
            } else {
                vector.appendNull(for: value, filler: false)
            }
            self = .bool(vector)
        case (.int(var vector), let value):
            if case .int(let int) = value {
                vector.append(int, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .int(vector)
        case (.long(var vector), let value):
            if case .long(let long) = value {
                vector.append(long, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .long(vector)
        case (.real(var vector), let value):
            if case .real(let real) = value {
                vector.append(real, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .real(vector)
        case (.decimal(var vector), let value):
            if case .decimal(let decimal) = value {
                vector.append(decimal, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .decimal(vector)
        case (.datetime(var vector), let value):
            if case .datetime(let instant) = value {
                vector.append(instant.ticks, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .datetime(vector)
        case (.timespan(var vector), let value):
            if case .timespan(let span) = value {
                vector.append(span.ticks, filler: 0)
            } else {
                vector.appendNull(for: value, filler: 0)
            }
            self = .timespan(vector)
        case (.guid(var vector), let value):
            if case .guid(let guid) = value {
                vector.append(guid, filler: Column.noGUID)
            } else {
                vector.appendNull(for: value, filler: Column.noGUID)
            }
            self = .guid(vector)
        case (.string(var strings), let value):
            if case .string(let string) = value { strings.append(string) } else { strings.append("") }
            self = .string(strings)
        case (.dynamic(var values), let value):
            if case .dynamic(let json) = value { values.append(json) } else { values.append(.null) }
            self = .dynamic(values)
        }
    }

    /// Appends all rows of a column of the same type.
    public mutating func append(contentsOf other: Column) {
        switch (consume self, other) {
        case (.bool(var mine), .bool(let theirs)):
            mine.append(contentsOf: theirs)
            self = .bool(mine)
        case (.int(var mine), .int(let theirs)):
            mine.append(contentsOf: theirs)
            self = .int(mine)
        case (.long(var mine), .long(let theirs)):
            mine.append(contentsOf: theirs)
            self = .long(mine)
        case (.real(var mine), .real(let theirs)):
            mine.append(contentsOf: theirs)
            self = .real(mine)
        case (.decimal(var mine), .decimal(let theirs)):
            mine.append(contentsOf: theirs)
            self = .decimal(mine)
        case (.datetime(var mine), .datetime(let theirs)):
            mine.append(contentsOf: theirs)
            self = .datetime(mine)
        case (.timespan(var mine), .timespan(let theirs)):
            mine.append(contentsOf: theirs)
            self = .timespan(mine)
        case (.guid(var mine), .guid(let theirs)):
            mine.append(contentsOf: theirs)
            self = .guid(mine)
        case (.string(var mine), .string(let theirs)):
            mine.append(contentsOf: theirs)
            self = .string(mine)
        case (.dynamic(var mine), .dynamic(let theirs)):
            mine.append(contentsOf: theirs)
            self = .dynamic(mine)
        case (let mine, let theirs): preconditionFailure("cannot append \(theirs.type) rows to a \(mine.type) column")
        }
    }
}

extension Vector {
    /// Appends a null for `value`, which the caller found to be of another type than this vector's elements.
    fileprivate mutating func appendNull(for value: Value, filler: Element) {
        precondition(value.isNull, "a \(value.type) value does not fit this column")
        append(nil, filler: filler)
    }
}
