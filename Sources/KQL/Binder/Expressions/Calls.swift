import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// Binds a call of a user function, an aggregation where allowed, or a catalogue function.
    func bind(_ node: CallExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let name = node.name.text
        if case .function(let function)? = context.scope.lookup(name) {
            return try expand(function, node.arguments, at: node.span, in: context)
        }
        if let elements = context.graph, let bound = try bindGraphCall(node, elements, in: context) { return bound }
        if let collector = context.aggregates, let aggregate = environment.catalogue.aggregate(name) {
            return try collector.add(aggregate, node, by: self, in: context)
        }
        switch name {
        case "column_ifexists", "columnifexists": return try bindColumnIfExists(node, in: context)
        case "pack_all", "bag_pack_all": return try bindPackAll(node, in: context)
        case "materialize", "toscalar": return try bindWrapped(node, in: context)
        case "ingestion_time": return context.ingestionTime
        default: break
        }
        if let bound = try bindQueryFunction(node, in: context) { return bound }
        if let function = environment.catalogue.scalar(name) {
            return try bind(node, function, in: context)
        }
        if let function = try savedFunction(name, at: node.name.span) {
            return try expand(function, node.arguments, at: node.span, in: context)
        }
        throw unknownFunction(node.name, in: context)
    }

    private func bind(
        _ node: CallExpression, _ function: ScalarFunction, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        var arguments: [BoundExpression] = []
        for argument in node.arguments {
            if case .star = argument.value, let row = context.row {
                arguments += row.schema.columns.indices.map { .column(row.schema.reference($0)) }
            } else {
                arguments.append(try bind(argument.value, in: context))
            }
        }
        if function.name == "bag_pack_columns" {
            return try packColumns(node, arguments, at: node.span)
        }
        return try call(function, arguments, at: node.span)
    }

    /// `column_ifexists("name", default)`: resolved now, since the columns are known.
    private func bindColumnIfExists(
        _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard node.arguments.count == 2 else {
            throw Diagnostic(
                .wrongArguments, "column_ifexists takes a column name and a default", at: node.span)
        }
        let name = try columnName(of: node, in: context)
        if let column = context.row?.reference(name) { return column }
        return try bind(node.arguments[1].value, in: context)
    }

    /// The constant name that the first argument of `column_ifexists` gives.
    func columnName(of node: CallExpression, in context: ExpressionContext) throws(Diagnostic) -> String {
        guard let first = node.arguments.first else { return "" }
        var outside = context
        outside.row = nil
        let bound = try? bind(first.value, in: outside)  // A column name without quotes is told below.
        guard case .constant(.string(let name))? = bound else {
            if case .name(let name) = first.value { return name.text }
            throw Diagnostic(.notConstant, "the column's name must be a constant string", at: first.span)
        }
        return name
    }

    private func bindPackAll(
        _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard let row = context.row else { return .constant(.dynamic(.object(JSONObject()))) }
        var ignoresNulls = BoundExpression.constant(.bool(false))
        if let argument = node.arguments.first { ignoresNulls = try bind(argument.value, in: context) }
        var arguments: [BoundExpression] = []
        for (index, column) in row.schema.columns.enumerated() {
            arguments += [.constant(.string(column.name)), .column(row.schema.reference(index))]
        }
        let packed = try call(try builtin("bag_pack", at: node.span), arguments, at: node.span)
        guard case .constant(.bool(true)) = ignoresNulls, environment.catalogue.scalar("$bag_without_empty") != nil
        else { return packed }
        return try call("$bag_without_empty", packed, at: node.span)
    }

    private func packColumns(
        _ node: CallExpression, _ columns: [BoundExpression], at span: Span
    ) throws(Diagnostic) -> BoundExpression {
        var arguments: [BoundExpression] = []
        for (argument, column) in zip(node.arguments, columns) {
            guard case .name(let name) = argument.value else {
                throw Diagnostic(.wrongArguments, "bag_pack_columns takes columns", at: argument.span)
            }
            arguments += [.constant(.string(name.text)), column]
        }
        return try call(try builtin("bag_pack", at: span), arguments, at: span)
    }

    /// `materialize(scalar)`: just the scalar.
    private func bindWrapped(
        _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard let argument = node.arguments.first, node.arguments.count == 1 else {
            throw Diagnostic(.wrongArguments, "'\(node.name.text)' takes one argument", at: node.span)
        }
        guard isTabular(argument.value.unwrapped, in: context) else { return try bind(argument.value, in: context) }
        let relation = try bindTable(argument.value.unwrapped, in: context.scope)
        return .subquery(
            ScalarSubquery(
                id: newID(), plan: relation.plan, form: .firstValue,
                type: relation.schema.columns.first?.type ?? .dynamic))
    }

    private func unknownFunction(_ name: Name, in context: ExpressionContext) -> Diagnostic {
        if environment.catalogue.aggregate(name.text) != nil {
            return Diagnostic(
                .misplaced, "the aggregation '\(name.text)' cannot stand here", at: name.span,
                hint: "aggregations belong into summarize")
        }
        let known = environment.catalogue.scalars.map(\.name) + Array(environment.functions.keys)
        let suggestion = nearest(to: name.text, among: known + context.scope.names)
        return Diagnostic(
            .unknownFunction, "'\(name.text)' is no known function", at: name.span,
            hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
    }

    /// Why no signature accepts the arguments.
    func mismatch(
        _ name: String, _ signatures: [Signature], _ arguments: [BoundExpression], at span: Span
    ) -> Diagnostic {
        let given = arguments.map(\.type.rawValue).joined(separator: ", ")
        let wanted = signatures.prefix(3).map { signature in
            "(" + signature.parameters.map { $0.name }.joined(separator: ", ") + ")"
        }
        let hasCount = signatures.contains { $0.parameters.count == arguments.count }
        return Diagnostic(
            hasCount ? .wrongType : .wrongArguments, "'\(name)' cannot be applied to (\(given))", at: span,
            hint: "it takes \(wanted.joined(separator: " or "))")
    }
}

extension ExpressionContext {
    /// When a row was stored: the store keeps it in a column, or it is not known.
    var ingestionTime: BoundExpression {
        for name in ["_IngestionTime", "_TimeReceived", "TimeGenerated"] {
            if let column = row?.reference(name), column.type == .datetime { return column }
        }
        return .constant(.null(.datetime))
    }
}
