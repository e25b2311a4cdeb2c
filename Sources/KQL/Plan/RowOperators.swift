public import KQLValues

/// `where`: keeps the rows whose predicate is true (not null, not false).
public struct Filter: Sendable {
    public var input: Plan
    /// Of type bool.
    public var predicate: BoundExpression

    public init(input: Plan, predicate: BoundExpression) {
        self.input = input
        self.predicate = predicate
    }
}

/// `project`, `extend`, `project-away`, `project-rename`, `project-reorder`, `print`: computes each column anew.
public struct Project: Sendable {
    public var input: Plan
    /// One per column of the result, over the input's columns.
    public var columns: [NamedExpression]

    public init(input: Plan, columns: [NamedExpression]) {
        self.input = input
        self.columns = columns
    }

    public var schema: TableSchema { TableSchema(columns.map(\.column)) }
}

/// `sort`: orders all rows; equal rows keep their order.
public struct Sort: Sendable {
    public var input: Plan
    public var keys: [SortKey]

    public init(input: Plan, keys: [SortKey]) {
        self.input = input
        self.keys = keys
    }
}

/// One expression of `sort by`.
public struct SortKey: Sendable {
    public let expression: BoundExpression
    public let isDescending: Bool
    public let nullsFirst: Bool

    public init(expression: BoundExpression, isDescending: Bool, nullsFirst: Bool) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
    }
}

/// `top n by …`: the first `count` rows of the sorted input.
public struct Top: Sendable {
    public var input: Plan
    /// A constant long.
    public var count: BoundExpression
    public var keys: [SortKey]

    public init(input: Plan, count: BoundExpression, keys: [SortKey]) {
        self.input = input
        self.count = count
        self.keys = keys
    }
}

/// `take n`: any `count` rows; the first ones here.
public struct Take: Sendable {
    public var input: Plan
    /// A constant long.
    public var count: BoundExpression

    public init(input: Plan, count: BoundExpression) {
        self.input = input
        self.count = count
    }
}

/// `distinct`: each different row once, in the order of first appearance.
public struct Distinct: Sendable {
    public var input: Plan

    public init(input: Plan) {
        self.input = input
    }
}

/// `sample n`: random rows, chosen with the query's seed.
public struct Sample: Sendable {
    public var input: Plan
    /// A constant long.
    public var count: BoundExpression

    public init(input: Plan, count: BoundExpression) {
        self.input = input
        self.count = count
    }
}

/// `serialize`: fixes the order of rows, so that window functions may follow.
public struct Serialize: Sendable {
    public var input: Plan

    public init(input: Plan) {
        self.input = input
    }
}

/// `assert-schema` and the like: fails when the condition, a constant, is not true.
public struct Checked: Sendable {
    public var input: Plan
    public var condition: BoundExpression
    public var message: String

    public init(input: Plan, condition: BoundExpression, message: String) {
        self.input = input
        self.condition = condition
        self.message = message
    }
}

/// A result that several parts of the query share; it runs once per execution.
public struct Materialized: Sendable {
    public let id: Int
    public var input: Plan

    public init(id: Int, input: Plan) {
        self.id = id
        self.input = input
    }
}
