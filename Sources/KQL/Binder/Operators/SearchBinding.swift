import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// `search`: rows of many tables in which some column holds the terms.
    func bind(_ node: SearchOperator, _ input: Relation?, in scope: Scope) throws(Diagnostic) -> Relation {
        let isCased = node.parameters.contains { $0.name.text == "kind" && $0.value.text == "case_sensitive" }
        var operands: [UnionOperand]
        if let input {
            operands = [UnionOperand(relation: input, name: input.name ?? "union_arg0")]
        } else {
            operands = try searched(node.tables, at: node.span, in: scope)
        }
        for index in operands.indices {
            let relation = operands[index].relation
            let context = rows(of: relation, in: scope)
            let predicate = try bindSearch(node.predicate, isCased: isCased, in: context)
            operands[index].relation.plan = .filter(Filter(input: relation.plan, predicate: predicate))
        }
        return unite(operands, isInner: false, sourceColumn: "$table")
    }

    /// The tables that `search` and `find` look at: those named, or all.
    func searched(
        _ tables: [TabularSource], at span: Span, in scope: Scope
    ) throws(Diagnostic) -> [UnionOperand] {
        var operands: [UnionOperand] = []
        if tables.isEmpty {
            operands = try bindTables(where: { _ in true }, at: span, in: scope)
        }
        for table in tables { operands += try bindOperands(table, position: operands.count, in: scope) }
        if operands.isEmpty { throw Diagnostic(.unknownTable, "there is no table to search", at: span) }
        return operands
    }

    /// A search predicate: text stands for "some column holds it", conditions on absent columns are false.
    private func bindSearch(
        _ expression: Expression, isCased: Bool, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        switch expression.unwrapped {
        case .literal(let literal):
            guard case .string(let text) = literal.value else { break }
            return try anyColumn(holds: text, isCased: isCased, at: literal.span, in: context)
        case .star: return .constant(.bool(true))
        case .logical(let node):
            var operands: [BoundExpression] = []
            for operand in node.operands { operands.append(try bindSearch(operand, isCased: isCased, in: context)) }
            let connective = try builtin(node.connective.rawValue, at: node.span)
            return try connect(operands[...], by: connective, at: node.span)
        case .call(let node) where node.name.text == "not" && node.arguments.count == 1:
            let inner = try bindSearch(node.arguments[0].value, isCased: isCased, in: context)
            return try call("not", inner, at: node.span)
        case .binary(let node):
            if let bound = try bindTermMatch(node, isCased: isCased, in: context) { return bound }
        default: break
        }
        do {
            return try bindPredicate(expression, in: context)
        } catch  where error.code == .unknownName {
            return .constant(.bool(false))
        }
    }

    /// `column : "text"` and `* has "text"`.
    private func bindTermMatch(
        _ node: BinaryExpression, isCased: Bool, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression? {
        guard case .literal(let literal) = node.right.unwrapped, case .string(let text) = literal.value else {
            return nil
        }
        if case .star = node.left.unwrapped {
            if node.op == .searchMatch {
                return try anyColumn(holds: text, isCased: isCased, at: node.span, in: context)
            }
            return try anyColumn(node.op.rawValue, .constant(.string(text)), at: node.span, in: context)
        }
        guard node.op == .searchMatch else { return nil }
        guard case .name(let name) = node.left.unwrapped else { return nil }
        guard let column = context.row?.reference(name.text) else { return .constant(.bool(false)) }
        let (op, needle) = termOperator(text, isCased: isCased)
        return try call(try builtin(op, at: node.span), [column, .constant(.string(needle))], at: node.span)
    }

    private func anyColumn(
        holds text: String, isCased: Bool, at span: Span, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        if text.isEmpty || text == "*" { return .constant(.bool(true)) }
        let (op, needle) = termOperator(text, isCased: isCased)
        return try anyColumn(op, .constant(.string(needle)), at: span, in: context)
    }

    /// `* has "text"` in `where`: some column fulfils the comparison; nil for other expressions.
    func bindAnyColumn(
        _ node: BinaryExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression? {
        guard case .star = node.left.unwrapped, context.seesColumns, context.row != nil else { return nil }
        return try anyColumn(node.op.rawValue, try bind(node.right, in: context), at: node.span, in: context)
    }

    private func anyColumn(
        _ op: String, _ needle: BoundExpression, at span: Span, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        let function = try builtin(op, at: span)
        var tests: [BoundExpression] = []
        for (index, column) in context.row?.schema.columns.enumerated() ?? [].enumerated() {
            guard column.type == .string || column.type == .dynamic || needle.type != .string else {
                let text = BoundExpression.convert(
                    .column(ColumnReference(index: index, name: column.name, type: column.type)), to: .string)
                tests.append(try call(function, [text, needle], at: span))
                continue
            }
            let reference = ColumnReference(index: index, name: column.name, type: column.type)
            tests.append(try call(function, [.column(reference), needle], at: span))
        }
        if tests.isEmpty { return .constant(.bool(false)) }
        return try connect(tests[...], by: try builtin("or", at: span), at: span)
    }

    /// `term*` looks for the beginning of a term, `*term` for its end, `*term*` for a part.
    private func termOperator(_ text: String, isCased: Bool) -> (op: String, needle: String) {
        let suffix = isCased ? "_cs" : ""
        let hasStart = text.hasPrefix("*") && text.count > 1
        let hasEnd = text.hasSuffix("*") && text.count > 1
        let needle = String(text.dropFirst(hasStart ? 1 : 0).dropLast(hasEnd ? 1 : 0))
        switch (hasStart, hasEnd) {
        case (true, true): return ("contains" + suffix, needle)
        case (true, false): return ("hassuffix" + suffix, needle)
        case (false, true): return ("hasprefix" + suffix, needle)
        case (false, false): return ("has" + suffix, needle)
        }
    }

    /// `find`: rows of many tables that fulfil a predicate, with few columns and the rest in a bag.
    func bind(_ node: FindOperator, _ input: Relation?, in scope: Scope) throws(Diagnostic) -> Relation {
        var operands: [UnionOperand] = []
        if let input { operands.append(UnionOperand(relation: input, name: input.name ?? "union_arg0")) }
        if input == nil || !node.tables.isEmpty { operands += try searched(node.tables, at: node.span, in: scope) }
        let sourceColumn =
            node.parameters.first { $0.name.text.lowercased() == "withsource" }?.value.text ?? "source_"
        for index in operands.indices {
            let relation = operands[index].relation
            let predicate = try bindSearch(node.predicate, isCased: false, in: rows(of: relation, in: scope))
            operands[index].relation.plan = .filter(Filter(input: relation.plan, predicate: predicate))
        }
        let common = operands.dropFirst().reduce(Set(operands[0].relation.schema.columns)) { columns, operand in
            columns.intersection(operand.relation.schema.columns)
        }
        let wanted = Set(common.map(\.name)).union(node.predicate.mentionedNames)
        for index in operands.indices {
            operands[index].relation.plan = try projected(operands[index].relation, node, wanted: wanted, in: scope)
        }
        return unite(operands, isInner: false, sourceColumn: sourceColumn)
    }

    private func projected(
        _ relation: Relation, _ node: FindOperator, wanted: Set<String>, in scope: Scope
    ) throws(Diagnostic) -> Plan {
        let all = relation.plan.passed
        switch node.projection {
        case .projectAway(let dropped):
            let names = Set(dropped.compactMap(\.name))
            return .project(Project(input: relation.plan, columns: all.filter { !names.contains($0.name) }))
        case .project(let columns):
            var kept: [NamedExpression] = []
            for column in columns {
                switch column.form {
                case .packAll:
                    kept.append(try pack(all.filter { item in !kept.contains { $0.name == item.name } }, at: node.span))
                case .star: kept += all
                case .column, .typedColumn:
                    guard let name = column.name else { continue }
                    let type = column.type ?? .string
                    if let found = all.first(where: { $0.name == name }) {
                        let wanted = column.type ?? found.expression.type
                        kept.append(NamedExpression(name, converted(found.expression, to: wanted)))
                    } else {
                        kept.append(NamedExpression(name, .constant(.missing(type))))
                    }
                }
            }
            return .project(Project(input: relation.plan, columns: kept))
        case .smart:
            let kept = all.filter { wanted.contains($0.name) }
            let rest = all.filter { !wanted.contains($0.name) }
            return .project(Project(input: relation.plan, columns: kept + [try pack(rest, at: node.span)]))
        }
    }

    private func pack(_ columns: [NamedExpression], at span: Span) throws(Diagnostic) -> NamedExpression {
        let arguments = columns.flatMap { [BoundExpression.constant(.string($0.name)), $0.expression] }
        if arguments.isEmpty { return NamedExpression("pack_", .constant(.dynamic(.object(JSONObject())))) }
        return NamedExpression("pack_", try call(try builtin("bag_pack", at: span), arguments, at: span))
    }
}

extension FindOperator.Column {
    fileprivate var name: String? {
        switch form {
        case .column(.name(let name)): name.text
        case .typedColumn(let declaration): declaration.name.text
        default: nil
        }
    }

    fileprivate var type: KQLType? {
        if case .typedColumn(let declaration) = form { KQLType(declaration.type.type) } else { nil }
    }
}

extension Expression {
    /// The names that a predicate mentions.
    fileprivate var mentionedNames: Set<String> {
        switch unwrapped {
        case .name(let name): [name.text]
        case .logical(let node): node.operands.reduce(into: []) { $0.formUnion($1.mentionedNames) }
        case .binary(let node): node.left.mentionedNames.union(node.right.mentionedNames)
        case .membership(let node): node.left.mentionedNames
        case .between(let node): node.value.mentionedNames
        case .call(let node): node.arguments.reduce(into: []) { $0.formUnion($1.value.mentionedNames) }
        case .member(let node): node.base.mentionedNames
        case .element(let node): node.base.mentionedNames
        default: []
        }
    }
}
