import KQLSyntax
import KQLValues

extension Binder {
    /// A saved function, parsed; nil when there is none of that name.
    func savedFunction(_ name: String, at span: Span) throws(Diagnostic) -> UserFunction? {
        if let known = parsedFunctions[name] { return known }
        guard let saved = environment.functions[name], saved.declaredSchema == nil else { return nil }
        let parameters = saved.parameters.map { parameter in
            let value = parameter.defaultValue.map { " = " + parameter.literalDefault($0) } ?? ""
            return "['\(parameter.name)']: \(parameter.type)\(value)"
        }
        let text = "let saved = (\(parameters.joined(separator: ", "))) {\n\(saved.body)\n};"
        let parsed = Parser.parse(text)
        guard case .let(let statement)? = parsed.query.statements.first,
            case .function(let declaration) = statement.value,
            parsed.diagnostics.allSatisfy({ $0.severity != .error })
        else {
            let reason = parsed.diagnostics.first { $0.severity == .error }.map { ": \($0.message)" } ?? ""
            throw Diagnostic(.function, "the saved function '\(name)' does not parse\(reason)", at: span)
        }
        let function = UserFunction(
            name: name, parameters: declaration.parameters, body: declaration.body, scope: Scope(), isView: false,
            source: Source(text))
        parsedFunctions[name] = function
        return function
    }

    /// The value of a scalar function's body with the arguments in place of its parameters.
    func expand(
        _ function: UserFunction, _ arguments: [Argument], at span: Span, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        try expanding(function, at: span) { () throws(Diagnostic) in
            let scope = try bindParameters(of: function, arguments, at: span, in: context)
            var inner = context
            inner.scope = try bind(
                function.body.statements, in: scope, row: context.row, until: function.body.span.upper)
            inner.seesColumns = false
            inner.aggregates = nil
            switch function.body.result {
            case .scalar(let expression): return try bind(expression, in: inner)
            case .undecided(let expression):
                guard isTabular(expression.unwrapped, in: inner) else { return try bind(expression, in: inner) }
                throw tabularResult(of: function, at: span)
            case .tabular: throw tabularResult(of: function, at: span)
            case nil: throw Diagnostic(.function, "'\(function.name)' has no result", at: span)
            }
        }
    }

    private func tabularResult(of function: UserFunction, at span: Span) -> Diagnostic {
        Diagnostic(
            .misplaced, "'\(function.name)' gives a table, which cannot stand here", at: span,
            hint: "use toscalar(…) or in (…)")
    }

    /// The table of a tabular function's body.
    func expandTable(
        _ function: UserFunction, _ arguments: [Argument], at span: Span, in scope: Scope, piped: Relation? = nil
    ) throws(Diagnostic) -> Relation {
        try expanding(function, at: span) { () throws(Diagnostic) in
            let parameters = try bindParameters(
                of: function, arguments, at: span, in: ExpressionContext(scope: scope), piped: piped)
            let inner = try bind(function.body.statements, in: parameters, until: function.body.span.upper)
            guard let result = function.body.result else {
                throw Diagnostic(.function, "'\(function.name)' has no result", at: span)
            }
            switch result {
            case .tabular(let pipeline):
                let relation = try bind(pipeline, in: inner)
                recorder?.finish(function, result: relation)
                return relation
            case .undecided(let expression):
                let relation = try bindTable(expression.unwrapped, in: inner)
                recorder?.finish(function, result: relation)
                return relation
            case .scalar:
                throw Diagnostic(.misplaced, "'\(function.name)' gives a scalar, not a table", at: span)
            }
        }
    }

    /// Guards against recursion, and points errors inside a function at its call.
    private func expanding<Result>(
        _ function: UserFunction, at span: Span, _ body: () throws(Diagnostic) -> Result
    ) throws(Diagnostic) -> Result {
        let isRecursive = function.source != nil && expansions.contains(function.name)
        guard !isRecursive, expansions.count < Binder.maximumExpansions else {
            throw Diagnostic(
                .recursion, "'\(function.name)' calls itself, directly or through others", at: span)
        }
        try countOperator(at: span)
        expansions.append(function.name)
        if function.source != nil { recorder?.pauses += 1 } else { recorder?.note(callOf: function) }
        defer {
            expansions.removeLast()
            if function.source != nil { recorder?.pauses -= 1 }
        }
        return try nested(at: span) { () throws(Diagnostic) in
            do throws(Diagnostic) {
                return try body()
            } catch {
                guard let source = function.source else { throw error }
                let line = max(1, source.location(at: error.span.lower).line - 1)
                throw Diagnostic(
                    error.code, "in function '\(function.name)', line \(line): \(error.message)",
                    at: span, hint: error.hint)
            }
        }
    }

    private func bindParameters(
        of function: UserFunction, _ arguments: [Argument], at span: Span, in context: ExpressionContext,
        piped: Relation? = nil
    ) throws(Diagnostic) -> Scope {
        let scope = Scope(parent: function.scope)
        defer {
            for parameter in function.parameters {
                guard let binding = scope.lookup(parameter.name.text) else { continue }
                recorder?.define(parameter.name, as: binding, visibleIn: function.body.span)
            }
        }
        var positional = arguments.filter { $0.name == nil }[...]
        let named = Dictionary(
            arguments.compactMap { argument in argument.name.map { ($0.text, argument) } },
            uniquingKeysWith: { $1 })
        for (index, parameter) in function.parameters.enumerated() {
            let name = parameter.name.text
            if index == 0, let piped {
                scope.define(name, as: .table(piped))
            } else if let argument = named[name] {
                try bindParameter(parameter, argument.value, in: context, into: scope)
            } else if let argument = positional.popFirst() {
                try bindParameter(parameter, argument.value, in: context, into: scope)
            } else if let value = parameter.defaultValue {
                let declared = ExpressionContext(scope: function.scope)
                try bindParameter(parameter, value, in: declared, into: scope)
            } else {
                throw Diagnostic(
                    .wrongArguments, "'\(function.name)' needs an argument for '\(name)'", at: span)
            }
        }
        if let extra = positional.first {
            throw Diagnostic(
                .wrongArguments, "'\(function.name)' takes \(function.parameters.count) arguments",
                at: extra.span)
        }
        if let stray = named.values.first(where: { argument in
            !function.parameters.contains { $0.name.text == argument.name?.text }
        }) {
            throw Diagnostic(
                .wrongArguments, "'\(function.name)' has no parameter '\(stray.name?.text ?? "")'",
                at: stray.span)
        }
        return scope
    }

    private func bindParameter(
        _ parameter: FunctionParameter, _ argument: Expression, in context: ExpressionContext, into scope: Scope
    ) throws(Diagnostic) {
        switch parameter.kind {
        case .tabular(let schema):
            let relation = try bindTableArgument(argument, in: context.scope)
            if !relation.isOpen {
                for column in schema.columns where relation.schema.index(of: column.name.text) == nil {
                    throw Diagnostic(
                        .schemaMismatch,
                        "the table for '\(parameter.name.text)' has no column '\(column.name.text)'",
                        at: argument.span)
                }
            }
            scope.define(parameter.name.text, as: .table(relation))
        case .scalar(let type):
            let bound = try bind(argument, in: context)
            let wanted = KQLType(type.type)
            guard
                bound.type == wanted || bound.type == .dynamic || bound.type.isNumeric && wanted.isNumeric
                    || bound.constantValue?.isNull == true || wanted == .dynamic || bound.constantValue != nil
            else {
                throw Diagnostic(
                    .wrongType,
                    "'\(parameter.name.text)' is a \(wanted.rawValue), but the argument is a \(bound.type.rawValue)",
                    at: argument.span)
            }
            let value = bound.type == wanted ? bound : folded(.convert(bound, to: wanted))
            scope.define(parameter.name.text, as: scalar(value, over: context.row))
        }
    }
}

extension SavedFunction.Parameter {
    /// The default as KQL text.
    fileprivate func literalDefault(_ text: String) -> String {
        guard type == "string", !text.hasPrefix("'"), !text.hasPrefix("\""), !text.hasPrefix("@") else { return text }
        return "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
}
