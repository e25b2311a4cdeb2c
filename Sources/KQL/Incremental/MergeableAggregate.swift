import KQLFunctions
import KQLValues

/// An aggregate that can be put together of what aggregates of slices give, with the same result as over all rows.
///
/// What KQL leaves open stays open: the order of a set, which of equal rows `arg_max` takes.
struct MergeableAggregate {
    /// Over the rows of a slice; each makes the columns of its outputs.
    let parts: [BoundAggregate]
    /// Over the columns of the parts, which begin at a position.
    let merged: @Sendable (_ position: Int) -> BoundAggregate

    /// Nil when the result hangs on more than the parts can tell, such as percentiles, or on the order of adding reals.
    init?(_ aggregate: BoundAggregate) {
        let catalogue = FunctionCatalogue.standard
        switch aggregate.function.name {
        case "count", "countif": self.init(aggregate, mergedBy: catalogue.aggregate("sum"))
        case "sum", "sumif":
            guard [.long, .timespan].contains(aggregate.resultType) else { return nil }
            self.init(aggregate, mergedBy: catalogue.aggregate("sum"))
        case "min", "max": self.init(aggregate, mergedBy: aggregate.function)
        case "minif", "maxif":
            // A slice without such a row gives null, which text does not have.
            guard aggregate.resultType != .string else { return nil }
            self.init(aggregate, mergedBy: catalogue.aggregate(String(aggregate.function.name.dropLast(2))))
        case "avg", "avgif": self.init(mean: aggregate, catalogue)
        case "dcount", "dcountif", "count_distinct", "count_distinctif":
            self.init(distinctCount: aggregate, catalogue)
        case "make_set", "make_set_if":
            self.init(aggregate, mergedBy: catalogue.aggregate("make_set"), limitedAfter: 1)
        case "make_list", "make_list_if": self.init(aggregate, mergedBy: MergingFunctions.list, limitedAfter: 1)
        case "arg_max", "arg_min", "take_any", "any": self.init(row: aggregate)
        case "take_anyif", "anyif": self.init(anyValue: aggregate, catalogue)
        default: return nil
        }
    }

    private init(parts: [BoundAggregate], merged: @escaping @Sendable (Int) -> BoundAggregate) {
        self.parts = parts
        self.merged = merged
    }

    /// One part, merged by a function of its value and, where there is a limit, of the limit.
    ///
    /// - Parameter limitedAfter: so many arguments, and a condition, come before the limit.
    private init?(_ aggregate: BoundAggregate, mergedBy function: AggregateFunction?, limitedAfter: Int? = nil) {
        guard let function, let output = aggregate.outputs.first, aggregate.outputs.count == 1 else { return nil }
        var limit: [BoundExpression] = []
        if let limitedAfter {
            let position = limitedAfter + (aggregate.function.name.hasSuffix("_if") ? 1 : 0)
            limit = Array(aggregate.arguments.dropFirst(position).prefix(1))
            guard limit.allSatisfy({ $0.constantValue != nil }) else { return nil }
        }
        self.init(parts: [aggregate]) { [limit] position in
            BoundAggregate(
                function: function, arguments: [.part(position, aggregate.resultType)] + limit,
                resultType: aggregate.resultType,
                outputs: [AggregateOutput(name: output.name, type: output.type)])
        }
    }

    /// `avg` of whole numbers.
    private init?(mean aggregate: BoundAggregate, _ catalogue: FunctionCatalogue) {
        guard case .convert(let value, to: .real)? = aggregate.arguments.first, [.int, .long].contains(value.type),
            let output = aggregate.outputs.first
        else { return nil }
        let whole: BoundExpression = value.type == .long ? value : .convert(value, to: .long)
        let condition = Array(aggregate.arguments.dropFirst())
        let suffix = condition.isEmpty ? "" : "if"
        guard let isThere = catalogue.scalar("isnotnull"), let and = catalogue.scalar("and"),
            let sum = catalogue.aggregate("sum" + suffix), let count = catalogue.aggregate("countif"),
            let least = catalogue.aggregate("min" + suffix), let greatest = catalogue.aggregate("max" + suffix)
        else { return nil }
        let there = BoundExpression.call(BoundCall(function: isThere, arguments: [whole], type: .bool))
        let counted = condition.reduce(there) {
            .call(BoundCall(function: and, arguments: [$0, $1], type: .bool))
        }
        let calls = [
            (sum, [whole] + condition), (count, [counted]), (least, [whole] + condition),
            (greatest, [whole] + condition),
        ]
        let parts = calls.map { function, arguments in
            BoundAggregate(
                function: function, arguments: arguments, resultType: .long,
                outputs: [AggregateOutput(name: function.name, type: .long)])
        }
        self.init(parts: parts) { position in
            BoundAggregate(
                function: MergingFunctions.mean, arguments: (0..<4).map { .part(position + $0, .long) },
                resultType: .real, outputs: [AggregateOutput(name: output.name, type: output.type)])
        }
    }

    /// `dcount` by the sets of the slices.
    private init?(distinctCount aggregate: BoundAggregate, _ catalogue: FunctionCatalogue) {
        let isConditional = aggregate.function.name.hasSuffix("if")
        guard let value = aggregate.arguments.first, let output = aggregate.outputs.first,
            ![.real, .decimal, .dynamic].contains(value.type),
            let function = catalogue.aggregate(isConditional ? "make_set_if" : "make_set")
        else { return nil }
        let condition = isConditional ? Array(aggregate.arguments.dropFirst().prefix(1)) : []
        let set = BoundAggregate(
            function: function, arguments: [value] + condition, resultType: .dynamic,
            outputs: [AggregateOutput(name: "set", type: .dynamic)])
        self.init(parts: [set]) { position in
            BoundAggregate(
                function: MergingFunctions.distinctCount, arguments: [.part(position, .dynamic)], resultType: .long,
                outputs: [AggregateOutput(name: output.name, type: output.type)])
        }
    }

    /// Rows that are chosen by their first argument, which the part keeps beside what is taken of them.
    private init?(row aggregate: BoundAggregate) {
        guard let key = aggregate.arguments.first else { return nil }
        let outputs = aggregate.outputs
        guard outputs.allSatisfy({ $0.source != nil }) else { return nil }
        let part = BoundAggregate(
            function: aggregate.function, arguments: aggregate.arguments, resultType: aggregate.resultType,
            outputs: outputs + [AggregateOutput(name: "key", type: key.type, source: key)])
        self.init(parts: [part]) { position in
            BoundAggregate(
                function: aggregate.function, arguments: [.part(position + outputs.count, key.type)],
                resultType: aggregate.resultType,
                outputs: outputs.enumerated().map { index, output in
                    AggregateOutput(name: output.name, type: output.type, source: .part(position + index, output.type))
                })
        }
    }

    /// `take_anyif`: any of the slices' values.
    private init?(anyValue aggregate: BoundAggregate, _ catalogue: FunctionCatalogue) {
        guard let output = aggregate.outputs.first, let any = catalogue.aggregate("take_any") else { return nil }
        self.init(parts: [aggregate]) { position in
            let value = BoundExpression.part(position, output.type)
            return BoundAggregate(
                function: any, arguments: [value], resultType: aggregate.resultType,
                outputs: [AggregateOutput(name: output.name, type: output.type, source: value)])
        }
    }
}

extension BoundExpression {
    /// A column of the parts' table.
    fileprivate static func part(_ index: Int, _ type: KQLType) -> BoundExpression {
        .column(ColumnReference(index: index, name: "part\(index)", type: type))
    }
}
