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
                let position = operands.count
                guard isFuzzy else {
                    operands += try bindOperands(table, position: position, in: scope)
                    continue
                }
                try attempt { () throws(Diagnostic) in
                    operands += try bindOperands(table, position: position, in: scope)
                }
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
            let relation = try bindTable(named: name, in: scope)
            return [UnionOperand(relation: relation, name: relation.name ?? "union_arg\(position)")]
        }
        let fits = { (candidate: String) in wildcard(name.text, matches: candidate) }
        let operands = try bindTables(where: fits, at: name.span, in: scope)
        if operands.isEmpty { throw Diagnostic(.unknownTable, "no table fits '\(name.text)'", at: name.span) }
        return operands
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
        let mixed = types.filter { $0.value.count > 1 && $0.value.contains(.dynamic) }
        let operands = mixed.isEmpty ? operands : operands.map { adapted($0, to: mixed) }
        if !mixed.isEmpty {
            let dynamic = operands.reduce(into: Set<String>()) { names, operand in
                for column in operand.relation.schema.columns where column.type == .dynamic {
                    names.insert(column.name)
                }
            }
            for (name, all) in mixed where !dynamic.contains(name) { types[name] = all.filter { $0 != .dynamic } }
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
        let offset = sourceColumn == nil ? 0 : 1
        let positions = Dictionary(
            targets.enumerated().map { ($1.source, $0 + offset) }, uniquingKeysWith: { first, _ in first })
        let schema = TableSchema(
            (sourceColumn.map { [ColumnSchema($0, .string)] } ?? [])
                + targets.map { ColumnSchema($0.name, $0.source.type) })
        let inputs = operands.map { operand in
            let source = sourceColumn.map { _ in BoundExpression.constant(.string(operand.name)) }
            return input(operand.relation.plan, of: schema, at: positions, source: source)
        }
        return Relation(
            plan: inputs.count == 1 ? inputs[0].aligned(to: schema) : .union(Union(inputs: inputs, schema: schema)),
            isOpen: operands.contains(where: \.relation.isOpen),
            hidden: operands.map(\.relation.hidden).max() ?? .none)
    }

    /// Columns whose types are not known take the type that they have elsewhere in the union.
    private func adapted(_ operand: UnionOperand, to types: [String: [KQLType]]) -> UnionOperand {
        let schema = operand.relation.schema
        var targets: [Int: KQLType] = [:]
        for (index, column) in schema.columns.enumerated() where column.type == .dynamic {
            guard let type = types[column.name]?.first(where: { $0 != .dynamic }),
                operand.relation.plan.hasUnknownType(at: index)
            else { continue }
            targets[index] = type
        }
        guard !targets.isEmpty else { return operand }
        var result = operand
        let columns = operand.relation.plan.passed.enumerated().map { index, column in
            targets[index].map { NamedExpression(column.name, .convert(column.expression, to: $0)) } ?? column
        }
        result.relation.plan = .project(Project(input: operand.relation.plan, columns: columns))
        return result
    }

    /// What a table lacks of the union's columns is null; `source` is the value of the first column, if that tells it.
    private func input(
        _ plan: Plan, of schema: TableSchema, at positions: [ColumnSchema: Int], source: BoundExpression?
    ) -> UnionInput {
        let own = plan.schema
        if own == schema, source == nil { return UnionInput(plan: plan, columns: nil) }
        var columns: [Int: BoundExpression] = [:]
        if let source { columns[0] = source }
        for (index, column) in own.columns.enumerated() {
            if let position = positions[column] { columns[position] = .column(own.reference(index)) }
        }
        return UnionInput(plan: plan, columns: columns)
    }
}
