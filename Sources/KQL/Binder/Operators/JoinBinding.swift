import KQLFunctions
import KQLSyntax
import KQLValues

extension JoinKind {
    fileprivate init(_ kind: KQLSyntax.JoinKind) {
        self =
            switch kind {
            case .innerunique: .innerUnique
            case .inner: .inner
            case .leftouter: .leftOuter
            case .rightouter: .rightOuter
            case .fullouter: .fullOuter
            case .leftanti: .leftAnti
            case .rightanti: .rightAnti
            case .leftsemi: .leftSemi
            case .rightsemi: .rightSemi
            }
    }
}

/// Both sides of a join while its conditions are bound.
private struct JoinSides {
    let left: Relation
    let right: Relation
    let leftContext: ExpressionContext
    let rightContext: ExpressionContext
}

extension Binder {
    func bind(_ node: JoinOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let right = try bind(node.right, in: scope)
        recorder?.right(of: node.span, is: right)
        let kind = node.kind.map { JoinKind($0) } ?? .innerUnique
        var (left, keys, other) = try bindKeys(node.conditions, input, right, in: scope)
        if keys.isEmpty {
            throw Diagnostic(.wrongArguments, "join needs a condition after 'on'", at: node.span)
        }
        left.plan = .join(
            Join(
                left: left.plan, right: other.plan, kind: kind, keys: keys,
                outputs: outputs(left.schema, other.schema, kind: kind, dropping: [])))
        left.isOpen = left.isOpen || other.isOpen
        left.hidden = max(left.hidden, other.hidden)
        if let predicate = node.predicate {
            left.plan = .filter(
                Filter(input: left.plan, predicate: try bindPredicate(predicate, in: rows(of: left, in: scope))))
        }
        return left
    }

    func bind(_ node: LookupOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let right = try bind(node.right, in: scope)
        recorder?.right(of: node.span, is: right)
        let kind = node.kind.map { JoinKind($0) } ?? .leftOuter
        var (left, keys, other) = try bindKeys(node.conditions, input, right, in: scope)
        let dropped = Set(keys.compactMap { $0.right.sourceColumn })
        left.plan = .join(
            Join(
                left: left.plan, right: other.plan, kind: kind, keys: keys,
                outputs: outputs(left.schema, other.schema, kind: kind, dropping: dropped)))
        left.isOpen = left.isOpen || other.isOpen
        left.hidden = max(left.hidden, other.hidden)
        return left
    }

    private func outputs(
        _ left: TableSchema, _ right: TableSchema, kind: JoinKind, dropping dropped: Set<Int>
    ) -> [JoinOutput] {
        var outputs: [JoinOutput] = []
        var namer = ColumnNamer()
        if kind != .rightSemi, kind != .rightAnti {
            for (index, column) in left.columns.enumerated() {
                namer.reserve(column.name)
                outputs.append(JoinOutput(side: .left, index: index, name: column.name, type: column.type))
            }
        }
        guard kind != .leftSemi, kind != .leftAnti else { return outputs }
        for (index, column) in right.columns.enumerated() where !dropped.contains(index) {
            outputs.append(
                JoinOutput(side: .right, index: index, name: namer.unique(column.name), type: column.type))
        }
        return outputs
    }

    private func bindKeys(
        _ conditions: [JoinCondition], _ left: Relation, _ right: Relation, in scope: Scope
    ) throws(Diagnostic) -> (Relation, [JoinKey], Relation) {
        let sides = JoinSides(
            left: left, right: right, leftContext: rows(of: left, in: scope), rightContext: rows(of: right, in: scope))
        var keys: [JoinKey] = []
        for condition in conditions {
            switch condition {
            case .column(let name):
                keys.append(
                    try key(
                        try bind(name, in: sides.leftContext), try bind(name, in: sides.rightContext), at: name.span))
            case .expression(let expression): keys += try bindKeys(expression, sides)
            }
        }
        return (left, keys, right)
    }

    private func bindKeys(_ expression: Expression, _ sides: JoinSides) throws(Diagnostic) -> [JoinKey] {
        switch expression.unwrapped {
        case .logical(let node) where node.connective == .and:
            var keys: [JoinKey] = []
            for operand in node.operands { keys += try bindKeys(operand, sides) }
            return keys
        case .name(let name):
            return [
                try key(try bind(name, in: sides.leftContext), try bind(name, in: sides.rightContext), at: name.span)
            ]
        case .binary(let node) where node.op == .equal:
            let isSwapped = node.left.mentions("$right") || node.right.mentions("$left")
            let first = try bindSide(isSwapped ? node.right : node.left, in: sides.leftContext)
            let second = try bindSide(isSwapped ? node.left : node.right, in: sides.rightContext)
            return [try key(first, second, at: node.span)]
        default:
            throw Diagnostic(
                .misplaced, "a join condition must be a column or an equality", at: expression.span,
                hint: "write $left.a == $right.b, and other conditions into a where after the join")
        }
    }

    private func bindSide(_ expression: Expression, in context: ExpressionContext) throws(Diagnostic) -> BoundExpression
    {
        switch expression.unwrapped {
        case .member(let node):
            if case .name(let base) = node.base, base.text == "$left" || base.text == "$right" {
                return try bind(node.name, in: context)
            }
            return try bind(expression, in: context)
        case .call(var node):
            node.arguments = node.arguments.map { argument in
                var argument = argument
                if case .member(let member) = argument.value.unwrapped, case .name(let base) = member.base,
                    base.text.hasPrefix("$")
                {
                    argument.value = .name(member.name)
                }
                return argument
            }
            return try bind(.call(node), in: context)
        default: return try bind(expression, in: context)
        }
    }

    /// A pair of keys of one type.
    private func key(_ left: BoundExpression, _ right: BoundExpression, at span: Span) throws(Diagnostic) -> JoinKey {
        if left.type == right.type { return JoinKey(left: left, right: right) }
        if left.type.widens(to: right.type) { return JoinKey(left: converted(left, to: right.type), right: right) }
        if right.type.widens(to: left.type) { return JoinKey(left: left, right: converted(right, to: left.type)) }
        guard left.type == .dynamic || right.type == .dynamic || options.isLenient else {
            throw Diagnostic(
                .wrongType, "a \(left.type.rawValue) is never equal to a \(right.type.rawValue)", at: span,
                hint: "convert one of them, for example with tostring()")
        }
        return JoinKey(left: converted(left, to: .string), right: converted(right, to: .string))
    }
}

extension BoundExpression {
    /// The position of the column that this is, conversions aside.
    fileprivate var sourceColumn: Int? {
        switch self {
        case .column(let reference): reference.index
        case .convert(let inner, _): inner.sourceColumn
        default: nil
        }
    }
}

extension Expression {
    /// Whether `$left` or `$right` stands at the front of a path inside.
    fileprivate func mentions(_ side: String) -> Bool {
        switch unwrapped {
        case .member(let node):
            if case .name(let base) = node.base { base.text == side } else { node.base.mentions(side) }
        case .element(let node): node.base.mentions(side)
        case .call(let node): node.arguments.contains { $0.value.mentions(side) }
        default: false
        }
    }
}
