import JSON
import KQLFunctions
import KQLValues

/// Which input row each expanded row comes from, and the elements.
struct ExpandedRows {
    var sources: [Int] = []
    /// The number of the element within its input row.
    var numbers: [Int64] = []
    /// Per expansion, the elements.
    var elements: [[JSON]]
}

extension Execution {
    func mvExpand(_ node: MvExpand) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        return try expansion(of: input, by: node, keepsEmpty: true).table
    }

    /// Expands the rows of a table; `keepsEmpty` gives a row with null for an input row without elements.
    func expansion(
        of input: Table, by node: MvExpand, keepsEmpty: Bool
    ) throws(ExecutionError) -> (table: Table, sources: [Int]) {
        let rows = try expandedRows(of: input, by: node, keepsEmpty: keepsEmpty)
        try checkBytes(input.byteEstimate / max(1, input.rowCount) * rows.sources.count, of: "mv-expand")
        var columns: [Column?] = Array(repeating: nil, count: node.schema.columns.count)
        for (index, expansion) in node.expansions.enumerated() {
            let elements = Column.dynamic(rows.elements[index].map { $0.element(for: expansion.type) })
            columns[expansion.output] = try converted(elements, to: expansion.type)
        }
        if let position = node.indexColumn { columns[position] = .long(Vector(rows.numbers)) }
        let all = columns.enumerated().map { index, column in
            column ?? input.columns[index].gather(rows.sources)
        }
        return (Table(schema: node.schema, columns: all, rowCount: rows.sources.count), rows.sources)
    }

    private func expandedRows(
        of input: Table, by node: MvExpand, keepsEmpty: Bool
    ) throws(ExecutionError) -> ExpandedRows {
        let limit = try node.rowLimit.map { limit throws(ExecutionError) in try count(limit) } ?? Int.max
        var sources: [[JSON]] = []
        for expansion in node.expansions {
            let column = try column(expansion.source, over: input).converted(to: .dynamic)
            if case .dynamic(let values) = column { sources.append(values) }
        }
        var rows = ExpandedRows(elements: Array(repeating: [], count: sources.count))
        for row in 0..<input.rowCount {
            let lists = sources.map { elements(of: $0[row], bagsAsArrays: node.bagsAsArrays) }
            var length = lists.map(\.count).max() ?? 0
            // An empty array gives no row, a null gives one.
            if length == 0, keepsEmpty, sources.contains(where: { $0[row].isNull }) { length = 1 }
            for number in 0..<min(length, limit) {
                rows.sources.append(row)
                rows.numbers.append(Int64(number))
                for (index, list) in lists.enumerated() {
                    rows.elements[index].append(number < list.count ? list[number] : .null)
                }
            }
            if rows.sources.count > executor.limits.rows { throw tooManyRows("mv-expand") }
            if row % 256 == 0 { try check() }
        }
        return rows
    }

    private func elements(of value: JSON, bagsAsArrays: Bool) -> [JSON] {
        switch value {
        case .array(let elements): elements
        case .object(let members):
            members.map { key, value in
                bagsAsArrays
                    ? .array([.string(key), value]) : .object(JSONObject(uniqueKeysWithValues: [(key, value)]))
            }
        case .null: []
        default: [value]
        }
    }

    func mvApply(_ node: MvApply) throws(ExecutionError) -> Table {
        let input = try table(node.expand.input)
        let (expanded, sources) = try expansion(of: input, by: node.expand, keepsEmpty: false)
        if node.body.isRowWise(over: node.placeholder), node.body.passesRows {
            return try applyRowWise(node, input: input, expanded: expanded, sources: sources)
        }
        var result = Table(empty: node.schema)
        var next = 0
        for row in 0..<input.rowCount {
            var rows: [Int] = []
            while next < sources.count, sources[next] == row {
                rows.append(next)
                next += 1
            }
            let part = try table(node.body, placeholder: node.placeholder, input: expanded.gather(rows))
            append(part, of: Array(repeating: row, count: part.rowCount), node: node, input: input, to: &result)
            if row % 256 == 0 { try check() }
            if result.rowCount > executor.limits.rows { throw tooManyRows("mv-apply") }
        }
        return result
    }

    private func append(_ part: Table, of rows: [Int], node: MvApply, input: Table, to result: inout Table) {
        guard part.rowCount > 0 else { return }
        for (position, index) in node.kept.enumerated() {
            result.columns[position].append(contentsOf: input.columns[index].gather(rows))
        }
        for (position, index) in node.taken.enumerated() {
            result.columns[node.kept.count + position].append(contentsOf: part.columns[index])
        }
        result.rowCount += part.rowCount
    }

    /// A body that only filters and computes row by row runs once over all elements of all rows.
    private func applyRowWise(
        _ node: MvApply, input: Table, expanded: Table, sources: [Int]
    ) throws(ExecutionError) -> Table {
        var marked = expanded
        marked.schema.columns.append(ColumnSchema("", .long))
        marked.columns.append(.long(Vector(sources.map(Int64.init))))
        let part = try table(
            node.body.carrying(marked.schema.columns.count - 1, placeholder: node.placeholder, schema: marked.schema),
            placeholder: node.placeholder, input: marked)
        var rows: [Int] = []
        if case .long(let vector)? = part.columns.last { rows = vector.values.map { Int($0) } }
        var result = Table(empty: node.schema)
        append(part, of: rows, node: node, input: input, to: &result)
        return result
    }

    func partition(_ node: Partition) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        let keys = try column(node.key, over: input)
        let grouping = Grouping([keys], rowCount: input.rowCount)
        var members = [[Int]](repeating: [], count: grouping.count)
        for (row, group) in grouping.groups.enumerated() { members[group].append(row) }
        var result = Table(empty: node.schema)
        for rows in members {
            let part = try table(node.body, placeholder: node.placeholder, input: input.gather(rows))
            for index in result.columns.indices { result.columns[index].append(contentsOf: part.columns[index]) }
            result.rowCount += part.rowCount
            if result.rowCount > executor.limits.rows { throw tooManyRows("partition") }
        }
        return result
    }
}

extension JSON {
    /// The element as `to typeof()` reads it: truth values and texts are no numbers, and numbers no truth values.
    fileprivate func element(for type: KQLType) -> JSON {
        switch (self, type) {
        case (.bool, .int), (.bool, .long), (.bool, .real), (.bool, .decimal): .null
        case (.string, .int), (.string, .long), (.string, .real): .null
        case (.int, .bool), (.double, .bool): .null
        default: self
        }
    }
}
