import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: MvExpandOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var result = input
        result.plan = .mvExpand(
            try bindExpansion(node.items, node.parameters, limit: node.limit, input, in: scope))
        return result
    }

    private func bindExpansion(
        _ items: [ExpansionItem], _ parameters: [OperatorParameter], limit: KQLSyntax.Expression?, _ input: Relation,
        in scope: Scope
    ) throws(Diagnostic) -> MvExpand {
        let context = rows(of: input, in: scope)
        var columns = input.schema.columns
        var expansions: [Expansion] = []
        var namer = ColumnNamer(taken: columns.map(\.name))
        for item in items {
            let source = try bind(item.expression.value, in: context)
            let type = item.type.map { KQLType($0.type) } ?? .dynamic
            let name = item.expression.name?.text ?? impliedName(item.expression.value, in: context) ?? namer.next()
            if let index = columns.firstIndex(where: { $0.name == name }) {
                columns[index].type = type
                expansions.append(Expansion(source: converted(source, to: .dynamic), output: index, type: type))
            } else {
                expansions.append(
                    Expansion(source: converted(source, to: .dynamic), output: columns.count, type: type))
                columns.append(ColumnSchema(name, type))
            }
        }
        var indexColumn: Int?
        var bagsAsArrays = false
        for parameter in parameters {
            switch parameter.name.text {
            case "with_itemindex":
                indexColumn = columns.count
                var unique = ColumnNamer(taken: columns.map(\.name))
                columns.append(ColumnSchema(unique.unique(parameter.value.text ?? "itemindex"), .long))
            case "kind", "bagexpansion": bagsAsArrays = parameter.value.text == "array"
            default: break
            }
        }
        return MvExpand(
            input: input.plan, expansions: expansions, indexColumn: indexColumn,
            rowLimit: try limit.map { limit throws(Diagnostic) in try bindCount(limit, in: scope) },
            bagsAsArrays: bagsAsArrays, schema: TableSchema(columns))
    }

    func bind(_ node: MvApplyOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let expand = try bindExpansion(node.items, node.parameters, limit: node.limit, input, in: scope)
        let id = newID()
        let elements = Relation(
            plan: .placeholder(Placeholder(id: id, schema: expand.schema)), isOpen: input.isOpen)
        let body = try bind(node.subquery, over: elements, in: scope)
        let bodyNames = body.schema.columns.map(\.name)
        let expanded = Set(expand.expansions.map(\.output))
        let kept = input.schema.columns.indices.filter {
            !bodyNames.contains(input.schema.columns[$0].name) && !expanded.contains($0)
        }
        let taken = Array(body.schema.columns.indices)
        let columns = kept.map { input.schema.columns[$0] } + body.schema.columns
        let apply = Plan.mvApply(
            MvApply(
                expand: expand, body: body.plan, placeholder: id, kept: kept, taken: taken,
                schema: TableSchema(columns)))
        var result = input
        result.isOpen = input.isOpen || body.isOpen
        result.plan = apply.reordered(first: input.schema.columns.map(\.name))
        return result
    }

    func bind(_ node: PartitionOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        try partition(input, by: node.column, node.subquery, in: scope)
    }

    func bind(_ node: PartitionByOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        try partition(input, by: node.column, node.subquery, in: scope)
    }

    private func partition(
        _ input: Relation, by column: KQLSyntax.Expression, _ subquery: TabularExpression, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        let key = try bind(column, in: rows(of: input, in: scope))
        let id = newID()
        let part = Relation(plan: .placeholder(Placeholder(id: id, schema: input.schema)), isOpen: input.isOpen)
        let body = try bind(subquery, over: part, in: scope)
        return Relation(
            plan: .partition(
                Partition(input: input.plan, key: key, body: body.plan, placeholder: id, schema: body.schema)),
            isOpen: body.isOpen)
    }
}

extension Plan {
    /// The same columns, those named first in that order.
    fileprivate func reordered(first names: [String]) -> Plan {
        let columns = passed
        let front = names.compactMap { name in columns.first { $0.name == name } }
        let rest = columns.filter { !names.contains($0.name) }
        let ordered = front + rest
        if zip(ordered, columns).allSatisfy({ $0.name == $1.name }) { return self }
        return .project(Project(input: self, columns: ordered))
    }
}
