import KQLFunctions
import KQLValues

extension Execution {
    func filter(_ node: Filter) throws(ExecutionError) -> Table {
        var rows = RowView(try table(node.input))
        for predicate in node.predicate.conjuncts {
            let verdict = try evaluate(predicate, over: rows)
            guard case .bool(let vector) = verdict.column else { continue }
            if verdict.isConstant {
                if vector[0] != true { return Table(empty: rows.table.schema) }
                continue
            }
            let kept = (0..<vector.count).filter { vector.values[$0] && !vector.isNull($0) }
            if kept.count < vector.count { rows = rows.narrowed(to: kept) }
        }
        return rows.materialized()
    }

    func project(_ node: Project) throws(ExecutionError) -> Table {
        let rows = RowView(try table(node.input))
        var columns: [Column] = []
        for item in node.columns { columns.append(try column(item.expression, over: rows)) }
        return Table(schema: node.schema, columns: columns, rowCount: rows.rowCount)
    }

    func take(_ node: Take) throws(ExecutionError) -> Table {
        let count = try count(node.count)
        if case .range(let range) = node.input { return try self.range(range, limit: count) }
        let input = try table(node.input)
        return count >= input.rowCount ? input : input.gather(Array(0..<count))
    }

    func distinct(_ node: Distinct) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        let grouping = Grouping(input.columns, rowCount: input.rowCount)
        return grouping.count == input.rowCount ? input : input.gather(grouping.firstRows)
    }

    func sample(_ node: Sample) throws(ExecutionError) -> Table {
        let count = try count(node.count)
        let input = try table(node.input)
        guard count < input.rowCount else { return input }
        var generator = SplitMix64(state: context.seed)
        return input.gather((0..<input.rowCount).shuffled(using: &generator).prefix(count).sorted())
    }
}

extension BoundExpression {
    /// The operands of the `and`s at the top, left to right; itself when there is none or when the order of rows matters.
    var conjuncts: [BoundExpression] {
        guard case .call(let call) = self, call.function.name == "and", !dependsOnRow else { return [self] }
        return call.arguments.flatMap(\.conjuncts)
    }

    /// Whether some function inside gives other values when other rows are taken away.
    var dependsOnRow: Bool {
        switch self {
        case .constant, .column, .subquery: false
        case .convert(let inner, _): inner.dependsOnRow
        case .shared(let shared): shared.dependsOnRow
        case .call(let call):
            switch call.function.determinism {
            case .perRow, .rowOrder: true
            case .pure, .perQuery: call.arguments.contains(where: \.dependsOnRow)
            }
        }
    }
}

/// A small, fast generator (Steele, Lea and Flood 2014), so that equal seeds give equal samples everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
