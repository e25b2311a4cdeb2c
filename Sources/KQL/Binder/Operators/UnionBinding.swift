import KQLSyntax
import KQLValues

/// One operand of a union, with the name that `withsource` shows.
struct UnionOperand {
    var relation: Relation
    var name: String
}

extension Binder {
    func bind(_ node: UnionOperator, _ input: Relation?, in scope: Scope) throws(Diagnostic) -> Relation {
        let parameters = Dictionary(
            node.parameters.map { ($0.name.text.lowercased(), $0.value.text ?? "") }, uniquingKeysWith: { $1 })
        let isFuzzy = parameters["isfuzzy"]?.lowercased() == "true"
        var operands: [UnionOperand] = []
        if let input { operands.append(UnionOperand(relation: input, name: input.name ?? "union_arg0")) }
        for table in node.tables {
            do {
                operands += try bindOperands(table, position: operands.count, in: scope)
            } catch  where isFuzzy && (error.code == .unknownTable || error.code == .unknownFunction) {
                warn(error.code, error.message + "; left out because of isfuzzy", at: error.span)
            }
        }
        guard !operands.isEmpty else {
            if isFuzzy { return Relation(plan: .values(Table(empty: TableSchema([]))), isOpen: true) }
            throw Diagnostic(.unknownTable, "union has no table", at: node.span)
        }
        let isInner = parameters["kind"] == "inner"
        return unite(operands, isInner: isInner, sourceColumn: parameters["withsource"] ?? parameters["with_source"])
    }

    /// The tables that one item of a union stands for; several when it is a pattern.
    func bindOperands(
        _ source: TabularSource, position: Int, in scope: Scope
    ) throws(Diagnostic) -> [UnionOperand] {
        guard case .name(let name) = source else {
            let relation = try bind(source, in: scope)
            return [UnionOperand(relation: relation, name: relation.name ?? "union_arg\(position)")]
        }
        guard name.isWildcard else {
            return [UnionOperand(relation: try bindTable(named: name, in: scope), name: name.text)]
        }
        let fits = { (candidate: String) in wildcard(name.text, matches: candidate) }
        let names = environment.tables.tableNames.filter(fits) + scope.tables(where: fits)
        if names.isEmpty {
            throw Diagnostic(.unknownTable, "no table fits '\(name.text)'", at: name.span)
        }
        return try names.map { found throws(Diagnostic) in
            try countOperator(at: name.span)
            return UnionOperand(relation: try bindTable(named: Name(found, at: name.span), in: scope), name: found)
        }
    }

    /// Gives all operands the same columns and unites them.
    ///
    /// A column that has several types becomes one column per type, with the type's name at its end.
    func unite(_ operands: [UnionOperand], isInner: Bool, sourceColumn: String?) -> Relation {
        var order: [String] = []
        var types: [String: [KQLType]] = [:]
        for operand in operands {
            for column in operand.relation.schema.columns {
                if types[column.name] == nil { order.append(column.name) }
                if types[column.name]?.contains(column.type) != true {
                    types[column.name, default: []].append(column.type)
                }
            }
        }
        var targets: [(name: String, source: ColumnSchema)] = []
        var namer = ColumnNamer(taken: order)
        for name in order {
            let all = types[name] ?? []
            for type in all {
                let source = ColumnSchema(name, type)
                if isInner, !operands.allSatisfy({ $0.relation.schema.columns.contains(source) }) { continue }
                targets.append((all.count == 1 ? name : namer.unique("\(name)_\(type.rawValue)"), source))
            }
        }
        let plans = operands.map { operand in
            aligned(operand, to: targets, sourceColumn: sourceColumn)
        }
        let schema = plans[0].schema
        let isOpen = operands.contains(where: \.relation.isOpen)
        return Relation(
            plan: plans.count == 1 ? plans[0] : .union(Union(inputs: plans, schema: schema)), isOpen: isOpen)
    }

    private func aligned(
        _ operand: UnionOperand, to targets: [(name: String, source: ColumnSchema)], sourceColumn: String?
    ) -> Plan {
        let schema = operand.relation.schema
        var columns: [NamedExpression] = []
        if let sourceColumn { columns.append(NamedExpression(sourceColumn, .constant(.string(operand.name)))) }
        for target in targets {
            if let index = schema.columns.firstIndex(of: target.source) {
                columns.append(NamedExpression(target.name, .column(schema.reference(index))))
            } else {
                columns.append(NamedExpression(target.name, .constant(.missing(target.source.type))))
            }
        }
        let isSame =
            columns.count == schema.columns.count
            && zip(columns, schema.columns).enumerated().allSatisfy { index, pair in
                guard pair.0.name == pair.1.name, case .column(let reference) = pair.0.expression else { return false }
                return reference.index == index
            }
        return isSame ? operand.relation.plan : .project(Project(input: operand.relation.plan, columns: columns))
    }
}
