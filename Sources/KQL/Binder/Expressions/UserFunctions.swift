import KQLSyntax
import KQLValues

extension Binder {
    /// A saved function, parsed; nil when there is none of that name.
    func savedFunction(_ name: String, at span: Span) throws(Diagnostic) -> UserFunction? {
        if let known = parsedFunctions[name] { return known }
        guard let saved = environment.functions[name], saved.declaredSchema == nil else { return nil }
        let function = try parse(saved, at: span)
        parsedFunctions[name] = function
        return function
    }

    /// The function of a stored text.
    func parse(_ saved: SavedFunction, at span: Span) throws(Diagnostic) -> UserFunction {
        let text = SavedFunctionText(saved)
        let (parsed, errors) = text.parsed()
        guard let declaration = parsed else {
            let reason = errors.first.map { ": \($0.message)" } ?? ""
            throw Diagnostic(.function, "the saved function '\(saved.name)' does not parse\(reason)", at: span)
        }
        return UserFunction(
            name: saved.name, parameters: declaration.parameters, body: declaration.body, scope: Scope(), isView: false,
            source: Source(text.text))
    }

    /// The value of a scalar function's body with the arguments in place of its parameters.
    func expand(
        _ function: UserFunction, _ arguments: [Argument], at span: Span, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        let scope = try bindParameters(of: function, arguments, at: span, in: context)
        return try expanding(function, at: span) { () throws(Diagnostic) in
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
        let parameters = try bindParameters(
            of: function, arguments, at: span, in: ExpressionContext(scope: scope), piped: piped)
        return try expanding(function, at: span) { () throws(Diagnostic) in
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
        let isSaved = function.source != nil
        if isSaved {
            if savedDepth == 0 { savedCall = (function.name, span) }
            savedDepth += 1
        } else {
            recorder?.note(callOf: function)
        }
        recorder?.pauses += isSaved ? 1 : 0
        defer {
            expansions.removeLast()
            savedDepth -= isSaved ? 1 : 0
            recorder?.pauses -= isSaved ? 1 : 0
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
            for parameter in function.parameters where function.source == nil {
                guard let binding = scope.lookup(parameter.name.text) else { continue }
                recorder?.define(parameter.name, as: binding, visibleIn: function.body.span)
            }
        }
        let (named, byPosition) = try assigned(arguments, to: function)
        var positional = byPosition[...]
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
                do throws(Diagnostic) {
                    try bindParameter(parameter, value, in: declared, into: scope)
                } catch {
                    guard function.source != nil else { throw error }
                    throw Diagnostic(
                        error.code, "in function '\(function.name)', default of '\(name)': \(error.message)", at: span)
                }
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
        return scope
    }

    /// The arguments by name and those by position.
    ///
    /// Shipped parsers call each other with misspelt names and wrong types here and there. Inside a saved function an
    /// argument with a name that no parameter has counts by its position.
    private func assigned(
        _ arguments: [Argument], to function: UserFunction
    ) throws(Diagnostic) -> (named: [String: Argument], positional: [Argument]) {
        let names = Set(function.parameters.map(\.name.text))
        var named: [String: Argument] = [:]
        var positional: [Argument] = []
        for argument in arguments {
            guard let name = argument.name, names.contains(name.text) else {
                positional.append(argument)
                continue
            }
            named[name.text] = argument
        }
        if savedDepth == 0, let stray = positional.first(where: { $0.name != nil }), let name = stray.name {
            let suggestion = nearest(to: name.text, among: names)
            throw Diagnostic(
                .wrongArguments, "'\(function.name)' has no parameter '\(name.text)'", at: name.span,
                hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
        }
        return (named, positional)
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
            let wanted = KQLType(type.type)
            let bound: BoundExpression
            if wanted == .dynamic, isTabular(argument.unwrapped, in: context) {
                warn(
                    .wrongType, "a table is given for '\(parameter.name.text)'; its first column counts as the list",
                    at: argument.span)
                bound = try firstColumn(of: try bindTableArgument(argument, in: context.scope), at: argument.span)
            } else {
                bound = try bind(argument, in: context)
            }
            guard
                bound.type == wanted || bound.type == .dynamic || bound.type.isNumeric && wanted.isNumeric
                    || bound.constantValue?.isNull == true || wanted == .dynamic || bound.constantValue != nil
                    || savedDepth > 0
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
