import KQLValues

/// The state of one step: the last row that it matched, with its declared variables, and the match's number.
private struct StepState {
    var values: [Value]
    var match: Int64
}

extension Execution {
    /// Walks over the rows; each row goes to the last step whose condition holds.
    func scanSteps(_ node: ScanSteps) throws(ExecutionError) -> Table {
        let input = try table(node.input)
        var defaults: [Value] = []
        for item in node.declared { defaults.append(try constant(item.expression)) }
        var states: [StepState?] = node.steps.map { _ in nil }
        var result = Table(empty: node.schema)
        var nextMatch: Int64 = 0
        for row in 0..<input.rowCount {
            if row % 256 == 0 { try check() }
            let values = input.row(row)
            for index in node.steps.indices.reversed() {
                guard
                    let state = try advance(
                        node, index, values: values, defaults: defaults, states: &states, nextMatch: &nextMatch)
                else { continue }
                if node.steps[index].output != .none {
                    for (column, value) in state.values.enumerated() { result.columns[column].append(value) }
                    if let column = node.matchColumn { result.columns[column].append(.long(state.match)) }
                    result.rowCount += 1
                }
                break
            }
        }
        return result
    }

    /// Tries to match a row to a step; gives the step's new state.
    private func advance(
        _ node: ScanSteps, _ index: Int, values: [Value], defaults: [Value], states: inout [StepState?],
        nextMatch: inout Int64
    ) throws(ExecutionError) -> StepState? {
        let step = node.steps[index]
        var origins: [Int?] = []
        if states[index] != nil { origins.append(index) }
        if index > 0 {
            var previous = index - 1
            while previous > 0, states[previous] == nil, node.steps[previous].isOptional { previous -= 1 }
            if states[previous] != nil { origins.insert(previous, at: 0) }
        } else if origins.isEmpty {
            origins.append(nil)
        }
        for origin in origins {
            let carried = origin.flatMap { states[$0] }
            var seen = states
            if let origin, origin != index { seen[index] = nil }
            let view = try stateRow(node, values: values, defaults: defaults, states: seen)
            guard try column(step.condition, over: view)[0] == .bool(true) else { continue }
            var next = values + (carried.map { Array($0.values.dropFirst(values.count)) } ?? defaults)
            for assignment in step.assignments {
                next[assignment.column] = try column(assignment.value, over: view)[0]
            }
            if carried == nil { nextMatch += 1 }
            let state = StepState(values: next, match: carried?.match ?? nextMatch - 1)
            if let origin, origin != index { states[origin] = nil }
            states[index] = state
            return state
        }
        return nil
    }

    /// The row with the states of all steps beside it, as the steps' expressions see it.
    private func stateRow(
        _ node: ScanSteps, values: [Value], defaults: [Value], states: [StepState?]
    ) throws(ExecutionError) -> Table {
        let base = node.input.schema.columns + node.declared.map(\.column)
        var schema = base
        var all = values + defaults
        for state in states {
            schema += base
            // Before a step has matched, its declared variables have their defaults and its columns are null.
            all += state?.values ?? node.input.schema.columns.map { .missing($0.type) } + defaults
        }
        let columns = zip(schema, all).map { Column(type: $0.type, [$1]) }
        return Table(schema: TableSchema(schema), columns: columns, rowCount: 1)
    }
}
