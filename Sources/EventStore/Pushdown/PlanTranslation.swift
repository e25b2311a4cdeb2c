import KQL
import KQLFunctions
import KQLValues

/// Turns plans into relations: one method per operator, which throws when there is no exact SQL form.
final class PlanTranslation {
    let dialect: SQLDialect
    let layout: StoreLayout
    let host: (any ExpressionHosting)?
    let context: EvaluationContext
    /// The queries of `materialize`, by number.
    private(set) var shared: [Int: Relation] = [:]

    private let subqueryValue: PushdownPlanner.SubqueryValue?
    private var subqueryValues: [Int: Value?] = [:]

    init(
        dialect: SQLDialect, layout: StoreLayout, host: (any ExpressionHosting)?, context: EvaluationContext,
        subqueryValue: PushdownPlanner.SubqueryValue?
    ) {
        self.dialect = dialect
        self.subqueryValue = subqueryValue
        self.layout = layout
        self.host = host
        self.context = context
    }

    /// The value of a subquery that was run ahead, once; nil when that is not possible.
    func value(of subquery: ScalarSubquery) -> Value? {
        if let known = subqueryValues[subquery.id] { return known }
        let value = subqueryValue?(subquery)
        subqueryValues[subquery.id] = .some(value)
        return value
    }

    func relation(_ plan: Plan) throws(Decline) -> Relation {
        switch plan {
        case .scan(let node): try scan(node)
        case .values(let table): try rows(table)
        case .filter(let node): try filter(node)
        case .project(let node): try project(node)
        case .aggregate(let node): try aggregate(node)
        case .sort(let node): try sort(node)
        case .top(let node): try top(node)
        case .take(let node): try take(node)
        case .distinct(let node): try distinct(node)
        case .join(let node): try join(node)
        case .union(let node): try union(node)
        case .materialized(let node): try materialized(node)
        case .mvExpand(let node): try mvExpand(node)
        case .parse(let node): try parse(node)
        default: throw Decline(operation: plan.name, reason: "has no SQL form")
        }
    }

    // MARK: - Leaves

    private func scan(_ node: Scan) throws(Decline) -> Relation {
        let columns = node.columns.map { RelationColumn($0.type) }
        guard let table = layout.tables[node.table] else {
            return Relation(
                SQLSelect(all: columns.count, from: .rows(columns.map(\.type), [])), columns, steps: [node.table])
        }
        var select = try StoredScan(table: table, columns: node.columns).select(in: node.timeRange, node.table)
        if let horizon = layout.horizon, case .table = select.source {
            select.conditions = [.template(horizon.condition, [.stored(StoredColumn.ingestionTime.storedName)])]
        }
        return Relation(select, columns, steps: [node.table])
    }

    /// Small tables of constants, so that joins and filters with them can be pushed.
    private func rows(_ table: Table) throws(Decline) -> Relation {
        let types = table.schema.columns.map(\.type)
        guard table.rowCount * max(1, types.count) <= 2000, !types.isEmpty else {
            throw Decline(operation: "datatable", reason: "is too large to be sent to the store")
        }
        let rows = (0..<table.rowCount).map { table.row($0) }
        let columns = types.enumerated().map { index, type in
            RelationColumn(type, isNullable: rows.contains { $0[index].isNull })
        }
        return Relation(SQLSelect(all: types.count, from: .rows(types, rows)), columns, steps: ["datatable"])
    }

    private func materialized(_ node: Materialized) throws(Decline) -> Relation {
        guard dialect == .duckDB else {
            throw Decline(operation: "materialize", reason: "would be computed again for each use")
        }
        let relation: Relation
        if let known = shared[node.id] {
            relation = known
        } else {
            relation = try self.relation(node.input)
            shared[node.id] = relation
        }
        return Relation(
            SQLSelect(all: relation.columns.count, from: .shared(node.id)), relation.columns, steps: relation.steps)
    }

    // MARK: - Rows

    private func filter(_ node: Filter) throws(Decline) -> Relation {
        let input = try relation(node.input)
        let translator = translator(over: input)
        var conditions: [SQLExpression] = []
        for conjunct in node.predicate.conjuncts { conditions.append(try translator.condition(conjunct, of: "where")) }
        conditions = conditions.map(input.base.rebased)
        var result = input.wrapped("where")
        result.select.conditions += conditions.filter { !$0.isHosted } + conditions.filter(\.isHosted)
        return result
    }

    private func project(_ node: Project) throws(Decline) -> Relation {
        let input = try relation(node.input)
        let translator = translator(over: input)
        var terms: [SQLTerm] = []
        for column in node.columns { terms.append(try translator.term(column.expression, of: "project")) }
        var result = Relation(
            input.base.selecting(terms.map { input.base.rebased($0.expression) }), terms.map(RelationColumn.init),
            steps: input.steps + ["project"])
        result.isHostedOnTop = terms.contains { $0.expression.isHosted }
        return result
    }

    private func sort(_ node: Sort) throws(Decline) -> Relation {
        try ordered(relation(node.input), by: node.keys, "sort")
    }

    private func top(_ node: Top) throws(Decline) -> Relation {
        var result = try ordered(relation(node.input), by: node.keys, "top")
        result.select.limit = try count(node.count, of: "top")
        return result
    }

    private func take(_ node: Take) throws(Decline) -> Relation {
        let limit = try count(node.count, of: "take")
        var result = try relation(node.input)
        if result.select.limit == nil {
            result.steps.append("take")
        } else {
            result = result.wrapped("take")
        }
        result.select.limit = limit
        return result
    }

    private func distinct(_ node: Distinct) throws(Decline) -> Relation {
        let input = try relation(node.input)
        for column in input.columns { try checkGrouping(by: column.type, of: "distinct") }
        var result = input.wrapped("distinct")
        result.select.isDistinct = true
        return result
    }

    private func union(_ node: Union) throws(Decline) -> Relation {
        var inputs: [Relation] = []
        for input in node.alignedInputs { inputs.append(try relation(input)) }
        guard let first = inputs.first else { throw Decline(operation: "union", reason: "has no inputs") }
        let columns = first.columns.indices.map { index in
            RelationColumn(first.columns[index].type, isNullable: inputs.contains { $0.columns[index].isNullable })
        }
        return Relation(
            SQLSelect(all: columns.count, from: .union(inputs.map(\.select))), columns,
            steps: ["union (" + inputs.map { $0.steps.joined(separator: " | ") }.joined(separator: "), (") + ")"])
    }

    // MARK: - Parts

    func translator(over relation: Relation, side: SQLExpression.JoinSide? = nil) -> ExpressionTranslator {
        ExpressionTranslator(translation: self, columns: relation.columns, side: side)
    }

    /// The relation in an order: within the same query where its own columns decide on it.
    private func ordered(_ input: Relation, by keys: [SortKey], _ step: String) throws(Decline) -> Relation {
        let order = try order(by: keys, over: input, of: step)
        let outputs = order.compactMap { if case .column(let index) = $0.expression { index } else { nil } }
        if input.select.order.isEmpty, input.select.limit == nil, !input.select.isPlain, outputs.count == order.count {
            var result = input
            result.select.order = zip(order, outputs).map { term, index in
                SQLOrder(expression: .output(index), isDescending: term.isDescending, nullsFirst: term.nullsFirst)
            }
            result.steps.append(step)
            return result
        }
        let base = input.base
        var result = input.wrapped(step)
        result.select.order = order.map { term in
            SQLOrder(
                expression: base.rebased(term.expression), isDescending: term.isDescending, nullsFirst: term.nullsFirst)
        }
        return result
    }

    /// The order by some keys, with KQL's places for null and NaN.
    private func order(by keys: [SortKey], over input: Relation, of operation: String) throws(Decline) -> [SQLOrder] {
        let translator = translator(over: input)
        var order: [SQLOrder] = []
        for key in keys {
            let term = try translator.term(key.expression, of: operation)
            switch term.type {
            case .dynamic, .decimal: throw Decline(operation: operation, reason: "orders by a \(term.type) value")
            case .guid where dialect == .clickHouse:
                throw Decline(operation: operation, reason: "orders guids, which ClickHouse does by their second half")
            case .real:
                let rank = "CASE WHEN $1 IS NULL THEN 0 WHEN \(dialect.isNaN)($1) THEN 1 ELSE 2 END"
                order.append(
                    SQLOrder(
                        expression: .template(rank, [term.expression]), isDescending: !key.nullsFirst, nullsFirst: true)
                )
            default: break
            }
            order.append(
                SQLOrder(expression: term.expression, isDescending: key.isDescending, nullsFirst: key.nullsFirst))
        }
        return order
    }

    /// A constant number of rows.
    func count(_ expression: BoundExpression, of operation: String) throws(Decline) -> Int {
        switch ConstantFolding(context: context).value(of: expression) {
        case .long(let count)?: return Int(max(0, count))
        case .int(let count)?: return Int(max(0, count))
        default: throw Decline(operation: operation, reason: "its count is not known before the query runs")
        }
    }

    /// Dynamic values and decimals are stored as text, in which equal values may differ; ClickHouse takes reals by their
    /// bits, so that 0 and -0 would differ.
    func checkGrouping(by type: KQLType, of operation: String) throws(Decline) {
        if type == .dynamic || type == .decimal || (type == .real && dialect == .clickHouse) {
            throw Decline(operation: operation, reason: "compares \(type) values")
        }
    }
}

extension BoundExpression {
    /// The operands of a chain of `and`.
    var conjuncts: [BoundExpression] { chain(of: "and") }

    /// The operands of a chain of one operator, such as `a or b or c`.
    func chain(of name: String) -> [BoundExpression] {
        guard case .call(let call) = self, call.function.name == name else { return [self] }
        return call.arguments.flatMap { $0.chain(of: name) }
    }
}
