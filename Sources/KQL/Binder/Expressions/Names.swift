import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// Binds a name: a column first, then what let and parameters define.
    func bind(_ name: Name, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        if context.seesColumns, context.aggregates == nil, let column = context.row?.reference(name.text) {
            return column
        }
        if context.seesColumns, let collector = context.aggregates, let key = collector.keyReference(name.text) {
            return key
        }
        if let element = context.graph?.bag(name.text) { return element }
        if let binding = context.scope.lookup(name.text) {
            return try scalar(binding, named: name, in: context)
        }
        if let value = environment.parameters[name.text] { return .constant(value) }
        if context.seesColumns, let row = context.row, context.aggregates != nil, row.reference(name.text) != nil {
            throw Diagnostic(
                .misplaced, "column '\(name.text)' must be inside an aggregation or in the by list",
                at: name.span, hint: "for example take_any(\(name.text))")
        }
        if context.seesColumns, let row = context.row, row.isOpen {
            // The names of a custom log's columns tell their types, also before there is one.
            let type = row.hidden == .custom ? row.hidden.type(of: name.text) : nil
            return type.map { .constant(.missing($0)) } ?? .unknownColumn
        }
        if context.seesColumns, let row = context.row, let hidden = hiddenColumn(name, of: row.hidden) { return hidden }
        if options.isFunctionBody, environment.tables.schema(of: name.text) == nil {
            warn(.unknownName, "'\(name.text)' is taken for a parameter", at: name.span)
            return .constant(.null(.dynamic))
        }
        throw unknownName(name, in: context)
    }

    /// A column that the table has had no data for so far.
    func hiddenColumn(_ name: Name, of columns: HiddenColumns) -> BoundExpression? {
        guard let type = columns.type(of: name.text) else { return columns == .none ? nil : unknownInSaved(name) }
        warn(.unknownName, "no data has come for '\(name.text)' so far; it is empty", at: name.span)
        return .constant(.missing(type))
    }

    /// A column that a saved function expects of a stored table and that the table does not have.
    ///
    /// Parsers are written against newer and older editions of the tables than the one that is known here. One column
    /// more or less must not switch off all rules that use them, so it counts as empty.
    private func unknownInSaved(_ name: Name) -> BoundExpression? {
        if options.isFunctionBody, savedDepth == 0 {
            warn(.unknownName, "the table lacks the column '\(name.text)'; it is empty", at: name.span)
            return .unknownColumn
        }
        guard savedDepth > 0, let call = savedCall else { return nil }
        let warning = Diagnostic(
            .unknownName, "'\(call.name)' uses the column '\(name.text)', which its table lacks; it is empty",
            at: call.span, severity: .warning)
        if diagnostics.count < 200, !diagnostics.contains(warning) { report(warning) }
        return .unknownColumn
    }

    private func scalar(
        _ binding: Binding, named name: Name, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        switch binding {
        case .scalar(let expression, let row):
            guard row == nil || row == context.row?.id else {
                throw Diagnostic(
                    .notConstant, "'\(name.text)' depends on columns of another table", at: name.span,
                    hint: "only constants can be used inside a subquery")
            }
            return expression
        case .function(let function) where function.parameters.isEmpty:
            return try expand(function, [], at: name.span, in: context)
        case .table, .function, .graph, .pattern, .entityGroup, .entity:
            throw Diagnostic(
                .misplaced, "'\(name.text)' is a table or function and cannot stand here", at: name.span,
                hint: "use toscalar(\(name.text)) for its first value")
        }
    }

    private func unknownName(_ name: Name, in context: ExpressionContext) -> Diagnostic {
        let columns = context.seesColumns ? context.row?.schema.columns.map(\.name) ?? [] : []
        let suggestion = nearest(to: name.text, among: columns + context.scope.names)
        return Diagnostic(
            .unknownName, "'\(name.text)' is no column, variable or parameter here", at: name.span,
            hint: suggestion.map { "did you mean '\($0)'?" }
                ?? (columns.isEmpty ? nil : "columns: \(columns.prefix(12).joined(separator: ", "))"),
            replacement: suggestion)
    }

    func bind(_ node: MemberExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        if case .name(let base) = node.base, base.text == "$left" || base.text == "$right" {
            throw Diagnostic(.misplaced, "'\(base.text)' can only be used after join … on", at: base.span)
        }
        if context.seesColumns, case .name(let base) = node.base, let row = context.row,
            row.qualifiers[base.text] != nil
        {
            guard let column = row.reference(node.name.text, qualifier: base.text) else {
                throw Diagnostic(
                    .unknownName, "'\(base.text)' has no column '\(node.name.text)'", at: node.name.span)
            }
            return column
        }
        if case .name(let base) = node.base, case .entity(let entity)? = context.scope.lookup(base.text),
            let property = entity.property(node.name.text)
        {
            return property
        }
        let base = try bind(node.base, in: context)
        return try access(base, key: .constant(.string(node.name.text)), at: node.span)
    }

    func bind(_ node: ElementExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let base = try bind(node.base, in: context)
        return try access(base, key: try bind(node.index, in: context), at: node.span)
    }

    /// A property or element of a dynamic value.
    func access(_ base: BoundExpression, key: BoundExpression, at span: Span) throws(Diagnostic) -> BoundExpression {
        guard base.type != .dynamic else { return try call("[]", base, key, at: span) }
        guard base.type == .string else {
            throw Diagnostic(
                .wrongType, "a \(base.type.rawValue) has no properties; only a dynamic value has", at: span)
        }
        warn(.wrongType, "a string has no properties", at: span, hint: "use parse_json() around it")
        return try call("[]", try call("parse_json", base, at: span), key, at: span)
    }
}
