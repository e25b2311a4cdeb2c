import KQLValues

/// A scalar expression of SQL.
indirect enum SQLExpression {
    /// A column of the statement's only source, by position.
    case column(Int)
    /// A column of one side of a join, by position.
    case joined(JoinSide, Int)
    /// A column of the statement's own result, by position; only to order by.
    case output(Int)
    /// A column of a stored table, by its stored name.
    case stored(String)
    case value(Value)
    /// SQL with `$1`, `$2`… where the operands go.
    case template(String, [SQLExpression])
    /// A KQL expression that the store evaluates by calling back: its number, type and the columns it reads.
    case hosted(Int, KQLType, [SQLExpression])
    /// The first column of the only row of a query; null without a row.
    case subquery(SQLSelect)
    /// Whether the expression is among the first column's values.
    case isMember(SQLExpression, SQLSelect)

    enum JoinSide { case left, right }

    /// Whether evaluating it calls back into Tocsin.
    var isHosted: Bool {
        switch self {
        case .hosted: true
        case .template(_, let operands): operands.contains(where: \.isHosted)
        case .isMember(let value, _): value.isHosted
        case .column, .joined, .output, .stored, .value, .subquery: false
        }
    }
}

extension SQLExpression {
    /// This expression with other expressions in the place of columns.
    func mapColumns(_ transform: (Int) -> SQLExpression) -> SQLExpression {
        switch self {
        case .column(let index): transform(index)
        case .template(let template, let operands): .template(template, operands.map { $0.mapColumns(transform) })
        case .hosted(let id, let type, let inputs): .hosted(id, type, inputs.map { $0.mapColumns(transform) })
        case .isMember(let value, let select): .isMember(value.mapColumns(transform), select)
        case .joined, .output, .stored, .value, .subquery: self
        }
    }

    /// Whether it is the source's column at this position.
    func isColumn(_ index: Int) -> Bool {
        if case .column(index) = self { true } else { false }
    }

    /// Whether it may stand in several places at no cost.
    fileprivate var isTrivial: Bool {
        switch self {
        case .column, .joined, .output, .stored, .value: true
        case .template, .hosted, .subquery, .isMember: false
        }
    }
}

/// An expression with what KQL knows of its values.
struct SQLTerm {
    var expression: SQLExpression
    var type: KQLType
    /// Whether it may be SQL's null. Strings never are: their null is the empty string.
    var isNullable: Bool

    init(_ expression: SQLExpression, _ type: KQLType, isNullable: Bool = true) {
        self.expression = expression
        self.type = type
        self.isNullable = isNullable && type != .string
    }
}

/// A query of SQL whose columns are named `c0`, `c1`…
struct SQLSelect {
    var columns: [SQLExpression]
    var source: SQLSource
    var isDistinct = false
    var conditions: [SQLExpression] = []
    /// Nil: no grouping. Empty: one group of all rows.
    var groups: [SQLExpression]?
    var order: [SQLOrder] = []
    var limit: Int?

    init(_ columns: [SQLExpression], from source: SQLSource) {
        self.columns = columns
        self.source = source
    }

    /// Whether it does nothing but pick columns and rows, so that a query over it can read its source instead.
    var isPlain: Bool {
        !isDistinct && groups == nil && order.isEmpty && limit == nil && columns.allSatisfy(\.isTrivial)
    }

    /// All columns of another query.
    init(all count: Int, from source: SQLSource) {
        self.init((0..<count).map { .column($0) }, from: source)
    }
}

/// Where a query's rows come from.
indirect enum SQLSource {
    case table(String)
    /// A Parquet file, by its path.
    case file(String)
    case select(SQLSelect)
    /// A query that is named in front of the statement because several parts use it.
    case shared(Int)
    case join(SQLJoin)
    case union([SQLSelect])
    /// Rows of values, as many as the types per row; maybe none.
    case rows([KQLType], [[Value]])
}

struct SQLJoin {
    /// Such as `LEFT JOIN`.
    var kind: String
    var left: SQLSelect
    var right: SQLSelect
    var conditions: [SQLExpression]
}

struct SQLOrder {
    var expression: SQLExpression
    var isDescending: Bool
    var nullsFirst: Bool
}
