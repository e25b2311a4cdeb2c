import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: WhereOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var result = input
        let predicate = try bindPredicate(node.predicate, in: rows(of: input, in: scope))
        result.plan = .filter(Filter(input: input.plan, predicate: predicate))
        return result
    }

    /// A constant number of rows.
    func bindCount(_ expression: Expression, in scope: Scope) throws(Diagnostic) -> BoundExpression {
        let bound = try bindConstant(expression, in: scope)
        guard bound.type.isNumeric || bound.type == .dynamic || bound.type == .string else {
            throw Diagnostic(.wrongType, "this must be a number", at: expression.span)
        }
        return converted(bound, to: .long)
    }

    func bind(_ node: TakeOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var result = input
        result.plan = .take(Take(input: input.plan, count: try bindCount(node.count, in: scope)))
        return result
    }

    func bind(_ node: SampleOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var result = input
        result.plan = .sample(Sample(input: input.plan, count: try bindCount(node.count, in: scope)))
        return result
    }

    func bind(_ node: SampleDistinctOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let context = rows(of: input, in: scope)
        let value = try bind(node.column, in: context)
        let name = impliedName(node.column, in: context) ?? "Column1"
        let chosen = Plan.distinct(
            Distinct(input: .project(Project(input: input.plan, columns: [NamedExpression(name, value)]))))
        return Relation(plan: .take(Take(input: chosen, count: try bindCount(node.count, in: scope))))
    }

    func bind(_ node: SortOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let (extended, keys) = try bindSortKeys(node.keys, input, in: scope)
        var result = extended
        result.plan = .sort(Sort(input: extended.plan, keys: keys))
        return result
    }

    func bind(_ node: TopOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let (extended, keys) = try bindSortKeys(node.keys, input, in: scope)
        var result = extended
        result.plan = .top(
            Top(input: extended.plan, count: try bindCount(node.count, in: scope), keys: keys))
        return result
    }

    /// Sort keys; a named one (`top 3 by x = a + b`) becomes a column.
    func bindSortKeys(
        _ items: [OrderedExpression], _ input: Relation, in scope: Scope
    ) throws(Diagnostic) -> (Relation, [SortKey]) {
        var relation = input
        for item in items {
            guard let name = item.expression.name else { continue }
            let value = try bind(item.expression.value, in: rows(of: relation, in: scope))
            relation.plan = .project(Project(input: relation.plan, columns: relation.plan.extended(name.text, value)))
        }
        let context = rows(of: relation, in: scope)
        var keys: [SortKey] = []
        for item in items {
            let value: BoundExpression
            if let name = item.expression.name, let column = context.row?.reference(name.text) {
                value = column
            } else {
                value = try bind(item.expression.value, in: context)
            }
            let isDescending = item.direction != .ascending
            let nullsFirst = item.nulls.map { $0 == .first } ?? !isDescending
            keys.append(SortKey(expression: value, isDescending: isDescending, nullsFirst: nullsFirst))
        }
        return (relation, keys)
    }

    func bind(_ node: SerializeOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        var result = input
        result.plan = .serialize(Serialize(input: input.plan))
        return node.expressions.isEmpty ? result : try extend(result, with: node.expressions, in: scope)
    }

    func bind(_ node: CountOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        guard let count = environment.catalogue.aggregate("count") else {
            throw Diagnostic(.unknownFunction, "'count' is not known", at: node.span)
        }
        let name = node.alias?.text ?? "Count"
        let aggregate = BoundAggregate(
            function: count, arguments: [], resultType: .long, outputs: [AggregateOutput(name: name, type: .long)])
        return Relation(plan: .aggregate(Aggregate(input: input.plan, keys: [], aggregates: [aggregate])))
    }

    func bind(_ node: DistinctOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let context = rows(of: input, in: scope)
        var result = input
        let isAll = node.expressions.contains { if case .star = $0.value { true } else { false } }
        if !isAll {
            let columns = try bindColumns(node.expressions, in: context)
            result = Relation(plan: .project(Project(input: input.plan, columns: columns)), isOpen: false)
        }
        result.plan = .distinct(Distinct(input: result.plan))
        return result
    }

    func bindSchema(of input: Relation) -> Relation {
        let schema = TableSchema([
            ColumnSchema("ColumnName", .string), ColumnSchema("ColumnOrdinal", .long),
            ColumnSchema("DataType", .string), ColumnSchema("ColumnType", .string),
        ])
        let rows = input.schema.columns.enumerated().map { index, column -> [Value] in
            [
                .string(column.name), .long(Int64(index)), .string(column.type.runtimeName),
                .string(column.type.rawValue),
            ]
        }
        return Relation(plan: .values(Table(schema: schema, rows: rows)))
    }

    func bind(_ node: AssertSchemaOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        guard !input.isOpen else { return input }
        let wanted = try schema(of: node.schema)
        for column in wanted.columns where !input.schema.columns.contains(column) {
            throw Diagnostic(
                .schemaMismatch, "assert-schema: there is no column '\(column.name)' of type \(column.type.rawValue)",
                at: node.span)
        }
        if !node.schema.isOpen, wanted.columns.count != input.schema.columns.count {
            throw Diagnostic(.schemaMismatch, "assert-schema: there are more columns", at: node.span)
        }
        return input
    }

    func bind(_ node: RenderOperator, _ input: Relation) -> Relation {
        var result = input
        let properties = node.properties.map { property -> (String, String) in
            switch property.value {
            case .names(let names): (property.name.text, names.map(\.text).joined(separator: ", "))
            default: (property.name.text, property.value.text ?? "")
            }
        }
        result.visualization = Visualization(
            kind: node.visualization?.text ?? "table",
            properties: Dictionary(properties, uniquingKeysWith: { $1 }))
        return result
    }

    func bind(_ node: InvokeOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let name = node.call.name.text
        if case .function(let function)? = scope.lookup(name) {
            return try expandTable(function, node.call.arguments, at: node.span, in: scope, piped: input)
        }
        if let function = try savedFunction(name, at: node.span) {
            return try expandTable(function, node.call.arguments, at: node.span, in: scope, piped: input)
        }
        warn(.unknownFunction, "the function '\(name)' is not known; its columns are empty", at: node.call.name.span)
        var result = input
        result.isOpen = true
        return result
    }
}

extension Plan {
    /// The columns of this plan with one replaced in place or added.
    func extended(_ name: String, _ value: BoundExpression) -> [NamedExpression] {
        var columns = passed
        if let index = columns.firstIndex(where: { $0.name == name }) {
            columns[index] = NamedExpression(name, value)
        } else {
            columns.append(NamedExpression(name, value))
        }
        return columns
    }

    /// All columns, unchanged.
    var passed: [NamedExpression] {
        let schema = schema
        return schema.columns.indices.map { NamedExpression(schema.columns[$0].name, .column(schema.reference($0))) }
    }
}

extension KQLType {
    /// What `getschema` calls the type.
    fileprivate var runtimeName: String {
        switch self {
        case .bool: "System.SByte"
        case .int: "System.Int32"
        case .long: "System.Int64"
        case .real: "System.Double"
        case .decimal: "System.Data.SqlTypes.SqlDecimal"
        case .datetime: "System.DateTime"
        case .timespan: "System.TimeSpan"
        case .guid: "System.Guid"
        case .string: "System.String"
        case .dynamic: "System.Object"
        }
    }
}
