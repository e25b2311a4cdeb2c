import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    func bind(_ node: ExtendOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        try extend(input, with: node.expressions, in: scope)
    }

    /// Replaces columns in place or adds them; all expressions see the columns as they were.
    func extend(
        _ input: Relation, with items: [KQLSyntax.NamedExpression], in scope: Scope
    ) throws(Diagnostic) -> Relation {
        let context = rows(of: input, in: scope)
        var columns = input.plan.passed
        var positions = Dictionary(
            columns.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var namer = ColumnNamer(
            avoiding: items.flatMap { $0.names.map(\.text) }, existing: columns.map(\.name))
        for item in items {
            for column in try bindItem(item, in: context, namer: &namer) {
                if let position = positions[column.name] {
                    columns[position] = column
                } else {
                    positions[column.name] = columns.count
                    columns.append(column)
                }
            }
        }
        var result = input
        result.plan = .project(Project(input: input.plan, columns: columns))
        return result
    }

    func bind(_ node: ProjectOperator, _ input: Relation, in scope: Scope) throws(Diagnostic) -> Relation {
        let columns = try bindColumns(node.expressions, in: rows(of: input, in: scope))
        return Relation(
            plan: .project(Project(input: input.plan, columns: columns)), visualization: input.visualization,
            name: input.name)
    }

    /// The columns of a `project`: named, implied or numbered names without repetition.
    func bindColumns(
        _ items: [KQLSyntax.NamedExpression], in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression] {
        var columns: [NamedExpression] = []
        var namer = ColumnNamer(avoiding: items.flatMap { $0.names.map(\.text) })
        var used: Set<String> = []
        for item in items {
            if case .star = item.value.unwrapped, let row = context.row {
                for index in row.schema.columns.indices where used.insert(row.schema.columns[index].name).inserted {
                    namer.reserve(row.schema.columns[index].name)
                    columns.append(
                        NamedExpression(row.schema.columns[index].name, .column(row.schema.reference(index))))
                }
                continue
            }
            for column in try bindItem(item, in: context, namer: &namer) {
                used.insert(column.name)
                columns.append(column)
            }
        }
        return columns
    }

    /// One expression of `extend` or `project`, with its name or names.
    private func bindItem(
        _ item: KQLSyntax.NamedExpression, in context: ExpressionContext, namer: inout ColumnNamer
    ) throws(Diagnostic) -> [NamedExpression] {
        let bound = try bind(item.value, in: context)
        if let columns = try results(of: item, bound, keepsRest: true, in: context) {
            return columns.map { NamedExpression(namer.unique($0.name), $0.expression) }
        }
        if item.isTuple {
            return try tuple(item, bound).map { NamedExpression(namer.unique($0.name), $0.expression) }
        }
        if let name = item.name?.text { return [NamedExpression(namer.unique(name), bound)] }
        if let name = impliedName(item.value, in: context) { return [NamedExpression(namer.unique(name), bound)] }
        return [NamedExpression(namer.next(), bound)]
    }

    /// `(a, b) = f(x)`: the elements of the array that `f` gives.
    func tuple(_ item: KQLSyntax.NamedExpression, _ value: BoundExpression) throws(Diagnostic) -> [NamedExpression] {
        guard value.type == .dynamic else {
            guard let name = item.name else {
                throw Diagnostic(
                    .wrongType, "only a dynamic array can be taken apart into several columns", at: item.span)
            }
            return [NamedExpression(name.text, value)]
        }
        var columns: [NamedExpression] = []
        for (index, name) in item.names.enumerated() {
            let element = try access(value, key: .constant(.long(Int64(index))), at: item.span)
            columns.append(NamedExpression(name.text, element))
        }
        return columns
    }

    func bindAway(_ node: ProjectSelectionOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        let dropped = try select(node.columns, of: input, mustExist: true)
        return keep(input) { !dropped.contains($0) }
    }

    func bindKeep(_ node: ProjectSelectionOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        let kept = try select(node.columns, of: input, mustExist: true)
        return keep(input) { kept.contains($0) }
    }

    /// `project-by-names`: the columns whose names constant strings, arrays and patterns give, in that order.
    func bind(
        _ node: ProjectByNamesOperator, _ input: Relation, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        var order: [String] = []
        for expression in node.expressions {
            let names: [String]
            switch try bindConstant(expression, in: scope).constantValue {
            case .string(let name)?: names = [name]
            case .dynamic(let json)?: names = json.arrayValue?.compactMap(\.stringValue) ?? []
            default:
                throw Diagnostic(
                    .notConstant, "a column's name must be a constant string or array of strings", at: expression.span)
            }
            for name in names {
                let fitting = input.schema.columns.map(\.name).filter { wildcard(name, matches: $0) }
                order += fitting.filter { !order.contains($0) }
            }
        }
        var result = input
        let passed = input.plan.passed
        result.plan = .project(
            Project(
                input: input.plan, columns: order.compactMap { name in passed.first { $0.name == name } }))
        return result
    }

    private func keep(_ input: Relation, where isKept: (String) -> Bool) -> Relation {
        var result = input
        result.plan = .project(Project(input: input.plan, columns: input.plan.passed.filter { isKept($0.name) }))
        return result
    }

    /// The columns that names and patterns choose.
    private func select(
        _ names: [Name], of input: Relation, mustExist: Bool
    ) throws(Diagnostic) -> Set<String> {
        var chosen: Set<String> = []
        for name in names {
            let fitting = input.schema.columns.map(\.name).filter {
                name.isWildcard ? wildcard(name.text, matches: $0) : $0 == name.text
            }
            if fitting.isEmpty, mustExist, !name.isWildcard, !input.isOpen,
                hiddenColumn(name, of: input.hidden) == nil
            {
                throw unknownColumn(name, of: input)
            }
            chosen.formUnion(fitting)
        }
        return chosen
    }

    func unknownColumn(_ name: Name, of input: Relation) -> Diagnostic {
        let suggestion = nearest(to: name.text, among: input.schema.columns.map(\.name))
        return Diagnostic(
            .unknownName, "there is no column '\(name.text)'", at: name.span,
            hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
    }

    func bind(_ node: ProjectRenameOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        var columns = input.plan.passed
        for renaming in node.renamings {
            guard let index = columns.firstIndex(where: { $0.name == renaming.old.text }) else {
                if let value = input.isOpen ? .unknownColumn : hiddenColumn(renaming.old, of: input.hidden) {
                    columns.append(NamedExpression(renaming.new.text, value))
                    continue
                }
                throw unknownColumn(renaming.old, of: input)
            }
            columns[index] = NamedExpression(renaming.new.text, columns[index].expression)
        }
        var names: Set<String> = []
        for column in columns where !names.insert(column.name).inserted {
            throw Diagnostic(
                .duplicate, "after the renaming there are two columns '\(column.name)'", at: node.span)
        }
        var result = input
        result.plan = .project(Project(input: input.plan, columns: columns))
        return result
    }

    func bind(_ node: ProjectReorderOperator, _ input: Relation) throws(Diagnostic) -> Relation {
        let names = input.schema.columns.map(\.name)
        var order: [String] = []
        for item in node.items {
            var fitting = names.filter { name in
                guard !order.contains(name) else { return false }
                return item.column.isWildcard ? wildcard(item.column.text, matches: name) : name == item.column.text
            }
            if fitting.isEmpty, !item.column.isWildcard, !input.isOpen, !names.contains(item.column.text),
                hiddenColumn(item.column, of: input.hidden) == nil
            {
                throw unknownColumn(item.column, of: input)
            }
            switch item.order {
            case .ascending: fitting.sort()
            case .descending: fitting.sort(by: >)
            case .granularAscending: fitting.sort { isGranularlyBefore($0, $1) }
            case .granularDescending: fitting.sort { isGranularlyBefore($1, $0) }
            case nil: break
            }
            order += fitting
        }
        order += names.filter { !order.contains($0) }
        var result = input
        result.plan = .project(
            Project(
                input: input.plan,
                columns: order.compactMap { name in
                    input.schema.index(of: name).map { NamedExpression(name, .column(input.schema.reference($0))) }
                }))
        return result
    }
}

/// Whether a name fits a pattern with `*` for any run of characters.
func wildcard(_ pattern: String, matches name: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let first = parts.first, let last = parts.last else { return pattern == name }
    guard name.hasPrefix(first), name.hasSuffix(last), name.utf8.count >= first.utf8.count + last.utf8.count else {
        return false
    }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
        guard let range = rest.firstRange(of: part) else { return false }
        rest = rest[range.upperBound...]
    }
    return true
}

/// The order of names in which runs of digits compare as numbers.
private func isGranularlyBefore(_ left: String, _ right: String) -> Bool {
    let first = runs(of: left)
    let second = runs(of: right)
    for (one, other) in zip(first, second) where one != other {
        if let number = Int(one), let otherNumber = Int(other) { return number < otherNumber }
        return one < other
    }
    return first.count < second.count
}

private func runs(of text: String) -> [String] {
    var runs: [String] = []
    var isDigit = false
    for character in text {
        let digit = character.isASCII && character.isNumber
        if runs.isEmpty || digit != isDigit {
            runs.append(String(character))
        } else {
            runs[runs.count - 1].append(character)
        }
        isDigit = digit
    }
    return runs
}
