import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: DatatableSource, in scope: Scope) throws(Diagnostic) -> Relation {
        let schema = try schema(of: node.schema)
        let width = max(1, schema.columns.count)
        guard node.values.count % width == 0 else {
            throw Diagnostic(
                .wrongArguments,
                "datatable has \(node.values.count) values, which do not fill rows of \(schema.columns.count) columns",
                at: node.span)
        }
        var table = Table(empty: schema)
        for (position, expression) in node.values.enumerated() {
            let type = schema.columns[position % width].type
            table.columns[position % width].append(try constantValue(expression, as: type, in: scope))
        }
        table.rowCount = node.values.count / width
        return Relation(plan: .values(table))
    }

    /// The value of a constant expression, converted to a type.
    private func constantValue(
        _ expression: Expression, as type: KQLType, in scope: Scope
    ) throws(Diagnostic) -> Value {
        let bound = try bindConstant(expression, in: scope)
        let value: Value
        if let known = bound.constantValue {
            value = known
        } else if let probe {
            do {
                value = try probe.run(.project(Project(input: .oneRow, columns: [NamedExpression("value", bound)])))
                    .columns[0][0]
            } catch {
                throw Diagnostic(.notConstant, error.message, at: expression.span)
            }
        } else {
            value = .missing(type)
        }
        if value.type == type { return value }
        return Column(type: value.type, [value]).converted(to: type)[0]
    }

    /// A declared schema; names must differ.
    func schema(of declaration: SchemaDeclaration) throws(Diagnostic) -> TableSchema {
        var names: Set<String> = []
        for column in declaration.columns where !names.insert(column.name.text).inserted {
            throw Diagnostic(
                .duplicate, "the column '\(column.name.text)' is declared twice", at: column.name.span)
        }
        return TableSchema(declaration.columns.map { ColumnSchema($0.name.text, KQLType($0.type.type)) })
    }

    func bind(_ node: ExternalDataSource, in scope: Scope) throws(Diagnostic) -> Relation {
        var locations: [String] = []
        for location in node.locations {
            guard case .constant(.string(let text)) = try bindConstant(location, in: scope) else {
                throw Diagnostic(.notConstant, "a location of 'externaldata' is a constant string", at: location.span)
            }
            locations.append(text)
        }
        var format: ExternalFormat?
        var ignoresFirstRecord = false
        var paths: [String: String] = [:]
        for property in node.properties {
            let text = property.value.text ?? ""
            switch property.name.text.lowercased() {
            case "format":
                format = ExternalFormat(rawValue: text.lowercased())
                guard format != nil else { throw unknownFormat(text, property) }
            case "ignorefirstrecord": ignoresFirstRecord = text.lowercased() == "true"
            case "ingestionmapping": paths = try mappedPaths(text, property)
            default: continue
            }
        }
        let plan = ExternalData(
            locations: locations, schema: try schema(of: node.schema), format: format,
            ignoresFirstRecord: ignoresFirstRecord, paths: paths)
        return Relation(plan: .external(plan))
    }

    private func unknownFormat(_ text: String, _ property: OperatorParameter) -> Diagnostic {
        let known = ExternalFormat.allCases.map(\.rawValue).joined(separator: ", ")
        return Diagnostic(
            .wrongArguments, "'externaldata' does not read the format '\(text)'", at: property.span,
            hint: "formats: \(known)")
    }

    /// `[{"Column": "a", "Properties": {"Path": "$.x"}}]`, Kusto's mapping of JSON records.
    private func mappedPaths(_ text: String, _ property: OperatorParameter) throws(Diagnostic) -> [String: String] {
        var paths: [String: String] = [:]
        do {
            for entry in try JSON(parsing: text).arrayValue ?? [] {
                let path = entry["Properties"]?["Path"] ?? entry["Properties"]?["path"] ?? entry["path"]
                if let column = (entry["Column"] ?? entry["column"])?.stringValue { paths[column] = path?.stringValue }
            }
        } catch {
            throw Diagnostic(.wrongArguments, "the ingestion mapping is \(error)", at: property.span)
        }
        return paths
    }

    func bind(_ node: PrintSource, in scope: Scope) throws(Diagnostic) -> Relation {
        let context = ExpressionContext(scope: scope)
        var columns: [NamedExpression] = []
        var namer = ColumnNamer(taken: node.expressions.flatMap { $0.names.map(\.text) })
        for (position, item) in node.expressions.enumerated() {
            if let relation = try printedTable(item.value, in: context) {
                columns.append(NamedExpression(item.name?.text ?? namer.unique("print_\(position)"), relation))
                continue
            }
            let bound = try bind(item.value, in: context)
            if let several = try results(of: item, bound, keepsRest: false, in: context) {
                columns += several
            } else if item.isTuple {
                columns += try tuple(item, bound)
            } else {
                columns.append(NamedExpression(item.name?.text ?? namer.unique("print_\(position)"), bound))
            }
        }
        return Relation(plan: .project(Project(input: .oneRow, columns: columns)))
    }

    private func printedTable(
        _ expression: Expression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression? {
        guard case .name = expression.unwrapped, isTabular(expression.unwrapped, in: context) else { return nil }
        let relation = try bindTable(expression.unwrapped, in: context.scope)
        guard let first = relation.schema.columns.first else { return nil }
        return .subquery(ScalarSubquery(id: newID(), plan: relation.plan, form: .firstValue, type: first.type))
    }

    func bind(_ node: RangeSource, in scope: Scope) throws(Diagnostic) -> Relation {
        var from = try bindConstant(node.from, in: scope)
        var to = try bindConstant(node.to, in: scope)
        var step = try bindConstant(node.step, in: scope)
        let types = [from.type, to.type, step.type]
        let type: KQLType
        switch from.type {
        case .datetime, .timespan: type = from.type
        default: type = types.contains(.real) ? .real : types.contains(.long) ? .long : from.type == .int ? .int : .long
        }
        from = converted(from, to: type)
        to = converted(to, to: type)
        step = converted(step, to: type == .datetime ? .timespan : type)
        return Relation(
            plan: .range(RangeRows(name: node.column.text, type: type, from: from, to: to, step: step)))
    }

    /// The expression in another type.
    func converted(_ expression: BoundExpression, to type: KQLType) -> BoundExpression {
        expression.type == type ? expression : folded(.convert(expression, to: type))
    }
}

extension Plan {
    /// One row without columns.
    static let oneRow = Plan.values(Table(schema: TableSchema([]), columns: [], rowCount: 1))
}
