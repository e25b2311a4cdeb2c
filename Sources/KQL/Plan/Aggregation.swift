public import KQLFunctions
public import KQLValues

/// `summarize`: one row per different key; without keys one row, even of an empty input.
///
/// The result's columns are the keys, then the outputs of the aggregates. Expressions around aggregates are in a
/// `Project` above.
public struct Aggregate: Sendable {
    public var input: Plan
    public var keys: [NamedExpression]
    public var aggregates: [BoundAggregate]

    public init(input: Plan, keys: [NamedExpression], aggregates: [BoundAggregate]) {
        self.input = input
        self.keys = keys
        self.aggregates = aggregates
    }

    public var schema: TableSchema {
        TableSchema(keys.map(\.column) + aggregates.flatMap { $0.outputs.map(\.column) })
    }
}

/// A call of an aggregation function.
public struct BoundAggregate: Sendable {
    public let function: AggregateFunction
    /// Over the input's columns, of the types the signature wants.
    public var arguments: [BoundExpression]
    public let resultType: KQLType
    /// One output for a function of the form `value`; any number for the form `row`.
    public var outputs: [AggregateOutput]

    public init(
        function: AggregateFunction, arguments: [BoundExpression], resultType: KQLType, outputs: [AggregateOutput]
    ) {
        self.function = function
        self.arguments = arguments
        self.resultType = resultType
        self.outputs = outputs
    }
}

/// A column that an aggregate makes.
public struct AggregateOutput: Sendable {
    public let name: String
    public let type: KQLType
    /// Nil: the aggregate's value. Else: this expression over the input, at the row that the aggregate chose.
    public let source: BoundExpression?

    public init(name: String, type: KQLType, source: BoundExpression? = nil) {
        self.name = name
        self.type = type
        self.source = source
    }

    public var column: ColumnSchema { ColumnSchema(name, type) }
}

/// `make-series`: per key, one array per aggregate over the bins of an axis.
public struct MakeSeries: Sendable {
    public var input: Plan
    public var keys: [NamedExpression]
    public var axis: NamedExpression
    /// Constants; nil: the smallest or largest value of the axis.
    public var from: BoundExpression?
    public var to: BoundExpression?
    public var step: BoundExpression
    /// Whether `to` itself is inside (`in range(…)`).
    public var includesEnd: Bool
    public var series: [Series]
    /// Whether an empty input gives one empty series (`kind=nonempty`).
    public var isNonEmpty: Bool

    public init(
        input: Plan, keys: [NamedExpression], axis: NamedExpression, from: BoundExpression?, to: BoundExpression?,
        step: BoundExpression, includesEnd: Bool, series: [Series], isNonEmpty: Bool
    ) {
        self.input = input
        self.keys = keys
        self.axis = axis
        self.from = from
        self.to = to
        self.step = step
        self.includesEnd = includesEnd
        self.series = series
        self.isNonEmpty = isNonEmpty
    }

    /// One series: an expression over aggregates, and the value of empty bins.
    public struct Series: Sendable {
        public let aggregates: [BoundAggregate]
        /// Over the outputs of the aggregates.
        public let value: NamedExpression
        /// A constant.
        public let filler: BoundExpression

        public init(aggregates: [BoundAggregate], value: NamedExpression, filler: BoundExpression) {
            self.aggregates = aggregates
            self.value = value
            self.filler = filler
        }
    }

    public var schema: TableSchema {
        TableSchema(
            keys.map(\.column) + series.map { ColumnSchema($0.value.name, .dynamic) }
                + [ColumnSchema(axis.name, .dynamic)])
    }
}

/// `top-nested`: the largest values of a column, within each the largest of the next…
public struct TopNested: Sendable {
    public var input: Plan
    public var levels: [Level]

    public init(input: Plan, levels: [Level]) {
        self.input = input
        self.levels = levels
    }

    /// One level of the hierarchy.
    public struct Level: Sendable {
        /// A constant long; nil: all.
        public let count: BoundExpression?
        public let key: NamedExpression
        /// The value of the row that sums up the rest; nil: no such row.
        public let others: BoundExpression?
        public let aggregate: BoundAggregate
        public let isDescending: Bool

        public init(
            count: BoundExpression?, key: NamedExpression, others: BoundExpression?, aggregate: BoundAggregate,
            isDescending: Bool
        ) {
            self.count = count
            self.key = key
            self.others = others
            self.aggregate = aggregate
            self.isDescending = isDescending
        }
    }

    public var schema: TableSchema {
        TableSchema(levels.flatMap { [$0.key.column] + $0.aggregate.outputs.map(\.column) })
    }
}
