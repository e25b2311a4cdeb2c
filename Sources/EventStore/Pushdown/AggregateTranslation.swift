import KQL
import KQLFunctions
import KQLValues

extension PlanTranslation {
    /// `summarize`.
    func aggregate(_ node: Aggregate) throws(Decline) -> Relation {
        if node.input.isSorted, let list = node.aggregates.first(where: { $0.function.name.hasPrefix("make_list") }) {
            throw Decline(operation: list.function.name, reason: "keeps the order of sorted rows")
        }
        let input = try relation(node.input)
        let translator = translator(over: input)
        var keys: [SQLTerm] = []
        for key in node.keys {
            let term = try translator.term(key.expression, of: "summarize")
            try checkGrouping(by: term.type, of: "summarize")
            keys.append(term)
        }
        // The inner query groups; the outer one takes the chosen rows apart and puts KQL's values for nothing.
        var inner = keys.map(\.expression)
        var outer = keys.indices.map { SQLTerm(.column($0), keys[$0].type, isNullable: keys[$0].isNullable) }
        for aggregate in node.aggregates {
            let form = try AggregateForm(aggregate, translator)
            inner.append(form.value)
            outer += form.results.map { result in
                let column = SQLExpression.column(inner.count - 1)
                return SQLTerm(
                    result.template == "$1" ? column : .template(result.template, [column]), result.type,
                    isNullable: result.isNullable)
            }
        }
        // Without keys there is one row, even if nothing of it is wanted.
        if inner.isEmpty { inner = [.template("count(*)", [])] }
        let base = input.base
        var grouping = base.selecting(inner.map(base.rebased))
        grouping.groups = keys.map { base.rebased($0.expression) }
        let passesOn = outer.count == inner.count && outer.indices.allSatisfy { outer[$0].expression.isColumn($0) }
        if passesOn { return Relation(grouping, outer.map(RelationColumn.init), steps: input.steps + ["summarize"]) }
        return Relation(
            SQLSelect(outer.map(\.expression), from: .select(grouping)), outer.map(RelationColumn.init),
            steps: input.steps + ["summarize"])
    }
}

/// One aggregate in SQL: a value per group, and how the result's columns come out of it.
private struct AggregateForm {
    /// Over the rows of a group.
    let value: SQLExpression
    /// Templates over that value.
    let results: [(template: String, type: KQLType, isNullable: Bool)]

    init(_ aggregate: BoundAggregate, _ translator: ExpressionTranslator) throws(Decline) {
        let name = aggregate.function.name
        var operands: [SQLTerm] = []
        for argument in aggregate.arguments { operands.append(try translator.term(argument, of: name)) }
        switch name {
        case "arg_max", "arg_min", "take_any", "any":
            (value, results) = try Self.chosenRow(aggregate, operands, translator)
        default:
            guard let output = aggregate.outputs.first, aggregate.outputs.count == 1, output.source == nil else {
                throw Decline(operation: name, reason: "has no SQL form")
            }
            if let form = try MeanForm(aggregate, translator) {
                value = form.value
                results = [(form.result, output.type, false)]
            } else if let form = try CollectionForm(aggregate, translator) {
                value = form.value
                results = [(form.result, output.type, false)]
            } else if let form = try StatisticForm(aggregate, translator) {
                value = form.value
                results = [(form.result, output.type, form.isNullable)]
            } else {
                let form = try Self.templates(aggregate, operands, translator)
                value = .template(form.value, operands.map(\.expression))
                results = [(form.result, output.type, !Self.neverNull.contains(name))]
            }
        }
    }

    /// Aggregates that give a number even for no rows.
    private static let neverNull: Set<String> = [
        "count", "countif", "dcount", "dcountif", "count_distinct", "count_distinctif", "sum", "sumif",
    ]

    /// The catalogue's SQL, which must not look into times: those are ticks here.
    private static func templates(
        _ aggregate: BoundAggregate, _ operands: [SQLTerm], _ translator: ExpressionTranslator
    ) throws(Decline) -> (value: String, result: String) {
        if let template = distinctCount(aggregate, operands, translator) { return (template, "$1") }
        let arguments = SQLArguments(
            types: aggregate.arguments.map(\.type),
            constants: aggregate.arguments.map { translator.folding.value(of: $0) })
        if let type = arguments.types.first, [.int, .long, .timespan].contains(type) {
            // DuckDB sums whole numbers in 128 bits; one that does not fit 64 makes the query fail, not the sum. ClickHouse
            // sums in 64 bits as the runtime does.
            let result = translator.dialect == .duckDB ? "CAST(coalesce($1, 0) AS BIGINT)" : "coalesce($1, 0)"
            if aggregate.function.name == "sum" { return ("sum($1)", result) }
            if aggregate.function.name == "sumif" { return ("sum($1) FILTER (WHERE $2)", result) }
        }
        if let template = aggregate.function.sql.template(translator.dialect, for: arguments) {
            return (template, "$1")
        }
        let types = arguments.types.map(\.rawValue).joined(separator: ", ")
        throw Decline(
            operation: "summarize", reason: "\(aggregate.function.name)(\(types)) has no exact SQL form")
    }

    /// `dcount`, which KQL lets be approximate, by a set of hashes; nil for other aggregates.
    private static func distinctCount(
        _ aggregate: BoundAggregate, _ operands: [SQLTerm], _ translator: ExpressionTranslator
    ) -> String? {
        guard translator.translation.host != nil, let value = operands.first else { return nil }
        switch value.type {
        case .int, .long, .datetime, .timespan, .guid, .string: break
        case .bool, .real, .decimal, .dynamic: return nil
        }
        var conditions = value.isNullable ? ["$1 IS NOT NULL"] : []
        switch aggregate.function.name {
        case "dcount": break
        case "dcountif": conditions.append("$2")
        default: return nil
        }
        let filter = conditions.isEmpty ? "" : " FILTER (WHERE \(conditions.joined(separator: " AND ")))"
        return "\(HostedFunction.distinctCount)(hash($1))\(filter)"
    }

    /// `arg_max` and `arg_min`: the wanted columns of the row with the largest or smallest value, as one struct.
    private static func chosenRow(
        _ aggregate: BoundAggregate, _ operands: [SQLTerm], _ translator: ExpressionTranslator
    ) throws(Decline) -> (SQLExpression, [(template: String, type: KQLType, isNullable: Bool)]) {
        let name = aggregate.function.name
        guard let key = operands.first else { throw Decline(operation: name, reason: "has no argument") }
        let isAny = name == "take_any" || name == "any"
        switch key.type {
        case .int, .long, .datetime, .timespan: break
        default: if !isAny { throw Decline(operation: name, reason: "ranks by a \(key.type) value") }
        }
        var fields: [SQLExpression] = []
        var results: [(template: String, type: KQLType, isNullable: Bool)] = []
        for (index, output) in aggregate.outputs.enumerated() {
            guard let source = output.source else { throw Decline(operation: name, reason: "gives no row") }
            fields.append(try translator.term(source, of: name).expression)
            let field = translator.dialect.field(index)
            results.append((output.type == .string ? "coalesce(\(field), '')" : field, output.type, true))
        }
        let dialect = translator.dialect
        // Nulls rank last, and a group of nulls still gives a row.
        let rank = key.isNullable ? "coalesce($1, CAST(\(name == "arg_max" ? Int64.min : Int64.max) AS BIGINT))" : "$1"
        if isAny {
            // Any row, but one with a value if there is one.
            let isThere = key.type == .string ? "$1 <> ''" : "$1 IS NOT NULL"
            let chosen = dialect.chosen("arg_max", fields.indices.map { "$\($0 + 2)" }, by: isThere)
            return (.template(chosen, [key.expression] + fields), results)
        }
        let chosen = dialect.chosen(name, fields.indices.map { "$\($0 + 2)" }, by: rank)
        return (.template(chosen, [key.expression] + fields), results)
    }
}
