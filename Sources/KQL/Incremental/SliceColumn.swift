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
        default: return nil
        }
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
