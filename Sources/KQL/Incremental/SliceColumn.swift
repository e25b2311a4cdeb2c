import KQLFunctions
import KQLValues

extension Plan {
    /// The same rows with one more column at the end: `TimeGenerated` of the stored row that a row comes of.
    ///
    /// Nil when some operator does not let a further column through.
    func carryingTime() -> Plan? {
        guard let (plan, index) = passingTime() else { return nil }
        let columns = schema.columns.indices.map { position in
            NamedExpression(schema.columns[position].name, .column(plan.schema.reference(position)))
        }
        let time = NamedExpression("", .column(plan.schema.reference(index)))
        return .project(Project(input: plan, columns: columns + [time]))
    }

    /// The same rows whose first columns are this plan's, and where among the columns the time stands.
    private func passingTime() -> (Plan, Int)? {
        switch self {
        case .scan(let scan):
            return scan.schema.index(of: "TimeGenerated").map { (self, $0) }
        case .filter(let node):
            return node.input.passingTime().map { (.filter(Filter(input: $0, predicate: node.predicate)), $1) }
        case .sort(let node): return node.input.passingTime()
        case .serialize(let node): return node.input.passingTime()
        case .project(let node):
            return node.input.passingTime().map { input, index in
                let time = NamedExpression("", .column(input.schema.reference(index)))
                return (.project(Project(input: input, columns: node.columns + [time])), node.columns.count)
            }
        case .union(let node): return node.passingTime()
        case .mvExpand(let node):
            return node.input.withTimeLast().map { $0.movedToEnd(.mvExpand(node.passingTime(over: $0))) }
        case .parse(let node):
            return node.input.withTimeLast().map { $0.movedToEnd(.parse(node.passingTime(over: $0))) }
        case .parseKeyValue(let node):
            return node.input.withTimeLast().map { $0.movedToEnd(.parseKeyValue(node.passingTime(over: $0))) }
        default: return nil
        }
    }

    /// The same rows with the time right after this plan's columns, for an operator that adds columns at the end.
    private func withTimeLast() -> WithTimeLast? {
        carryingTime().map { WithTimeLast(plan: $0, index: schema.columns.count) }
    }
}

/// Rows whose last column is the time.
private struct WithTimeLast {
    let plan: Plan
    /// Of the time; columns that were at it or after it in what is made of the rows move on by one.
    let index: Int

    func moved(_ column: Int) -> Int { column < index ? column : column + 1 }

    func schema(_ schema: TableSchema) -> TableSchema {
        var columns = schema.columns
        columns.insert(ColumnSchema("", .datetime), at: index)
        return TableSchema(columns)
    }

    /// What was made of the rows with the time behind all other columns, and where that is.
    func movedToEnd(_ made: Plan) -> (Plan, Int) {
        let schema = made.schema
        let order = schema.columns.indices.filter { $0 != index } + [index]
        let columns = order.map { NamedExpression(schema.columns[$0].name, .column(schema.reference($0))) }
        return (.project(Project(input: made, columns: columns)), columns.count - 1)
    }
}

extension MvExpand {
    fileprivate func passingTime(over input: WithTimeLast) -> MvExpand {
        MvExpand(
            input: input.plan,
            expansions: expansions.map {
                Expansion(source: $0.source, output: input.moved($0.output), type: $0.type)
            },
            indexColumn: indexColumn.map { input.moved($0) }, rowLimit: rowLimit, bagsAsArrays: bagsAsArrays,
            schema: input.schema(schema))
    }
}

extension Parse {
    fileprivate func passingTime(over input: WithTimeLast) -> Parse {
        let pattern = pattern.map { segment in
            if case .column(let output, let type) = segment {
                Segment.column(output: input.moved(output), type: type)
            } else {
                segment
            }
        }
        return Parse(
            input: input.plan, source: source, mode: mode, regexFlags: regexFlags, pattern: pattern,
            dropsMisses: dropsMisses, schema: input.schema(schema))
    }
}

extension ParseKeyValue {
    fileprivate func passingTime(over input: WithTimeLast) -> ParseKeyValue {
        ParseKeyValue(
            input: input.plan, source: source,
            keys: keys.map { Key(name: $0.name, output: input.moved($0.output), type: $0.type) },
            pairDelimiter: pairDelimiter, valueDelimiter: valueDelimiter, quotes: quotes, escape: escape,
            isGreedy: isGreedy, regex: regex, schema: input.schema(schema))
    }
}

extension Union {
    fileprivate func passingTime() -> (Plan, Int)? {
        var carried: [Plan] = []
        for input in alignedInputs {
            guard let plan = input.carryingTime() else { return nil }
            carried.append(plan)
        }
        let time = ColumnSchema("", .datetime)
        let schema = TableSchema(schema.columns + [time])
        return (.union(Union(same: carried, schema: schema)), schema.columns.count - 1)
    }
}
