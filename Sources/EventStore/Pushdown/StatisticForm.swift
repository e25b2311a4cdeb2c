import KQL
import KQLFunctions
import KQLValues

/// Sums, means and spreads of reals, extremes of texts and reals, and percentiles, each also with a condition.
///
/// The order in which reals are added is open in KQL, so their last digits may differ from the runtime's.
struct StatisticForm {
    let value: SQLExpression
    let result: String
    let isNullable: Bool

    /// Nil for other aggregates.
    init?(_ aggregate: BoundAggregate, _ translator: ExpressionTranslator) throws(Decline) {
        let name = aggregate.function.name
        guard let subject = aggregate.arguments.first else { return nil }
        let isConditional = Self.conditionalNames.contains(name)
        let plainName = isConditional ? String(name.dropLast(2)) : name
        let percentage = Self.percentage(aggregate, translator)
        let found =
            switch translator.dialect {
            case .duckDB: Self.forms(plainName, of: subject.type, percentage: percentage)
            case .clickHouse: Self.clickHouseForms(plainName, of: subject.type, percentage: percentage)
            }
        guard let forms = found else { return nil }
        var operands = [try translator.term(subject, of: name).expression]
        if isConditional { operands.append(try translator.term(aggregate.arguments[1], of: name).expression) }
        value = .template(Self.filtered(forms.value, if: isConditional ? "$2" : nil), operands)
        result = forms.result
        isNullable = forms.isNullable
    }

    private static let conditionalNames: Set<String> = [
        "sumif", "avgif", "minif", "maxif", "varianceif", "variancepif", "stdevif", "stdevpif",
    ]

    /// The percentage of a percentile as a share.
    private static func percentage(_ aggregate: BoundAggregate, _ translator: ExpressionTranslator) -> Double? {
        guard ["percentile", "percentiles"].contains(aggregate.function.name), aggregate.arguments.count >= 2,
            case .real(let percentage)? = translator.folding.value(of: aggregate.arguments[1]), percentage.isFinite
        else { return nil }
        return percentage / 100
    }

    /// `{…}` stands for the rows that count, with a further condition inside the braces.
    private static func forms(
        _ name: String, of type: KQLType, percentage: Double?
    ) -> (value: String, result: String, isNullable: Bool)? {
        switch (name, type) {
        case ("sum", .real): ("sum($1){}", "coalesce($1, 0)", false)
        case ("avg", .real): ("avg($1){}", "coalesce($1, CAST('nan' AS DOUBLE))", false)
        case ("min", .string), ("max", .string): ("\(name)($1){}", "coalesce($1, '')", false)
        case ("min", .real):
            // A NaN comes before all numbers.
            ("CASE WHEN count(*){isnan($1)} > 0 THEN CAST('nan' AS DOUBLE) ELSE min($1){} END", "$1", true)
        case ("max", .real): ("coalesce(max($1){NOT isnan($1)}, max($1){})", "$1", true)
        case ("variance", .real): ("var_samp($1){}", "coalesce($1, 0)", false)
        case ("variancep", .real): ("var_pop($1){}", "coalesce($1, 0)", false)
        case ("stdev", .real): ("stddev_samp($1){}", "coalesce($1, 0)", false)
        case ("stdevp", .real): ("stddev_pop($1){}", "coalesce($1, 0)", false)
        case ("percentile", .int), ("percentile", .long), ("percentile", .datetime), ("percentile", .timespan),
            ("percentiles", .int), ("percentiles", .long), ("percentiles", .datetime), ("percentiles", .timespan):
            percentage.map { share in
                let position = "CAST(greatest(1, least(len($1), ceil(CAST('\(share)' AS DOUBLE) * len($1)))) AS BIGINT)"
                return ("list($1){$1 IS NOT NULL}", "list_sort($1)[\(position)]", true)
            }
        default: nil
        }
    }

    /// The same in ClickHouse, whose aggregates of what is never null give a value for no rows too.
    private static func clickHouseForms(
        _ name: String, of type: KQLType, percentage: Double?
    ) -> (value: String, result: String, isNullable: Bool)? {
        switch (name, type) {
        case ("sum", .real): ("sumOrNull($1){}", "coalesce($1, 0)", false)
        case ("avg", .real): ("avgOrNull($1){}", "coalesce($1, nan)", false)
        case ("min", .string), ("max", .string): ("\(name)($1){}", "$1", false)
        case ("min", .real): ("CASE WHEN count(){isNaN($1)} > 0 THEN nan ELSE minOrNull($1){} END", "$1", true)
        case ("max", .real): ("coalesce(maxOrNull($1){NOT isNaN($1)}, maxOrNull($1){})", "$1", true)
        case ("percentile", .int), ("percentile", .long), ("percentile", .datetime), ("percentile", .timespan),
            ("percentiles", .int), ("percentiles", .long), ("percentiles", .datetime), ("percentiles", .timespan):
            percentage.map { share in
                let rank = "ceil(CAST('\(share)' AS Float64) * length($1))"
                let position = "toInt64(greatest(1, least(toFloat64(length($1)), \(rank))))"
                return (
                    "groupArray($1){}",
                    "CASE WHEN empty($1) THEN NULL ELSE arrayElement(arraySort($1), \(position)) END", true
                )
            }
        default: nil
        }
    }

    private static func filtered(_ template: String, if condition: String?) -> String {
        var text = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
            let conditions = [condition, String(rest[rest.index(after: open)..<close])].compactMap(\.self)
                .filter { !$0.isEmpty }
            text += rest[..<open]
            if !conditions.isEmpty { text += " FILTER (WHERE \(conditions.joined(separator: " AND ")))" }
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
