import KQLFunctions
public import KQLValues

/// A text or a whole number that is computed of one row alone, such as a property of a dynamic column.
///
/// Two operands are equal when they compute the same of columns of the same names, whatever queries they come from.
public struct RowOperand: Sendable, Hashable {
    /// Over an input that has just `columns`.
    private let expression: BoundExpression
    private let form: Form
    /// The columns that it reads.
    public let columns: [ColumnSchema]

    /// What is no larger than this may be computed apart from the query.
    private static let mostCalls = 24

    /// Nil when the value is of another type, large, or hangs on more than the row; what changes no comparison is taken
    /// off: wider numbers, and text of text.
    init?(_ expression: BoundExpression) {
        let expression = RowOperand.bare(expression)
        guard [.string, .long, .int].contains(expression.type), expression.size <= RowOperand.mostCalls,
            expression.looksAtOneRow, !expression.dependsOnNow, let form = Form(expression)
        else { return nil }
        let indexes = expression.columnIndexes.sorted()
        guard !indexes.isEmpty else { return nil }
        self.form = form
        var columns: [Int: ColumnSchema] = [:]
        expression.visitColumns { columns[$0.index] = ColumnSchema($0.name, $0.type) }
        self.columns = indexes.compactMap { columns[$0] }
        self.expression = expression.moved(
            Dictionary(uniqueKeysWithValues: indexes.enumerated().map { ($0.element, $0.offset) }))
    }

    /// The name of the column, when it is just one.
    public var columnName: String? {
        if case .column(let reference) = expression { reference.name } else { nil }
    }

    /// The value of each of some rows.
    ///
    /// - Parameter rows: with exactly `columns`.
    public func plan(over rows: Plan) -> Plan {
        .project(Project(input: rows, columns: [NamedExpression("", expression)]))
    }

    public static func == (left: RowOperand, right: RowOperand) -> Bool { left.form == right.form }

    public func hash(into hasher: inout Hasher) { hasher.combine(form) }

    private static func bare(_ expression: BoundExpression) -> BoundExpression {
        switch expression {
        case .convert(let inner, let type) where inner.type == type || inner.type == .int && type == .long:
            bare(inner)
        case .call(let call) where call.function.name == "tostring" && call.arguments.first?.type == .string:
            call.arguments.first.map(bare) ?? expression
        case .shared(let shared): bare(shared.expression)
        default: expression
        }
    }

    /// What is computed, without the positions of columns.
    private indirect enum Form: Sendable, Hashable {
        case constant(Value)
        case column(String, KQLType)
        case call(String, [Form], KQLType)
        case convert(Form, KQLType)

        init?(_ expression: BoundExpression) {
            switch expression {
            case .constant(let value): self = .constant(value)
            case .column(let reference): self = .column(reference.name, reference.type)
            case .convert(let inner, let type):
                guard let inner = Form(inner) else { return nil }
                self = .convert(inner, type)
            case .call(let call):
                var arguments: [Form] = []
                for argument in call.arguments {
                    guard let form = Form(argument) else { return nil }
                    arguments.append(form)
                }
                self = .call(call.function.name, arguments, call.type)
            case .shared(let shared): self.init(shared.expression)
            case .subquery: return nil
            }
        }
    }
}

extension BoundExpression {
    fileprivate func visitColumns(_ visit: (ColumnReference) -> Void) {
        switch self {
        case .column(let reference): visit(reference)
        case .constant, .subquery: break
        case .convert(let inner, _): inner.visitColumns(visit)
        case .call(let call): for argument in call.arguments { argument.visitColumns(visit) }
        case .shared(let shared): shared.expression.visitColumns(visit)
        }
    }
}
