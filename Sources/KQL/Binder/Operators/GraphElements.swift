import KQLFunctions
import KQLSyntax
import KQLValues

/// The named nodes and edges of a graph pattern, and the values derived from them while expressions are bound.
final class GraphElements {
    enum Element {
        case node(Int)
        case edge(Int, isPath: Bool)
    }

    let graph: GraphSource
    let names: [String: Element]
    private let firstDerived: Int
    private(set) var derived: [GraphMatch.Derived] = []

    init(graph: GraphSource, names: [String: Element], firstDerived: Int) {
        self.graph = graph
        self.names = names
        self.firstDerived = firstDerived
    }

    /// A reference to a derived value.
    func add(_ value: GraphMatch.Derived) -> BoundExpression {
        derived.append(value)
        return .column(ColumnReference(index: firstDerived + derived.count - 1, name: "", type: value.type))
    }

    /// A whole node, edge or path as a dynamic value.
    func bag(_ name: String) -> BoundExpression? {
        switch names[name] {
        case .node(let node): add(.node(node))
        case .edge(let edge, isPath: false): add(.edge(edge))
        case .edge(let edge, isPath: true): add(.path(edge: edge, overNodes: false, .array, nil))
        case nil: nil
        }
    }
}

extension Binder {
    /// The functions of graph patterns; nil for other calls.
    func bindGraphCall(
        _ node: CallExpression, _ elements: GraphElements, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression? {
        switch node.name.text {
        case "node_id": return try graphProperty("$id", node, in: context)
        case "node_degree_in": return try graphProperty("$degree_in", node, in: context)
        case "node_degree_out": return try graphProperty("$degree_out", node, in: context)
        case "map": return try bindPath(node, .array, elements, in: context)
        case "all": return try bindPath(node, .all, elements, in: context)
        case "any": return try bindPath(node, .any, elements, in: context)
        case "inner_nodes": return try bindPath(node, .array, elements, in: context)
        default: return nil
        }
    }

    private func graphProperty(
        _ name: String, _ node: CallExpression, in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        if case .name(let element)? = node.arguments.first?.value,
            let column = context.row?.reference(name, qualifier: element.text)
        {
            return column
        }
        if node.arguments.isEmpty, let column = context.row?.reference(name) { return column }
        throw Diagnostic(.wrongArguments, "'\(node.name.text)' takes a node of the pattern", at: node.span)
    }

    private func bindPath(
        _ node: CallExpression, _ reduction: GraphMatch.Reduction, _ elements: GraphElements,
        in context: ExpressionContext
    ) throws(Diagnostic) -> BoundExpression {
        guard var target = node.arguments.first?.value.unwrapped else {
            throw Diagnostic(.wrongArguments, "'\(node.name.text)' takes a path of the pattern", at: node.span)
        }
        var overNodes = node.name.text == "inner_nodes"
        if case .call(let inner) = target, inner.name.text == "inner_nodes", let first = inner.arguments.first {
            overNodes = true
            target = first.value.unwrapped
        }
        guard case .name(let name) = target, case .edge(let edge, _)? = elements.names[name.text] else {
            throw Diagnostic(.wrongArguments, "'\(node.name.text)' takes an edge of the pattern", at: node.span)
        }
        guard node.arguments.count > 1 else {
            return elements.add(.path(edge: edge, overNodes: overNodes, reduction, nil))
        }
        let schema = overNodes ? elements.graph.nodeSchema : elements.graph.edges.schema
        var inner = ExpressionContext(scope: context.scope, row: RowContext(id: newID(), schema: schema, isOpen: false))
        inner.graph = GraphElements(graph: elements.graph, names: [:], firstDerived: 0)
        let expression = node.arguments[1].value
        let value = reduction == .array ? try bind(expression, in: inner) : try bindPredicate(expression, in: inner)
        return elements.add(.path(edge: edge, overNodes: overNodes, reduction, value))
    }
}
