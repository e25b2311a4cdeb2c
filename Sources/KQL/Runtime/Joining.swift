import KQLValues

extension Execution {
    func join(_ node: Join) throws(ExecutionError) -> Table {
        let left = try table(node.left)
        let right = try table(node.right)
        let matches = try keyMatches(node, left: left, right: right)
        let pairs = try pairs(of: node.kind, matches)
        if pairs.isCut { throw tooManyRows("join") }
        try checkBytes(left.byteEstimate(of: pairs.left) + right.byteEstimate(of: pairs.right), of: "join")
        let columns = node.outputs.map { output in
            switch output.side {
            case .left: left.columns[output.index].gather(pairs.left)
            case .right: right.columns[output.index].gather(pairs.right)
            }
        }
        return Table(schema: node.schema, columns: columns, rowCount: pairs.left.count)
    }

    private func pairs(of kind: JoinKind, _ matches: KeyMatches) throws(ExecutionError) -> JoinPairs {
        func pairs(
            uniqueLeft: Bool = false, keepsLeft: Bool = false, keepsRight: Bool = false
        ) throws(ExecutionError) -> JoinPairs {
            try matches.pairs(
                uniqueLeft: uniqueLeft, keepsLeft: keepsLeft, keepsRight: keepsRight, limit: executor.limits.rows
            ) { () throws(ExecutionError) in try check() }
        }
        return switch kind {
        case .inner: try pairs()
        case .innerUnique: try pairs(uniqueLeft: true)
        case .leftOuter: try pairs(keepsLeft: true)
        case .rightOuter: try pairs(keepsRight: true)
        case .fullOuter: try pairs(keepsLeft: true, keepsRight: true)
        case .leftSemi: matches.leftRows(matching: true)
        case .leftAnti: matches.leftRows(matching: false)
        case .rightSemi: matches.rightRows(matching: true)
        case .rightAnti: matches.rightRows(matching: false)
        }
    }

    /// Numbers the keys of both sides together.
    private func keyMatches(_ node: Join, left: Table, right: Table) throws(ExecutionError) -> KeyMatches {
        var keys: [Column] = []
        for key in node.keys {
            var column = try column(key.left, over: left)
            column.append(contentsOf: try self.column(key.right, over: right))
            keys.append(column)
        }
        let grouping = Grouping(keys, rowCount: left.rowCount + right.rowCount)
        return KeyMatches(
            left: Array(grouping.groups.prefix(left.rowCount)), right: Array(grouping.groups.dropFirst(left.rowCount)),
            keyCount: grouping.count)
    }
}

extension Table {
    /// About how many bytes some rows take, each as much as an average one; -1 stands for no row.
    fileprivate func byteEstimate(of rows: [Int]) -> Int {
        rowCount == 0 ? 0 : byteEstimate / rowCount * rows.count { $0 >= 0 }
    }
}

/// The rows that a join puts side by side; -1 stands for no row.
private struct JoinPairs {
    var left: [Int] = []
    var right: [Int] = []
    /// Whether the limit of rows was reached.
    var isCut = false

    mutating func append(_ leftRow: Int, _ rightRow: Int) {
        left.append(leftRow)
        right.append(rightRow)
    }
}

/// The rows of each key, in order, in one array.
private struct RowsByKey {
    private let rows: [Int]
    /// Where each key's rows start; the last one is where all end.
    private let starts: [Int]

    init(_ keys: [Int], keyCount: Int) {
        var starts = [Int](repeating: 0, count: keyCount + 1)
        for key in keys { starts[key + 1] += 1 }
        for key in 0..<keyCount { starts[key + 1] += starts[key] }
        var next = starts
        var rows = [Int](repeating: 0, count: keys.count)
        for (row, key) in keys.enumerated() {
            rows[next[key]] = row
            next[key] += 1
        }
        self.rows = rows
        self.starts = starts
    }

    subscript(key: Int) -> ArraySlice<Int> { rows[starts[key]..<starts[key + 1]] }
}

/// The key number of each row of both sides.
private struct KeyMatches {
    let left: [Int]
    let right: [Int]
    let keyCount: Int

    /// - Parameter check: called now and then; throws when the query should stop.
    func pairs(
        uniqueLeft: Bool, keepsLeft: Bool, keepsRight: Bool, limit: Int,
        check: () throws(ExecutionError) -> Void
    ) throws(ExecutionError) -> JoinPairs {
        let rightRows = RowsByKey(right, keyCount: keyCount)
        var isMatched = [Bool](repeating: false, count: keyCount)
        var pairs = JoinPairs()
        for (row, key) in left.enumerated() {
            if row % 256 == 0 { try check() }
            if uniqueLeft, isMatched[key] { continue }
            isMatched[key] = true
            let others = rightRows[key]
            for other in others { pairs.append(row, other) }
            if keepsLeft, others.isEmpty { pairs.append(row, -1) }
            if pairs.left.count > limit {
                pairs.isCut = true
                return pairs
            }
        }
        if keepsRight {
            for (row, key) in right.enumerated() where !isMatched[key] { pairs.append(-1, row) }
        }
        return pairs
    }

    func leftRows(matching: Bool) -> JoinPairs {
        let present = marks(of: right)
        var pairs = JoinPairs()
        for (row, key) in left.enumerated() where present[key] == matching { pairs.append(row, -1) }
        return pairs
    }

    func rightRows(matching: Bool) -> JoinPairs {
        let present = marks(of: left)
        var pairs = JoinPairs()
        for (row, key) in right.enumerated() where present[key] == matching { pairs.append(-1, row) }
        return pairs
    }

    private func marks(of keys: [Int]) -> [Bool] {
        var marks = [Bool](repeating: false, count: keyCount)
        for key in keys { marks[key] = true }
        return marks
    }
}

extension Execution {
    func union(_ node: Union) throws(ExecutionError) -> Table {
        var result = Table(empty: node.schema)
        for input in node.inputs {
            let rows = RowView(try table(input.plan))
            if rows.rowCount == 0 { continue }
            var next = result
            next.rowCount = rows.rowCount
            for index in node.schema.columns.indices {
                next.columns[index] = try column(input.value(of: node.schema.reference(index)), over: rows)
            }
            if result.rowCount == 0 {
                result = next
                continue
            }
            for index in result.columns.indices { result.columns[index].append(contentsOf: next.columns[index]) }
            result.rowCount += next.rowCount
            if result.rowCount > executor.limits.rows { throw tooManyRows("union") }
        }
        return Table(schema: node.schema, columns: result.columns, rowCount: result.rowCount)
    }
}
