import KQL
import KQLFunctions
import KQLValues

/// `avg` of whole numbers, where the order of summing cannot matter.
struct MeanForm {
    let value: SQLExpression
    let result = "$1"

    /// Nil for other aggregates.
    init?(_ aggregate: BoundAggregate, _ translator: ExpressionTranslator) throws(Decline) {
        let isConditional = aggregate.function.name == "avgif"
        guard aggregate.function.name == "avg" || isConditional, aggregate.arguments.count == (isConditional ? 2 : 1),
            case .convert(let whole, to: .real) = aggregate.arguments[0], whole.type == .long || whole.type == .int
        else { return nil }
        var operands = [try translator.term(whole, of: "avg").expression]
        if isConditional { operands.append(try translator.term(aggregate.arguments[1], of: "avgif").expression) }
        let filter = isConditional ? " FILTER (WHERE $2)" : ""
        if translator.dialect == .clickHouse {
            // `accurateCast` refuses what does not fit; the bound makes it refuse at 2^53.
            value = .template(
                """
                CASE WHEN count($1)\(filter) = 0 THEN nan
                ELSE toFloat64(sum($1)\(filter)) / toFloat64(count($1)\(filter)) + toFloat64(throwIf(
                coalesce(sum(abs(toInt128($1)))\(filter), 0) > 9007199254740992, 'the sum for a mean is too large to be exact'))
                END
                """, operands)
            return
        }
        // Reals hold whole numbers up to 2^53; beyond, sums depend on the order of rows and the runtime decides.
        value = .template(
            """
            CASE WHEN count($1)\(filter) = 0 THEN CAST('nan' AS DOUBLE)
            WHEN sum(abs(CAST($1 AS HUGEINT)))\(filter) <= 9007199254740992
            THEN CAST(sum($1)\(filter) AS DOUBLE) / count($1)\(filter)
            ELSE CAST(error('the sum for a mean is too large to be exact') AS DOUBLE) END
            """, operands)
    }
}

/// `make_set` and `make_list` of texts, whole numbers and booleans. KQL leaves the order of the elements open.
struct CollectionForm {
    let value: SQLExpression
    let result: String

    /// Nil for other aggregates.
    init?(_ aggregate: BoundAggregate, _ translator: ExpressionTranslator) throws(Decline) {
        let name = aggregate.function.name
        guard ["make_set", "make_set_if", "make_list", "make_list_if"].contains(name) else { return nil }
        let isConditional = name.hasSuffix("_if")
        guard let element = aggregate.arguments.first, [.string, .int, .long, .bool].contains(element.type) else {
            return nil
        }
        var limit: Int64 = 1_048_576
        if let size = aggregate.arguments.dropFirst(isConditional ? 2 : 1).first {
            guard case .long(let size)? = translator.folding.value(of: size) else { return nil }
            if size > 0 { limit = min(size, limit) }
        }
        let term = try translator.term(element, of: name)
        var operands = [term.expression]
        var conditions: [String] = term.isNullable ? ["$1 IS NOT NULL"] : []
        if isConditional {
            operands.append(try translator.term(aggregate.arguments[1], of: name).expression)
            conditions.append("$2")
        }
        let filter = conditions.isEmpty ? "" : " FILTER (WHERE \(conditions.joined(separator: " AND ")))"
        if translator.dialect == .clickHouse {
            let collect = name.hasPrefix("make_set") ? "groupUniqArray" : "groupArray"
            value = .template("\(collect)($1)\(filter)", operands)
            result = "toJSONString(arraySlice($1, 1, \(limit)))"
            return
        }
        value = .template("list(\(name.hasPrefix("make_set") ? "DISTINCT " : "")$1)\(filter)", operands)
        result = "coalesce(CAST(to_json(list_slice($1, 1, \(limit))) AS VARCHAR), '[]')"
    }
}

extension Plan {
    /// Whether the rows come in an order that was asked for.
    var isSorted: Bool {
        switch self {
        case .sort, .top: true
        case .filter(let node): node.input.isSorted
        case .project(let node): node.input.isSorted
        case .take(let node): node.input.isSorted
        case .serialize(let node): node.input.isSorted
        default: false
        }
    }
}
