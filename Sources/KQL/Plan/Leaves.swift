public import Chronology
public import KQLValues

/// Reads a stored table.
public struct Scan: Sendable {
    public var table: String
    /// The columns that are needed, in order; the schema of the result.
    public var columns: [ColumnSchema]
    /// Rows outside this range of `TimeGenerated` are not needed. A filter above still holds the exact condition.
    public var timeRange: TimeBounds?

    public init(table: String, columns: [ColumnSchema], timeRange: TimeBounds? = nil) {
        self.table = table
        self.columns = columns
        self.timeRange = timeRange
    }

    public var schema: TableSchema { TableSchema(columns) }
}

/// A range of time whose ends may be open; both ends are included.
public struct TimeBounds: Sendable, Hashable {
    public var lower: Instant?
    public var upper: Instant?

    public init(lower: Instant? = nil, upper: Instant? = nil) {
        self.lower = lower
        self.upper = upper
    }

    /// What lies in both ranges.
    public func intersection(_ other: TimeBounds) -> TimeBounds {
        TimeBounds(
            lower: [lower, other.lower].compactMap(\.self).max(), upper: [upper, other.upper].compactMap(\.self).min())
    }
}

/// `range x from a to b step c`.
public struct RangeRows: Sendable {
    public let name: String
    public let type: KQLType
    public let from: BoundExpression
    public let to: BoundExpression
    public let step: BoundExpression

    public init(name: String, type: KQLType, from: BoundExpression, to: BoundExpression, step: BoundExpression) {
        self.name = name
        self.type = type
        self.from = from
        self.to = to
        self.step = step
    }

    public var schema: TableSchema { TableSchema([ColumnSchema(name, type)]) }
}

/// The input of a subquery that the operator around it feeds: `mv-apply`, `partition`, `top-nested`.
public struct Placeholder: Sendable {
    public let id: Int
    public let schema: TableSchema

    public init(id: Int, schema: TableSchema) {
        self.id = id
        self.schema = schema
    }
}

/// `externaldata`: rows of files elsewhere.
public struct ExternalData: Sendable {
    public let locations: [String]
    public let schema: TableSchema
    /// How the files are written; nil: as the location's ending says.
    public let format: ExternalFormat?
    public let ignoresFirstRecord: Bool
    /// Per column the path of its value in a JSON record; without one, the member of the column's name.
    public let paths: [String: String]

    public init(
        locations: [String], schema: TableSchema, format: ExternalFormat? = nil, ignoresFirstRecord: Bool = false,
        paths: [String: String] = [:]
    ) {
        self.locations = locations
        self.schema = schema
        self.format = format
        self.ignoresFirstRecord = ignoresFirstRecord
        self.paths = paths
    }
}

/// A part of the plan that the store runs itself: one SQL statement. Made by the store's planner, only carried here.
public struct PushedQuery: Sendable {
    /// The statement, with `?` or `$n` for the parameters.
    public let sql: String
    public let parameters: [Value]
    public let schema: TableSchema
    /// What it does, in KQL's words, for `--explain`.
    public let description: String

    public init(sql: String, parameters: [Value], schema: TableSchema, description: String) {
        self.sql = sql
        self.parameters = parameters
        self.schema = schema
        self.description = description
    }
}
