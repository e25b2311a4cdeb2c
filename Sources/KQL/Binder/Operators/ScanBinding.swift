import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: ScanOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var sorted = input
        if !node.order.isEmpty {
            let (extended, keys) = try bindSortKeys(node.order, input, in: scope)
            sorted = extended
            sorted.plan = .sort(Sort(input: extended.plan, keys: keys))
        }
        var declared: [NamedExpression] = []
        for declaration in node.declarations {
            guard case .scalar(let type) = declaration.kind else { continue }
            let wanted = KQLType(type.type)
            var value = BoundExpression.constant(.missing(wanted))
            if let fallback = declaration.defaultValue {
                value = converted(try bindConstant(fallback, in: scope), to: wanted)
            }
            declared.append(NamedExpression(declaration.name.text, value))
        }
        let state = sorted.schema.columns + declared.map(\.column)
        var all = state
        var qualifiers: [String: Range<Int>] = [:]
        for step in node.steps {
            qualifiers[step.name.text] = all.count..<(all.count + state.count)
            all += state
        }
        var context = ExpressionContext(scope: scope)
        context.row = RowContext(id: newID(), schema: TableSchema(all), isOpen: input.isOpen, qualifiers: qualifiers)
        let steps = try node.steps.map { step throws(Diagnostic) in
            ScanSteps.Step(
                name: step.name.text, isOptional: step.isOptional,
                output: step.output.map { ScanSteps.Output($0) } ?? .all,
                condition: try bindPredicate(step.condition, in: context),
                assignments: try bindAssignments(step.assignments, state, in: context))
        }
        var schema = state
        var matchColumn: Int?
        if let parameter = node.parameters.first(where: { $0.name.text == "with_match_id" }) {
            matchColumn = schema.count
            schema.append(ColumnSchema(parameter.value.text ?? "match_id", .long))
        }
        let plan = Plan.scanSteps(
            ScanSteps(
                input: sorted.plan, declared: declared, steps: steps, matchColumn: matchColumn,
                schema: TableSchema(schema)))
        guard let partition = node.partition.first else { return Relation(plan: plan, isOpen: input.isOpen) }
        return try partitioned(sorted, by: partition.value, plan: plan, in: scope)
    }

    private func bindAssignments(
        _ items: [KQLSyntax.NamedExpression], _ state: [ColumnSchema], in context: ExpressionContext
    ) throws(Diagnostic) -> [(column: Int, value: BoundExpression)] {
        var assignments: [(column: Int, value: BoundExpression)] = []
        for item in items {
            guard let name = item.name, let index = state.lastIndex(where: { $0.name == name.text }) else {
                throw Diagnostic(
                    .unknownName, "only columns and declared variables can be assigned in a step", at: item.span,
                    hint: "add it to declare (…)")
            }
            let value = try bind(item.value, in: context)
            assignments.append((index, converted(value, to: state[index].type)))
        }
        return assignments
    }

    private func partitioned(
        _ input: Relation, by key: KQLSyntax.Expression, plan: Plan, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        guard case .scanSteps(var steps) = plan else { return input }
        let id = newID()
        steps.input = .placeholder(Placeholder(id: id, schema: input.schema))
        let bound = try bind(key, in: rows(of: input, in: scope))
        return Relation(
            plan: .partition(
                Partition(
                    input: input.plan, key: bound, body: .scanSteps(steps), placeholder: id, schema: steps.schema)),
            isOpen: input.isOpen)
    }

    func bind(_ node: ReduceOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let source = converted(try bind(node.value.value, in: rows(of: input, in: scope)), to: .string)
        var threshold = 0.1
        var characters = ""
        for property in node.properties {
            let value: Value?
            switch property.value {
            case .expression(let expression): value = try bindConstant(expression, in: scope).constantValue
            case .literal(let literal): value = try self.value(of: literal.value, at: literal.span)
            default: value = nil
            }
            switch (property.name.text, value) {
            case ("threshold", .real(let number)?): threshold = number
            case ("characters", .string(let text)?): characters = text
            default: break
            }
        }
        let schema = TableSchema([
            ColumnSchema("Pattern", .string), ColumnSchema("Count", .long), ColumnSchema("Representative", .string),
        ])
        return Relation(
            plan: .reduce(
                Reduce(
                    input: input.plan, source: source, threshold: threshold, characters: characters, schema: schema)))
    }
}

extension ScanSteps.Output {
    fileprivate init(_ output: ScanOperator.Step.Output) {
        self =
            switch output {
            case .all: .all
            case .last: .last
            case .none: .none
            }
    }
}
