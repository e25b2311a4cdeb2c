import KQLFunctions
import KQLSyntax
import KQLValues

/// Functions that the language itself defines and that give tables.
private let tableFunctions: Set<String> = [
    "table", "materialize", "_GetWatchlist", Binder.watchlistAliases, "external_table", "materialized_view",
    "stored_query_result", "entity_group",
]

extension Binder {
    /// Whether a name or call stands for a table.
    func isTabular(_ expression: Expression, in context: ExpressionContext) -> Bool {
        switch expression.unwrapped {
        case .subquery: true
        case .name(let name): isTabular(name, in: context)
        case .call(let node): isTabular(node, in: context)
        case .member(let node): !node.name.text.hasPrefix("$current") && isScoped(node.base, in: context)
        default: false
        }
    }

    private func isTabular(_ name: Name, in context: ExpressionContext) -> Bool {
        if context.seesColumns, context.row?.reference(name.text) != nil { return false }
        switch context.scope.lookup(name.text) {
        case .table, .graph, .pattern: return true
        case .scalar, .entityGroup, .entity: return false
        case .function(let function): return givesTable(function)
        case nil:
            if environment.parameters[name.text] != nil { return false }
            return environment.tables.schema(of: name.text) != nil || environment.functions[name.text] != nil
                || name.text == Binder.watchlistAliases
        }
    }

    private func isTabular(_ node: CallExpression, in context: ExpressionContext) -> Bool {
        let name = node.name.text
        if case .function(let function)? = context.scope.lookup(name) { return givesTable(function) }
        if name == "materialize", let first = node.arguments.first { return isTabular(first.value, in: context) }
        if tableFunctions.contains(name) { return true }
        if environment.catalogue.scalar(name) != nil { return false }
        guard let saved = environment.functions[name] else { return false }
        if saved.declaredSchema != nil { return true }
        // What is wrong with the function is told where it is expanded.
        guard let function = try? savedFunction(name, at: node.span) else { return true }
        return givesTable(function)
    }

    private func isScoped(_ expression: Expression, in context: ExpressionContext) -> Bool {
        guard case .call(let node) = expression.unwrapped else {
            if case .name(let name) = expression.unwrapped {
                if case .entity? = context.scope.lookup(name.text) { return true }
                return false
            }
            if case .scopedCall(let node) = expression.unwrapped { return isScoped(node.scope, in: context) }
            if case .member(let node) = expression.unwrapped { return isScoped(node.base, in: context) }
            return false
        }
        return ["database", "cluster", "workspace", "app", "resource", "arg", "adx"].contains(node.name.text)
    }

    /// Whether a function's result is a table, as far as its text tells.
    private func givesTable(_ function: UserFunction, depth: Int = 0) -> Bool {
        guard depth < 20, let result = function.body.result else { return false }
        switch result {
        case .tabular: return true
        case .scalar: return false
        case .undecided(let expression):
            let scope = Scope(parent: function.scope)
            for parameter in function.parameters {
                if case .tabular = parameter.kind {
                    scope.define(
                        parameter.name.text, as: .table(Relation(plan: .values(Table(empty: TableSchema([]))))))
                } else {
                    scope.define(parameter.name.text, as: .scalar(.constant(.null(.dynamic)), row: nil))
                }
            }
            return givesTable(expression, function.body.statements, scope, depth: depth)
        }
    }

    private func givesTable(
        _ expression: Expression, _ statements: [Statement], _ scope: Scope, depth: Int
    ) -> Bool {
        let name: String
        switch expression.unwrapped {
        case .name(let node): name = node.text
        case .call(let node): name = node.name.text
        default: return isTabular(expression, in: ExpressionContext(scope: scope))
        }
        for case .let(let statement) in statements.reversed() where statement.name.text == name {
            switch statement.value {
            case .result(.tabular): return true
            case .result(.scalar): return false
            case .result(.undecided(let inner)):
                return depth < 20
                    && givesTable(inner, statements.filter { $0 != .let(statement) }, scope, depth: depth + 1)
            case .function(let declaration):
                return givesTable(
                    UserFunction(
                        name: name, parameters: declaration.parameters, body: declaration.body, scope: scope,
                        isView: false, source: nil), depth: depth + 1)
            }
        }
        return isTabular(expression, in: ExpressionContext(scope: scope))
    }

    /// Binds an argument that must be a table.
    func bindTableArgument(_ expression: Expression, in scope: Scope) throws(Diagnostic) -> Relation {
        switch expression.unwrapped {
        case .subquery(let pipeline): try bind(pipeline, in: scope)
        default: try bindTable(expression.unwrapped, in: scope)
        }
    }

    /// Binds a name or call that stands for a table.
    func bindTable(_ expression: Expression, in scope: Scope) throws(Diagnostic) -> Relation {
        switch expression.unwrapped {
        case .name(let name): return try bindTable(named: name, in: scope)
        case .call(let node): return try bindTable(node, in: scope)
        case .subquery(let pipeline): return try bind(pipeline, in: scope)
        case .member(let node) where isScoped(node.base, in: ExpressionContext(scope: scope)):
            return try bindTable(named: node.name, in: scope)
        default:
            throw Diagnostic(.misplaced, "a table is needed here", at: expression.span)
        }
    }

    /// The table, view or function of a name.
    func bindTable(named name: Name, in scope: Scope) throws(Diagnostic) -> Relation {
        switch scope.lookup(name.text) {
        case .table(let relation): return relation
        case .function(let function): return try expandTable(function, [], at: name.span, in: scope)
        case .scalar, .graph, .pattern, .entityGroup, .entity:
            throw Diagnostic(.misplaced, "'\(name.text)' is not a table", at: name.span)
        case nil: break
        }
        guard let schema = environment.tables.schema(of: name.text) else {
            if let relation = try bindSaved(name.text, [], at: name.span, in: scope) { return relation }
            if name.text == Binder.watchlistAliases { return bindWatchlistAliases() }
            if name.text.hasSuffix("_CL") { return emptyCustomLog(name, in: scope) }
            throw unknownTable(name, in: scope)
        }
        // A function hides the table of its name, except in the function itself.
        guard environment.functions[name.text]?.declaredSchema == nil, !expansions.contains(name.text) else {
            return scan(name.text, schema)
        }
        do throws(Diagnostic) {
            return try attempt { () throws(Diagnostic) in try bindSaved(name.text, [], at: name.span, in: scope) }
                ?? scan(name.text, schema)
        } catch {
            warn(error.code, error.message + "; the table of that name is taken", at: name.span)
            return scan(name.text, schema)
        }
    }

    /// The tables of a wildcard: stored ones, then what the query defines.
    func bindTables(
        where fits: (String) -> Bool, at span: Span, in scope: Scope
    ) throws(Diagnostic) -> [UnionOperand] {
        var operands: [UnionOperand] = []
        for name in environment.tables.tableNames where fits(name) {
            guard let schema = environment.tables.schema(of: name) else { continue }
            try countOperator(at: span)
            operands.append(UnionOperand(relation: scan(name, schema), name: name))
        }
        for name in scope.tables(where: { $0 != implicitInput && fits($0) }) {
            try countOperator(at: span)
            operands.append(UnionOperand(relation: try bindTable(named: Name(name, at: span), in: scope), name: name))
        }
        return operands
    }

    private func scan(_ table: String, _ schema: TableSchema) -> Relation {
        var scan = Scan(table: table, columns: schema.columns)
        let hidden = HiddenColumns(of: table, schema)
        guard let range = environment.timeRange, timelessDepth == 0, let index = schema.index(of: "TimeGenerated"),
            schema.columns[index].type == .datetime
        else { return Relation(plan: .scan(scan), hidden: hidden, name: table) }
        scan.timeRange = range
        let predicates = range.predicates(on: .column(schema.reference(index)), catalogue: environment.catalogue)
        let plan = predicates.reduce(Plan.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
        return Relation(plan: plan, hidden: hidden, name: table)
    }

    private func bindSaved(
        _ name: String, _ arguments: [Argument], at span: Span, in scope: Scope
    ) throws(Diagnostic) -> Relation? {
        if let schema = environment.functions[name]?.declaredSchema {
            return Relation(
                plan: .values(Table(empty: schema)), isOpen: schema.columns.isEmpty,
                hidden: HiddenColumns(of: name, schema), name: name)
        }
        guard let function = try savedFunction(name, at: span) else { return nil }
        var relation = try expandTable(function, arguments, at: span, in: scope)
        relation.name = name
        return relation
    }

    /// A custom log comes into being with its first rows; before that it is empty, and its columns are not known.
    private func emptyCustomLog(_ name: Name, in scope: Scope) -> Relation {
        let unknown = unknownTable(name, in: scope)
        warn(
            unknown.code, "there is no custom log '\(name.text)' yet; it counts as empty", at: name.span,
            hint: unknown.hint, replacement: unknown.replacement)
        return Relation(
            plan: .values(Table(empty: TableSchema([]))), isOpen: true, hidden: .custom, name: name.text)
    }

    private func unknownTable(_ name: Name, in scope: Scope) -> Diagnostic {
        let known = environment.tables.tableNames + Array(environment.functions.keys) + scope.names
        let suggestion = nearest(to: name.text, among: known)
        return Diagnostic(
            .unknownTable, "there is no table '\(name.text)'", at: name.span,
            hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
    }

    func bindTable(_ node: CallExpression, in scope: Scope) throws(Diagnostic) -> Relation {
        if case .function(let function)? = scope.lookup(node.name.text) {
            return try expandTable(function, node.arguments, at: node.span, in: scope)
        }
        if case .pattern(let pattern, let outer)? = scope.lookup(node.name.text) {
            return try bindPattern(pattern, node, path: nil, declaredIn: outer, in: scope)
        }
        switch node.name.text {
        case "table", "external_table", "materialized_view":
            let name = try constantText(node, in: scope)
            if let schema = environment.tables.schema(of: name) { return scan(name, schema) }
            return try bindTable(named: Name(name, at: node.span), in: scope)
        case "materialize": return try bindMaterialize(node, in: scope)
        case "_GetWatchlist": return try bindWatchlist(try constantText(node, in: scope), at: node.span, in: scope)
        case Binder.watchlistAliases: return bindWatchlistAliases()
        default: break
        }
        if let relation = try bindSaved(node.name.text, node.arguments, at: node.span, in: scope) { return relation }
        if environment.tables.schema(of: node.name.text) != nil, node.arguments.isEmpty {
            return try bindTable(named: node.name, in: scope)
        }
        let known = Array(environment.functions.keys) + scope.names
        let suggestion = nearest(to: node.name.text, among: known)
        throw Diagnostic(
            .unknownFunction, "there is no function '\(node.name.text)' that gives a table", at: node.name.span,
            hint: suggestion.map { "did you mean '\($0)'?" }, replacement: suggestion)
    }

    private func constantText(_ node: CallExpression, in scope: Scope) throws(Diagnostic) -> String {
        guard let first = node.arguments.first,
            case .constant(.string(let text)) = try bindConstant(first.value, in: scope)
        else {
            throw Diagnostic(.notConstant, "'\(node.name.text)' needs a constant string", at: node.span)
        }
        return text
    }

    private func bindMaterialize(_ node: CallExpression, in scope: Scope) throws(Diagnostic) -> Relation {
        guard let argument = node.arguments.first else {
            throw Diagnostic(.wrongArguments, "materialize takes a table", at: node.span)
        }
        var relation = try bindTableArgument(argument.value, in: scope)
        relation.plan = .materialized(Materialized(id: newID(), input: relation.plan))
        return relation
    }
}
