import KQLValues

extension Execution {
    func topNested(_ node: TopNested) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        var result = Table(empty: node.schema)
        try nest(node.levels[...], rows: RowView(input), prefix: [], into: &result)
        return result
    }

    /// Adds the rows of the remaining levels for some rows of the input.
    private func nest(
        _ levels: ArraySlice<TopNested.Level>, rows: RowView, prefix: [Value], into result: inout Table
    ) throws(ExecutionError) {
        guard let level = levels.first else {
            for (index, value) in prefix.enumerated() { result.columns[index].append(value) }
            result.rowCount += 1
            if result.rowCount > executor.limits.rows { throw tooManyRows("top-nested") }
            return
        }
        try check()
        let keys = try column(level.key.expression, over: rows)
        let grouping = Grouping([keys], rowCount: rows.rowCount)
        let values = try outputs(
            of: level.aggregate, over: rows, groups: grouping.groups, groupCount: grouping.count)[0]
        let order = sortedRows(
            grouping.count, by: [RowOrder(values, isDescending: level.isDescending, nullsFirst: false)])
        var limit = Int.max
        if let count = level.count { limit = try self.count(count) }
        let chosen = order.prefix(limit)
        var members = [[Int]](repeating: [], count: grouping.count)
        for (row, group) in grouping.groups.enumerated() { members[group].append(row) }
        for group in chosen {
            try nest(
                levels.dropFirst(), rows: rows.narrowed(to: members[group]),
                prefix: prefix + [keys[grouping.firstRows[group]], values[group]], into: &result)
        }
        guard let others = level.others else { return }
        let rest = rows.narrowed(to: order.dropFirst(limit).flatMap { members[$0] }.sorted())
        let groups = Array(repeating: 0, count: rest.rowCount)
        let total = try outputs(of: level.aggregate, over: rest, groups: groups, groupCount: 1)[0]
        var row = prefix + [try constant(others), rest.rowCount == 0 ? .missing(total.type) : total[0]]
        for deeper in levels.dropFirst() {
            var name = Value.missing(deeper.key.expression.type)
            if let others = deeper.others { name = try constant(others) }
            let inner = try outputs(of: deeper.aggregate, over: rest, groups: groups, groupCount: 1)[0]
            row += [name, rest.rowCount == 0 ? .missing(inner.type) : inner[0]]
        }
        try nest([], rows: rest, prefix: row, into: &result)
    }
}
