import KQLFunctions
import KQLSyntax
import KQLValues

extension Binder {
    /// The columns of a call of a function with several results, such as `series_fit_line(y)`; nil for other expressions.
    ///
    /// The first ones take the names that the item has, one name included. The others are named after the function and
    /// its argument, as all are when there are no names; with names and without `keepsRest` they are left out.
    func results(
        of item: KQLSyntax.NamedExpression, _ value: BoundExpression, keepsRest: Bool, in context: ExpressionContext
    ) throws(Diagnostic) -> [NamedExpression]? {
        guard case .call(let node) = item.value.unwrapped, value.type == .dynamic,
            context.scope.isFree(node.name.text), let columns = resultColumns(of: node, in: context)
        else { return nil }
        var items: [NamedExpression] = []
        for (index, column) in columns.enumerated() {
            guard index < item.names.count || item.names.isEmpty || keepsRest else { break }
            let element = try access(value, key: .constant(.long(Int64(index))), at: node.span)
            let name = index < item.names.count ? item.names[index].text : column.name
            items.append(NamedExpression(name, converted(element, to: column.type)))
        }
        for (index, name) in item.names.enumerated().dropFirst(columns.count) {
            let element = try access(value, key: .constant(.long(Int64(index))), at: node.span)
            items.append(NamedExpression(name.text, element))
        }
        return items
    }

    private func resultColumns(of node: CallExpression, in context: ExpressionContext) -> [ColumnSchema]? {
        guard let function = environment.catalogue.scalar(node.name.text) else { return nil }
        switch function.columns {
        case nil: return nil
        case .fields(let fields):
            let argument = node.arguments.first.flatMap { impliedName($0.value, in: context) } ?? ""
            return fields.map { ColumnSchema("\(node.name.text)_\(argument)_\($0.name)", $0.type) }
        case .sortedArguments:
            let arrays = node.arguments.prefix { argument in
                // A bool at the end says where nulls go.
                if case .literal(let literal) = argument.value.unwrapped, case .bool = literal.value {
                    false
                } else {
                    true
                }
            }
            guard arrays.count > 1 else { return nil }
            return (1...arrays.count).map { ColumnSchema("array\($0)_sorted", .dynamic) }
        }
    }
}
