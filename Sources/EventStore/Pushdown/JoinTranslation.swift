import KQL
import KQLFunctions
import KQLValues

extension PlanTranslation {
    /// `join` and `lookup`.
    func join(_ node: Join) throws(Decline) -> Relation {
        var left = try relation(node.left)
        let right = try relation(node.right)
        if node.kind == .innerUnique { left = try firstRowPerKey(of: left, node) }
        let kind = node.kind.sqlKind(translator(over: left).dialect)
        var conditions: [SQLExpression] = []
        for key in node.keys {
            let leftTerm = try translator(over: left, side: .left).term(key.left, of: "join")
            let rightTerm = try translator(over: right, side: .right).term(key.right, of: "join")
            try checkGrouping(by: leftTerm.type, of: "join")
            let isNullable = leftTerm.isNullable && rightTerm.isNullable
            conditions.append(
                .template(
                    isNullable ? "$1 IS NOT DISTINCT FROM $2" : "$1 = $2", [leftTerm.expression, rightTerm.expression]))
        }
        if conditions.isEmpty { throw Decline(operation: "join", reason: "has no keys") }
        // SQL's semi and anti joins keep the left side; the right ones are theirs with the sides exchanged.
        let isExchanged = node.kind == .rightSemi || node.kind == .rightAnti
        if isExchanged { conditions = conditions.map { $0.exchangingSides } }
        let source = SQLJoin(
            kind: kind, left: isExchanged ? right.select : left.select, right: isExchanged ? left.select : right.select,
            conditions: conditions)
        var terms: [SQLTerm] = []
        for output in node.outputs { terms.append(try term(of: output, node.kind, left, right, isExchanged)) }
        return Relation(
            SQLSelect(terms.map(\.expression), from: .join(source)), terms.map(RelationColumn.init),
            steps: left.steps + ["join kind=\(node.kind.rawValue) (\(right.steps.joined(separator: " | ")))"])
    }

    /// A column of the result; where its side has no row, it is null, or the empty string.
    private func term(
        of output: JoinOutput, _ kind: JoinKind, _ left: Relation, _ right: Relation, _ isExchanged: Bool
    ) throws(Decline) -> SQLTerm {
        let isLeft = output.side == .left
        let column = (isLeft ? left : right).columns[output.index]
        let isMissing = isLeft ? kind.lacksLeft : kind.lacksRight
        if isMissing == .always { return SQLTerm(.value(.missing(output.type)), output.type) }
        let stored = SQLExpression.joined(isLeft != isExchanged ? .left : .right, output.index)
        guard isMissing == .sometimes else { return SQLTerm(stored, output.type, isNullable: column.isNullable) }
        return SQLTerm(output.type == .string ? .template("coalesce($1, '')", [stored]) : stored, output.type)
    }

    /// The first row of each combination of key values, for `innerunique`.
    private func firstRowPerKey(of relation: Relation, _ node: Join) throws(Decline) -> Relation {
        let needed = Set(node.outputs.filter { $0.side == .left }.map(\.index))
        let keys = node.keys.compactMap { if case .column(let key) = $0.left { key.index } else { nil } }
        if keys.count == node.keys.count, needed.isSubset(of: keys) {
            // Nothing but keys is wanted of the left side, so all rows of one key are alike.
            var unique = relation.wrapped("distinct")
            for key in keys { try checkGrouping(by: relation.columns[key].type, of: "join") }
            unique.select.columns = relation.columns.indices.map { index in
                keys.contains(index) ? unique.select.columns[index] : .value(.missing(relation.columns[index].type))
            }
            unique.select.isDistinct = true
            return unique
        }
        guard dialect == .duckDB else {
            throw Decline(
                operation: "join kind=innerunique", reason: "takes the first of rows, which have no order there")
        }
        var numbered = SQLSelect(all: relation.columns.count, from: .select(relation.select))
        numbered.columns.append(.template("row_number() OVER ()", []))
        var groups: [SQLExpression] = []
        let translator = translator(over: relation)
        for key in node.keys {
            let term = try translator.term(key.left, of: "join")
            try checkGrouping(by: term.type, of: "join")
            groups.append(term.expression)
        }
        let indices = relation.columns.indices
        let fields = indices.map { "f\($0) := $\($0 + 2)" }.joined(separator: ", ")
        let number = SQLExpression.column(relation.columns.count)
        var first = SQLSelect(
            [.template("arg_min(struct_pack(\(fields)), $1)", [number] + indices.map { .column($0) })],
            from: .select(numbered))
        first.groups = groups
        let columns = indices.map { SQLExpression.template("struct_extract($1, 'f\($0)')", [.column(0)]) }
        return Relation(SQLSelect(columns, from: .select(first)), relation.columns, steps: relation.steps)
    }
}

/// How often a side of a join has no row in the result.
private enum Absence { case never, sometimes, always }

extension JoinKind {
    fileprivate func sqlKind(_ dialect: SQLDialect) -> String {
        switch self {
        case .inner, .innerUnique: "JOIN"
        case .leftOuter: "LEFT JOIN"
        case .rightOuter: "RIGHT JOIN"
        case .fullOuter: "FULL JOIN"
        case .leftSemi, .rightSemi: dialect == .clickHouse ? "LEFT SEMI JOIN" : "SEMI JOIN"
        case .leftAnti, .rightAnti: dialect == .clickHouse ? "LEFT ANTI JOIN" : "ANTI JOIN"
        }
    }

    fileprivate var lacksLeft: Absence {
        switch self {
        case .rightOuter, .fullOuter: .sometimes
        case .rightSemi, .rightAnti: .always
        default: .never
        }
    }

    fileprivate var lacksRight: Absence {
        switch self {
        case .leftOuter, .fullOuter: .sometimes
        case .leftSemi, .leftAnti: .always
        default: .never
        }
    }
}

extension SQLExpression {
    /// The same with the sides of a join exchanged.
    fileprivate var exchangingSides: SQLExpression {
        switch self {
        case .joined(let side, let index): .joined(side == .left ? .right : .left, index)
        case .template(let template, let operands): .template(template, operands.map(\.exchangingSides))
        case .hosted(let id, let type, let inputs): .hosted(id, type, inputs.map(\.exchangingSides))
        case .isMember(let value, let select): .isMember(value.exchangingSides, select)
        case .column, .output, .stored, .value, .subquery: self
        }
    }
}
