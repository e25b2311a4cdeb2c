import KQLValues

/// Leaves out of scans, projections, joins and unions the columns that nothing above them uses.
func pruningColumns(_ plan: Plan) -> Plan {
    exactly(Array(plan.schema.columns.indices), of: plan)
}

/// A pruned plan, and where its columns have gone.
private struct Pruned {
    var plan: Plan
    /// New positions of the wanted columns.
    var positions: [Int: Int]

    /// All columns of a plan, where they were.
    init(whole plan: Plan) {
        self.plan = plan
        positions = Dictionary(uniqueKeysWithValues: plan.schema.columns.indices.map { ($0, $0) })
    }

    init(_ plan: Plan, _ positions: [Int: Int]) {
        self.plan = plan
        self.positions = positions
    }
}

/// The plan with exactly these of its columns, in this order.
private func exactly(_ columns: [Int], of plan: Plan) -> Plan {
    let schema = plan.schema
    let pruned = prune(plan, to: Set(columns))
    let isSame =
        pruned.plan.schema.columns.count == columns.count
        && columns.enumerated().allSatisfy { pruned.positions[$1] == $0 }
    if isSame { return pruned.plan }
    return .project(
        Project(
            input: pruned.plan,
            columns: columns.map { index in
                NamedExpression(
                    schema.columns[index].name,
                    .column(pruned.plan.schema.reference(pruned.positions[index] ?? index)))
            }))
}

/// The plan with at least the wanted columns.
private func prune(_ plan: Plan, to wanted: Set<Int>) -> Pruned {
    switch plan {
    case .scan(let node): prune(node, to: wanted)
    case .project(let node): prune(node, to: wanted)
    case .filter(let node):
        pass(node.input, wanted, [node.predicate]) { input, positions in
            .filter(Filter(input: input, predicate: node.predicate.moved(positions)))
        }
    case .sort(let node):
        pass(node.input, wanted, node.keys.map(\.expression)) { input, positions in
            .sort(Sort(input: input, keys: node.keys.map { $0.mapExpression { $0.moved(positions) } }))
        }
    case .top(let node):
        pass(node.input, wanted, node.keys.map(\.expression)) { input, positions in
            .top(Top(input: input, count: node.count, keys: node.keys.map { $0.mapExpression { $0.moved(positions) } }))
        }
    case .take(let node):
        pass(node.input, wanted, []) { input, _ in .take(Take(input: input, count: node.count)) }
    case .serialize(let node):
        pass(node.input, wanted, []) { input, _ in .serialize(Serialize(input: input)) }
    case .aggregate(let node): prune(node, to: wanted)
    case .join(let node): prune(node, to: wanted)
    case .union(let node): prune(node, to: wanted)
    case .mvExpand(let node): prune(node, to: wanted)
    default: Pruned(whole: plan.mapInputs(pruningColumns))
    }
}

/// An operator that passes its input's columns on.
private func pass(
    _ input: Plan, _ wanted: Set<Int>, _ expressions: [BoundExpression], _ rebuild: (Plan, [Int: Int]) -> Plan
) -> Pruned {
    let needed = expressions.reduce(into: wanted) { $0.formUnion($1.columnIndexes) }
    let pruned = prune(input, to: needed)
    return Pruned(rebuild(pruned.plan, pruned.positions), pruned.positions)
}

private func prune(_ node: Scan, to wanted: Set<Int>) -> Pruned {
    // A scan keeps one column at least, for the number of its rows.
    let fallback = node.columns.firstIndex { $0.name == "TimeGenerated" } ?? 0
    let kept = wanted.isEmpty && !node.columns.isEmpty ? [fallback] : wanted.sorted()
    var scan = node
    scan.columns = kept.map { node.columns[$0] }
    return Pruned(.scan(scan), positions(of: kept))
}

private func prune(_ node: Project, to wanted: Set<Int>) -> Pruned {
    let kept = wanted.sorted()
    let columns = kept.map { node.columns[$0] }
    let needed = columns.reduce(into: Set<Int>()) { $0.formUnion($1.expression.columnIndexes) }
    let input = prune(node.input, to: needed)
    let moved = columns.map { NamedExpression($0.name, $0.expression.moved(input.positions)) }
    return Pruned(.project(Project(input: input.plan, columns: moved)), positions(of: kept))
}

private func prune(_ node: Aggregate, to wanted: Set<Int>) -> Pruned {
    var kept = Array(node.keys.indices)
    var column = node.keys.count
    var aggregates: [BoundAggregate] = []
    for var aggregate in node.aggregates {
        let range = column..<(column + aggregate.outputs.count)
        column = range.upperBound
        // Of a chosen row only the wanted columns are taken; other aggregates go as a whole.
        let needed = range.filter { wanted.contains($0) }
        if needed.isEmpty { continue }
        aggregate.outputs = needed.map { aggregate.outputs[$0 - range.lowerBound] }
        aggregates.append(aggregate)
        kept += needed
    }
    let expressions =
        node.keys.map(\.expression)
        + aggregates.flatMap { $0.arguments + $0.outputs.compactMap(\.source) }
    let input = prune(node.input, to: expressions.reduce(into: Set<Int>()) { $0.formUnion($1.columnIndexes) })
    let plan = Plan.aggregate(Aggregate(input: input.plan, keys: node.keys, aggregates: aggregates))
        .mapExpressions { $0.moved(input.positions) }
    return Pruned(plan, positions(of: kept))
}

private func prune(_ node: Join, to wanted: Set<Int>) -> Pruned {
    let kept = wanted.sorted()
    var needed: [JoinOutput.Side: Set<Int>] = [.left: [], .right: []]
    for key in node.keys {
        needed[.left]?.formUnion(key.left.columnIndexes)
        needed[.right]?.formUnion(key.right.columnIndexes)
    }
    for index in kept { needed[node.outputs[index].side]?.insert(node.outputs[index].index) }
    let left = prune(node.left, to: needed[.left] ?? [])
    let right = prune(node.right, to: needed[.right] ?? [])
    let outputs = kept.map { index in
        let output = node.outputs[index]
        let positions = output.side == .left ? left.positions : right.positions
        return JoinOutput(
            side: output.side, index: positions[output.index] ?? output.index, name: output.name, type: output.type)
    }
    let keys = node.keys.map { JoinKey(left: $0.left.moved(left.positions), right: $0.right.moved(right.positions)) }
    return Pruned(
        .join(Join(left: left.plan, right: right.plan, kind: node.kind, keys: keys, outputs: outputs)),
        positions(of: kept))
}

private func prune(_ node: Union, to wanted: Set<Int>) -> Pruned {
    let kept = wanted.sorted()
    let positions = positions(of: kept)
    let inputs = node.inputs.map { input in
        guard let columns = input.columns else { return UnionInput(plan: exactly(kept, of: input.plan), columns: nil) }
        let needed = columns.filter { positions[$0.key] != nil }
        let pruned = prune(input.plan, to: needed.values.reduce(into: Set<Int>()) { $0.formUnion($1.columnIndexes) })
        let moved = needed.map { (positions[$0] ?? $0, $1.moved(pruned.positions)) }
        return UnionInput(plan: pruned.plan, columns: Dictionary(uniqueKeysWithValues: moved))
    }
    return Pruned(
        .union(Union(inputs: inputs, schema: TableSchema(kept.map { node.schema.columns[$0] }))), positions)
}

private func prune(_ node: MvExpand, to wanted: Set<Int>) -> Pruned {
    let made = Set(node.expansions.map(\.output) + (node.indexColumn.map { [$0] } ?? []))
    let kept = wanted.union(made).sorted()
    let passed = kept.filter { !made.contains($0) }
    let needed = node.expansions.reduce(into: Set(passed)) { $0.formUnion($1.source.columnIndexes) }
    let inputWidth = node.input.schema.columns.count
    // The operator's columns are its input's first: what is needed of these stays in front.
    let front = needed.union(made.filter { $0 < inputWidth }).sorted()
    let input = exactly(front, of: node.input)
    let inputPositions = positions(of: front)
    let tail = made.filter { $0 >= inputWidth }.sorted()
    let all = front + tail
    let outputs = positions(of: all)
    var changed = node
    changed = MvExpand(
        input: input,
        expansions: node.expansions.map {
            Expansion(source: $0.source.moved(inputPositions), output: outputs[$0.output] ?? $0.output, type: $0.type)
        },
        indexColumn: node.indexColumn.flatMap { outputs[$0] }, rowLimit: node.rowLimit,
        bagsAsArrays: node.bagsAsArrays, schema: TableSchema(all.map { node.schema.columns[$0] }))
    return Pruned(.mvExpand(changed), outputs)
}

private func positions(of kept: [Int]) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
}
