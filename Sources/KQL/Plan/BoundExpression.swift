public import KQLFunctions
public import KQLValues

/// A scalar expression whose names and types are known.
public indirect enum BoundExpression: Sendable {
    /// The same value in every row.
    case constant(Value)
    /// A column of the operator's input.
    case column(ColumnReference)
    /// A call of a catalogue function or operator; the arguments have the types the signature wants.
    case call(BoundCall)
    /// A silent conversion: numeric promotion, or a dynamic value unpacked to `to` (or anything packed into a dynamic).
    case convert(BoundExpression, to: KQLType)
    /// A query whose result is one constant; it runs once per execution.
    case subquery(ScalarSubquery)
    /// What a `let` or a parameter stands for, used in several places: it is computed once for the same rows.
    case shared(SharedExpression)

    /// The type of the values.
    public var type: KQLType {
        switch self {
        case .constant(let value): value.type
        case .column(let column): column.type
        case .call(let call): call.type
        case .convert(_, let type): type
        case .subquery(let query): query.type
        case .shared(let shared): shared.expression.type
        }
    }

    /// Whether the value is the same in every row, so that it is computed once (`now()` and subqueries included).
    public var isConstant: Bool {
        switch self {
        case .constant, .subquery: true
        case .column: false
        case .call(let call): call.isConstant
        case .convert(let inner, _): inner.isConstant
        case .shared(let shared): shared.expression.isConstant
        }
    }

    /// The number of calls inside, what is shared counted at each place: what writing it out as text would take.
    public var size: Int {
        switch self {
        case .constant, .column, .subquery: 0
        case .call(let call): call.size
        case .convert(let inner, _): inner.size
        case .shared(let shared): shared.size
        }
    }

    /// The value when it is known without running anything.
    public var constantValue: Value? {
        if case .constant(let value) = self { value } else { nil }
    }
}

/// A column of an operator's input.
public struct ColumnReference: Sendable, Hashable {
    /// Position in the input's schema.
    public let index: Int
    public let name: String
    public let type: KQLType

    public init(index: Int, name: String, type: KQLType) {
        self.index = index
        self.name = name
        self.type = type
    }
}

/// A call of a scalar function with converted arguments.
public struct BoundCall: Sendable {
    public let function: ScalarFunction
    public let arguments: [BoundExpression]
    /// The type of the result, as the chosen signature gives it.
    public let type: KQLType
    /// All arguments are constant and the function gives the same in every row.
    public let isConstant: Bool
    /// The number of calls inside, this one included, what is shared counted at each place; it stops at `Int.max`.
    public let size: Int

    public init(function: ScalarFunction, arguments: [BoundExpression], type: KQLType) {
        self.function = function
        self.arguments = arguments
        self.type = type
        isConstant =
            switch function.determinism {
            case .pure, .perQuery: arguments.allSatisfy(\.isConstant)
            case .perRow, .rowOrder: false
            }
        size = arguments.reduce(1) { sum, argument in
            let (total, overflows) = sum.addingReportingOverflow(argument.size)
            return overflows ? .max : total
        }
    }
}

/// An expression that stands in several places of a query. Its identity tells that two places mean the same.
public final class SharedExpression: Sendable {
    public let expression: BoundExpression
    /// The positions of the columns inside.
    public let columnIndexes: Set<Int>
    /// Whether some function inside gives other values when other rows are taken away.
    let dependsOnRow: Bool
    /// See `BoundExpression.size`.
    public let size: Int

    public init(_ expression: BoundExpression) {
        self.expression = expression
        columnIndexes = expression.columnIndexes
        dependsOnRow = expression.dependsOnRow
        size = expression.size
    }
}

/// A tabular query used as a constant.
public struct ScalarSubquery: Sendable {
    /// Equal for the uses of the same subquery, which then runs once.
    public let id: Int
    public let plan: Plan
    public let form: Form
    public let type: KQLType

    public init(id: Int, plan: Plan, form: Form, type: KQLType) {
        self.id = id
        self.plan = plan
        self.form = form
        self.type = type
    }

    public enum Form: Sendable {
        /// `toscalar`: the first column of the first row; null (or the empty string) when there is no row.
        case firstValue
        /// `in (subquery)`: the first column's values as one dynamic array.
        case firstColumn
    }
}

/// An expression with the name of the column it makes.
public struct NamedExpression: Sendable {
    public let name: String
    public let expression: BoundExpression

    public init(_ name: String, _ expression: BoundExpression) {
        self.name = name
        self.expression = expression
    }

    /// The column it makes.
    public var column: ColumnSchema { ColumnSchema(name, expression.type) }
}
