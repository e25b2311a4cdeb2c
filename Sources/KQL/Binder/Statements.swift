import KQLSyntax
import KQLValues

extension Binder {
    /// Binds statements that define names, each visible to those after it.
    ///
    /// `row`: inside the body of a scalar function, the row whose columns the arguments may refer to.
    /// `end`: where the text ends in which the names are visible.
    func bind(
        _ statements: [Statement], in scope: Scope, row: RowContext? = nil, until end: Int
    ) throws(Diagnostic) -> Scope {
        var scope = scope
        for statement in statements {
            switch statement {
            case .let(let node):
                let next = Scope(parent: scope)
                let binding: Binding
                do throws(Diagnostic) {
                    binding = try bind(node, in: scope, row: row)
                } catch {
                    try recover(from: error)
                    binding = node.bindingAfterError
                }
                next.define(node.name.text, as: binding)
                recorder?.define(node.name, as: binding, visibleIn: Span(node.span.upper, end))
                scope = next
            case .declareQueryParameters(let node): scope = try bind(node, in: scope, until: end)
            case .declarePattern(let node):
                let next = Scope(parent: scope)
                next.define(node.name.text, as: .pattern(node, scope))
                recorder?.define(node.name, as: .pattern(node, scope), visibleIn: Span(node.span.upper, end))
                scope = next
            case .tabular(let node):
                throw Diagnostic(.misplaced, "a function has one result, at its end", at: node.span)
            case .set(let node): try bind(node, in: scope)
            case .alias, .restrictAccess, .error: break
            }
        }
        return scope
    }

    func bind(_ node: LetStatement, in scope: Scope, row: RowContext?) throws(Diagnostic) -> Binding {
        switch node.value {
        case .function(let declaration):
            return .function(
                UserFunction(
                    name: node.name.text, parameters: declaration.parameters, body: declaration.body, scope: scope,
                    isView: declaration.isView, source: nil))
        case .result(let result): return try bind(result, named: node.name, in: scope, row: row)
        }
    }

    private func bind(
        _ result: ResultExpression, named name: Name, in scope: Scope, row: RowContext?
    ) throws(Diagnostic) -> Binding {
        var context = ExpressionContext(scope: scope, row: row)
        context.seesColumns = false
        switch result {
        case .tabular(let pipeline):
            if case .makeGraph(let node)? = pipeline.operators.last {
                var edges = pipeline
                edges.operators.removeLast()
                return .graph(try bindGraph(node, try bind(edges, in: scope), in: scope))
            }
            var relation = try bind(pipeline, in: scope)
            if case .datatable = pipeline.source, pipeline.operators.isEmpty { relation.name = name.text }
            return .table(relation)
        case .scalar(let expression):
            if case .entityGroup(let node) = expression.unwrapped { return .entityGroup(node.elements) }
            return scalar(try bind(expression, in: context), over: row)
        case .undecided(let expression):
            if case .name(let other) = expression.unwrapped, case .function(let function)? = scope.lookup(other.text),
                !function.parameters.isEmpty
            {
                return .function(function)
            }
            if isTabular(expression.unwrapped, in: context) {
                return .table(try bindTable(expression.unwrapped, in: scope))
            }
            return scalar(try bind(expression, in: context), over: row)
        }
    }

    /// The binding of a name to a value, which is computed once however often the name is used.
    func scalar(_ value: BoundExpression, over row: RowContext?) -> Binding {
        if value.isConstant { return .scalar(value, row: nil) }
        return .scalar(value.size > 0 ? .shared(SharedExpression(value)) : value, row: row?.id)
    }

    private func bind(
        _ node: QueryParametersStatement, in scope: Scope, until end: Int
    ) throws(Diagnostic) -> Scope {
        let next = Scope(parent: scope)
        for parameter in node.parameters {
            guard case .scalar(let type) = parameter.kind else { continue }
            let wanted = KQLType(type.type)
            let value: BoundExpression
            if let given = environment.parameters[parameter.name.text] {
                value = .constant(given)
            } else if let fallback = parameter.defaultValue {
                value = try bindConstant(fallback, in: scope)
            } else if recorder != nil {
                value = .constant(.missing(wanted))
            } else {
                throw Diagnostic(
                    .wrongArguments, "the query parameter '\(parameter.name.text)' has no value",
                    at: parameter.span)
            }
            let converted = value.type == wanted ? value : folded(.convert(value, to: wanted))
            next.define(parameter.name.text, as: .scalar(converted, row: nil))
            recorder?.define(
                parameter.name, as: .scalar(converted, row: nil), visibleIn: Span(node.span.upper, end))
        }
        return next
    }
}

extension LetStatement {
    /// What the name stands for when its value has an error: something that fits everywhere.
    fileprivate var bindingAfterError: Binding {
        if case .result(.tabular) = value { return .table(.unknown) }
        return .scalar(.constant(.null(.dynamic)), row: nil)
    }
}
