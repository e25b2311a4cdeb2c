import Chronology
import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// Functions about the query itself, which are known while it is bound; nil for other calls.
    func bindQueryFunction(
        _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression? {
        switch node.name.text {
        case "current_database": return .constant(.string("tocsin"))
        case "current_cluster_endpoint": return .constant(.string("tocsin.local"))
        case "current_principal": return .constant(.string(""))
        case "current_principal_details": return .constant(.dynamic(.object(JSONObject())))
        case "cursor_current", "current_cursor": return .constant(.string(String(options.now.ticks)))
        case "column_names_of":
            guard let argument = node.arguments.first else { return nil }
            let relation = try bindTableArgument(argument.value, in: context.scope)
            return .constant(.dynamic(.array(relation.schema.columns.map { .string($0.name) })))
        case "bin_auto": return try bindBinAuto(node, in: context)
        case "iscolumnexists":
            return .constant(.bool(context.row?.reference(try columnName(of: node, in: context)) != nil))
        case "cursor_after": return try bindCursor(node, ">", in: context)
        case "cursor_before_or_at": return try bindCursor(node, "<=", in: context)
        default: return clusterFact(node.name.text)
        }
    }

    /// What Kusto tells about the machines and parts of its store, of which Tocsin has only one.
    private func clusterFact(_ name: String) -> BoundExpression? {
        switch name {
        case "current_principal_is_member_of": .constant(.bool(false))
        case "current_node_id", "row_id": .constant(.string(""))
        case "extent_id", "extentid": .constant(.null(.guid))
        case "extent_tags": .constant(.dynamic(.array([])))
        default: nil
        }
    }

    /// Whether a row was stored after, or not after, what a text of `cursor_current` stands for; an empty one stands for
    /// the beginning.
    private func bindCursor(
        _ node: CallExpression, _ sign: String, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard let argument = node.arguments.first, node.arguments.count == 1,
            case .constant(.string(let text)) = try bind(argument.value, in: context)
        else { throw Diagnostic(.notConstant, "'\(node.name.text)' takes a constant cursor", at: node.span) }
        guard let ticks = text.isEmpty ? 0 : Int64(text) else {
            throw Diagnostic(.wrongArguments, "'\(text)' is no cursor of cursor_current()", at: argument.span)
        }
        let bound = BoundExpression.constant(.datetime(Instant(ticks: ticks)))
        return try call(try builtin(sign, at: node.span), [context.ingestionTime, bound], at: node.span)
    }

    /// `bin_auto(x)`: bins of the size and origin that `set` statements gave.
    private func bindBinAuto(
        _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard let argument = node.arguments.first, node.arguments.count == 1 else {
            throw Diagnostic(.wrongArguments, "bin_auto takes one argument", at: node.span)
        }
        let value = try bind(argument.value, in: context)
        guard let size = settings["query_bin_auto_size"] else {
            throw Diagnostic(
                .misplaced, "bin_auto needs a bin size", at: node.span,
                hint: "put 'set query_bin_auto_size=1h;' in front")
        }
        guard let origin = settings["query_bin_auto_at"] else {
            return try call(try builtin("bin", at: node.span), [value, size], at: node.span)
        }
        return try call(try builtin("bin_at", at: node.span), [value, size, origin], at: node.span)
    }

    /// Remembers a `set` statement.
    func bind(_ node: SetStatement, in scope: Scope) throws(Diagnostic) {
        switch node.value {
        case .literal(let literal): settings[node.name.text] = try bind(literal)
        case .expression(let expression): settings[node.name.text] = try bindConstant(expression, in: scope)
        case .name, .names, nil: break
        }
    }
}
