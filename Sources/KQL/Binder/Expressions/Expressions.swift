import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// Binds a scalar expression.
    func bind(_ expression: Expression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        try nested(at: expression.span) { () throws(Diagnostic) in
            switch expression {
            case .literal(let node): try bind(node)
            case .name(let name): try bind(name, in: context)
            case .member(let node): try bind(node, in: context)
            case .element(let node): try bind(node, in: context)
            case .unary(let node): try bind(node, in: context)
            case .binary(let node): try bind(node, in: context)
            case .logical(let node): try bind(node, in: context)
            case .membership(let node): try bind(node, in: context)
            case .between(let node): try bind(node, in: context)
            case .call(let node): try bind(node, in: context)
            case .toscalar(let node): try bind(node, in: context)
            case .parenthesized(let node): try bind(node.expression, in: context)
            case .entityGroup(let node): try bind(node, in: context)
            case .scopedCall(let node): try bind(node.call, in: context)
            case .star(let span):
                throw Diagnostic(.misplaced, "'*' cannot stand here", at: span)
            case .subquery(let node):
                throw Diagnostic(
                    .misplaced, "a table cannot stand here", at: node.span, hint: "use toscalar(…) or in (…)")
            case .error(let span): throw Diagnostic(.misplaced, "this is not an expression", at: span)
            }
        }
    }

    /// Binds an expression that must be the same in every row.
    func bindConstant(_ expression: Expression, in scope: Scope) throws(Diagnostic) -> BoundExpression {
        let bound = try bind(expression, in: ExpressionContext(scope: scope))
        guard bound.isConstant else {
            throw Diagnostic(.notConstant, "this must be a constant", at: expression.span)
        }
        return bound
    }

    /// Binds a predicate: a bool, or something dynamic or numeric that is read as one.
    func bindPredicate(_ expression: Expression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let bound = try bind(expression, in: context)
        switch bound.type {
        case .bool: return bound
        case .dynamic, .int, .long: return folded(.convert(bound, to: .bool))
        default:
            throw Diagnostic(
                .wrongType, "this is a \(bound.type.rawValue), but a condition must be a bool",
                at: expression.span)
        }
    }

    /// A call of a catalogue function with bound arguments.
    func call(
        _ function: ScalarFunction, _ arguments: [BoundExpression], at span: Span
    ) throws(Diagnostic) -> BoundExpression {
        var arguments = arguments
        if function.name == "iff" || function.name == "iif", let condition = arguments.first,
            condition.type.isNumeric || condition.type == .dynamic
        {
            arguments[0] = folded(.convert(condition, to: .bool))
        }
        let signatures = function.name == "case" ? [Signature.caseCall(arguments.count)] : function.signatures
        guard let chosen = choose(signatures, for: arguments) else {
            throw mismatch(function.name, function.signatures, arguments, at: span)
        }
        return folded(.call(BoundCall(function: function, arguments: chosen.arguments, type: chosen.result)))
    }

    /// A call of a built-in operator with bound arguments.
    func call(_ name: String, _ arguments: BoundExpression..., at span: Span) throws(Diagnostic) -> BoundExpression {
        try call(try builtin(name, at: span), arguments, at: span)
    }

    private func bind(_ node: UnaryExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let operand = try bind(node.operand, in: context)
        switch node.op {
        case .plus: return operand
        case .minus: return try call("-", operand, at: node.span)
        }
    }

    private func bind(_ node: BinaryExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        // A long chain of operators leans to the left; it is walked, not descended.
        var chain: [BinaryExpression] = [node]
        while case .binary(let inner) = chain[chain.count - 1].left { chain.append(inner) }
        if let any = try bindAnyColumn(chain[chain.count - 1], in: context) {
            guard chain.count == 1 else { throw Diagnostic(.misplaced, "'*' cannot stand here", at: node.span) }
            return any
        }
        var result = try bind(chain[chain.count - 1].left, in: context)
        for link in chain.reversed() {
            let right = try bind(link.right, in: context)
            let function = try builtin(link.op.rawValue, at: link.opSpan)
            result = try call(function, comparable(result, right, link.op), at: link.span)
        }
        return result
    }

    /// A string constant that is compared with a time is read as one.
    private func comparable(
        _ left: BoundExpression, _ right: BoundExpression, _ op: BinaryOperator
    ) -> [BoundExpression] {
        switch op {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            [read(left, like: right), read(right, like: left)]
        default: [left, right]
        }
    }

    private func read(_ expression: BoundExpression, like other: BoundExpression) -> BoundExpression {
        guard case .constant(.string) = expression else { return expression }
        switch other.type {
        case .datetime, .timespan, .guid: return folded(.convert(expression, to: other.type))
        default: return expression
        }
    }

    private func bind(_ node: LogicalExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        var operands: [BoundExpression] = []
        for operand in node.operands { operands.append(try bindPredicate(operand, in: context)) }
        return try connect(operands[...], by: try builtin(node.connective.rawValue, at: node.span), at: node.span)
    }

    /// A balanced tree of a connective, so that a thousand conditions are ten levels deep.
    func connect(
        _ operands: ArraySlice<BoundExpression>, by function: ScalarFunction, at span: Span
    ) throws(Diagnostic) -> BoundExpression {
        guard operands.count > 1 else { return operands.first ?? .constant(.bool(true)) }
        let middle = operands.startIndex + operands.count / 2
        let left = try connect(operands[..<middle], by: function, at: span)
        let right = try connect(operands[middle...], by: function, at: span)
        return try call(function, [left, right], at: span)
    }

    private func bind(_ node: BetweenExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let value = try bind(node.value, in: context)
        let low = read(try bind(node.low, in: context), like: value)
        let high = read(try bind(node.high, in: context), like: value)
        return try call(
            try builtin(node.isNegated ? "!between" : "between", at: node.opSpan), [value, low, high], at: node.span)
    }

    private func bind(_ node: ListExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        var elements: [BoundExpression] = []
        for element in node.elements { elements.append(try bind(element, in: context)) }
        return try call(try builtin("pack_array", at: node.span), elements, at: node.span)
    }

    private func bind(
        _ node: MembershipExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        let left = try bind(node.left, in: context)
        let function = try builtin(node.op.rawValue, at: node.opSpan)
        if node.values.count == 1, let relation = try tableOperand(node.values[0], in: context) {
            return try membership(of: left, in: relation, by: function, at: node.span)
        }
        var arguments = [left]
        for value in node.values {
            if let relation = try tableOperand(value, in: context) {
                arguments.append(try firstColumn(of: relation, at: value.span))
            } else {
                arguments.append(read(try bind(value, in: context), like: left))
            }
        }
        return try call(function, arguments, at: node.span)
    }

    private func tableOperand(
        _ expression: Expression, in context: ExpressionContext
    ) throws(Diagnostic) -> Relation? {
        switch expression.unwrapped {
        case .subquery(let pipeline): try bind(pipeline, in: context.scope)
        case .name, .call:
            isTabular(expression.unwrapped, in: context)
                ? try bindTable(expression.unwrapped, in: context.scope) : nil
        default: nil
        }
    }

    private func membership(
        of left: BoundExpression, in relation: Relation, by function: ScalarFunction, at span: Span
    ) throws(Diagnostic) -> BoundExpression {
        let list = try firstColumn(of: relation, at: span)
        let elementType = relation.schema.columns.first?.type ?? .dynamic
        switch (left.type, elementType) {
        case (.datetime, _), (.timespan, _), (.guid, _), (.decimal, _):
            // Inside a dynamic array these are text.
            return try call(function, [folded(.convert(left, to: .string)), list], at: span)
        default: return try call(function, [left, list], at: span)
        }
    }

    /// The values of a table's first column as an array.
    func firstColumn(of relation: Relation, at span: Span) throws(Diagnostic) -> BoundExpression {
        guard !relation.schema.columns.isEmpty || relation.isOpen else {
            throw Diagnostic(.wrongType, "the subquery has no column", at: span)
        }
        return .subquery(ScalarSubquery(id: newID(), plan: relation.plan, form: .firstColumn, type: .dynamic))
    }

    private func bind(_ node: ToScalarExpression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression {
        let relation: Relation
        switch node.body {
        case .scalar(let expression):
            return try bind(expression, in: context)
        case .tabular(let pipeline): relation = try bind(pipeline, in: context.scope)
        case .undecided(let expression):
            guard isTabular(expression.unwrapped, in: context) else { return try bind(expression, in: context) }
            relation = try bindTable(expression.unwrapped, in: context.scope)
        }
        return .subquery(
            ScalarSubquery(
                id: newID(), plan: relation.plan, form: .firstValue,
                type: relation.schema.columns.first?.type ?? .dynamic))
    }
}
