import KQL
import KQLFunctions
import KQLValues

/// Turns KQL expressions over the columns of one relation into SQL.
struct ExpressionTranslator {
    let translation: PlanTranslation
    let columns: [RelationColumn]
    /// The side of a join that the columns are on.
    let side: SQLExpression.JoinSide?

    var dialect: SQLDialect { translation.dialect }

    var folding: ConstantFolding { ConstantFolding(context: translation.context) }

    /// An expression's value in every row, by KQL's null logic.
    func term(_ expression: BoundExpression, of operation: String) throws(Decline) -> SQLTerm {
        if let term = exact(expression) { return term }
        return try hosted(expression, of: operation)
    }

    /// Whether a predicate is true, where null and false mean the same.
    func condition(_ expression: BoundExpression, of operation: String) throws(Decline) -> SQLExpression {
        if let condition = exactCondition(expression) { return condition }
        let exact = try hosted(expression, of: operation).expression
        guard case .call(let call) = expression, let sieve = sieve(readingText(call)) else { return exact }
        return .template("$1 AND $2", [sieve, exact])
    }

    // MARK: - Exact forms

    /// The expression in SQL that gives the very same values; nil when there is none.
    func exact(_ expression: BoundExpression) -> SQLTerm? {
        guard expression.size <= Self.maximumSize else { return nil }
        switch expression {
        case .constant(let value): return constant(value)
        case .column(let reference): return column(reference)
        case .convert(let inner, let type): return conversion(of: inner, to: type)
        case .subquery(let query): return subquery(query)
        case .shared(let shared): return exact(shared.expression)
        case .call(let call):
            if let value = folding.value(of: expression) { return constant(value) }
            guard call.function.determinism == .pure else { return nil }
            let plain = readingText(call)
            return special(plain) ?? catalogued(plain)
        }
    }

    /// Calls that SQL text may stand for; larger expressions share parts, which SQL cannot say.
    private static let maximumSize = 1000

    private func constant(_ value: Value) -> SQLTerm {
        SQLTerm(.value(value), value.type, isNullable: value.isNull)
    }

    private func column(_ reference: ColumnReference) -> SQLTerm {
        let column = columns[reference.index]
        let expression: SQLExpression = side.map { .joined($0, reference.index) } ?? .column(reference.index)
        return SQLTerm(expression, column.type, isNullable: column.isNullable)
    }

    private func conversion(of inner: BoundExpression, to type: KQLType) -> SQLTerm? {
        if let value = folding.value(of: .convert(inner, to: type)) { return constant(value) }
        switch (inner.type, type) {
        case (.int, .long), (.int, .real), (.long, .real):
            guard let term = exact(inner) else { return nil }
            let cast = "CAST($1 AS \(dialect.typeName(type)))"
            return SQLTerm(.template(cast, [term.expression]), type, isNullable: term.isNullable)
        default: return nil
        }
    }

    private func subquery(_ query: ScalarSubquery) -> SQLTerm? {
        guard query.form == .firstValue, query.type != .dynamic else { return nil }
        // A subquery that cannot be translated leaves the expression to the runtime.
        guard var relation = try? translation.relation(query.plan), !relation.columns.isEmpty else { return nil }
        if relation.select.limit != nil { relation = relation.wrapped("take") }
        relation.select.limit = 1
        let first = SQLExpression.subquery(
            SQLSelect([.column(0)], from: .select(relation.select)))
        let value = query.type == .string ? .template("coalesce($1, '')", [first]) : first
        return SQLTerm(value, query.type)
    }

    /// A call whose SQL the function catalogue knows.
    private func catalogued(_ call: BoundCall) -> SQLTerm? {
        let arguments = SQLArguments(
            types: call.arguments.map(\.type), constants: call.arguments.map { folding.value(of: $0) })
        guard Self.sharesForms(call), let template = call.function.sql.template(dialect, for: arguments) else {
            return nil
        }
        var operands: [SQLExpression] = []
        for argument in call.arguments {
            guard let term = exact(argument) ?? (try? hosted(argument, of: call.function.name)) else { return nil }
            operands.append(term.expression)
        }
        return SQLTerm(.template(template, operands), call.type)
    }

    /// Whether the catalogue's SQL fits how values are stored here: times as ticks, which only these functions, which
    /// compare or choose, need not look into; dynamic values and decimals as text.
    private static func sharesForms(_ call: BoundCall) -> Bool {
        let plain: Set<KQLType> = [.bool, .int, .long, .real, .string]
        if call.arguments.allSatisfy({ plain.contains($0.type) }), plain.contains(call.type) { return true }
        let comparable = plain.union([.datetime, .timespan, .guid])
        return indifferentFunctions.contains(call.function.name)
            && call.arguments.allSatisfy { comparable.contains($0.type) } && comparable.contains(call.type)
    }

    private static let indifferentFunctions: Set<String> = [
        "==", "!=", "<", "<=", ">", ">=", "between", "!between", "iff", "case", "coalesce", "isnull", "isnotnull",
        "isempty", "isnotempty", "todatetime", "totimespan", "toguid",
    ]

    // MARK: - Hosted expressions

    /// The expression evaluated by Tocsin inside the store's query.
    func hosted(_ expression: BoundExpression, of operation: String) throws(Decline) -> SQLTerm {
        guard let host = translation.host else {
            throw Decline(operation: operation, reason: "\(expression.outline) has no SQL form")
        }
        var packing = ColumnPacking(translation: translation)
        let packed = try packing.packed(expression, of: operation)
        let inputs = packing.references.map { ColumnSchema($0.name, $0.type) }
        let id = host.register(packed, over: inputs, context: translation.context)
        return SQLTerm(
            .hosted(id, expression.type, packing.references.map { column($0).expression }), expression.type)
    }
}

/// Renumbers the columns of an expression so that they are `0..<count` in order of appearance.
private struct ColumnPacking {
    let translation: PlanTranslation
    private(set) var references: [ColumnReference] = []
    private var packedShares: [ObjectIdentifier: SharedExpression] = [:]

    init(translation: PlanTranslation) {
        self.translation = translation
    }

    mutating func packed(_ expression: BoundExpression, of operation: String) throws(Decline) -> BoundExpression {
        switch expression {
        case .constant: return expression
        case .column(let reference):
            let known = references.firstIndex(of: reference)
            if known == nil { references.append(reference) }
            let index = known ?? references.count - 1
            return .column(ColumnReference(index: index, name: reference.name, type: reference.type))
        case .convert(let inner, let type): return .convert(try packed(inner, of: operation), to: type)
        case .subquery(let query):
            guard let value = translation.value(of: query) else {
                throw Decline(operation: operation, reason: "uses a subquery inside an expression")
            }
            return .constant(value)
        case .call(let call):
            switch call.function.determinism {
            case .pure, .perQuery: break
            case .perRow, .rowOrder:
                throw Decline(
                    operation: operation, reason: "\(call.function.name) depends on each row's place or chance")
            }
            var arguments: [BoundExpression] = []
            for argument in call.arguments { arguments.append(try packed(argument, of: operation)) }
            return .call(BoundCall(function: call.function, arguments: arguments, type: call.type))
        case .shared(let shared):
            if let known = packedShares[ObjectIdentifier(shared)] { return .shared(known) }
            let result = SharedExpression(try packed(shared.expression, of: operation))
            packedShares[ObjectIdentifier(shared)] = result
            return .shared(result)
        }
    }
}

extension BoundExpression {
    /// What the expression is, in a word, for messages.
    var outline: String {
        switch self {
        case .constant: "a constant"
        case .column(let reference): reference.name
        case .convert(_, let type): "a conversion to \(type)"
        case .subquery: "a subquery"
        case .shared(let shared): shared.expression.outline
        case .call(let call): "'\(call.function.name)'"
        }
    }
}
