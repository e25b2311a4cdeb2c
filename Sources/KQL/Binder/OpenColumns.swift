import KQLValues

extension BoundExpression {
    /// A column that data would decide on and that no row has: null, of a type that is not known.
    ///
    /// It is told from a written null by its conversion, which nothing else makes.
    static var unknownColumn: BoundExpression { .convert(.constant(.null(.dynamic)), to: .dynamic) }

    fileprivate var isUnknownColumn: Bool {
        if case .convert(.constant(.null(.dynamic)), to: .dynamic) = self { true } else { false }
    }
}

extension Plan {
    /// Whether the type of a column is not known, since data would decide on it; it then counts as dynamic.
    func hasUnknownType(at index: Int) -> Bool {
        guard schema.columns.indices.contains(index), schema.columns[index].type == .dynamic else { return false }
        switch self {
        case .project(let node):
            let expression = node.columns[index].expression
            if expression.isUnknownColumn { return true }
            guard case .column(let reference) = expression else { return false }
            return node.input.hasUnknownType(at: reference.index)
        case .aggregate(let node):
            guard index < node.keys.count else { return false }
            if node.keys[index].expression.isUnknownColumn { return true }
            guard case .column(let reference) = node.keys[index].expression else { return false }
            return node.input.hasUnknownType(at: reference.index)
        case .join(let node):
            let output = node.outputs[index]
            return (output.side == .left ? node.left : node.right).hasUnknownType(at: output.index)
        case .union(let node):
            return node.inputs.allSatisfy { input in
                switch input.value(of: node.schema.reference(index)) {
                case .column(let reference): input.plan.hasUnknownType(at: reference.index)
                case let value: value.isUnknownColumn
                }
            }
        case .filter(let node): return node.input.hasUnknownType(at: index)
        case .sort(let node): return node.input.hasUnknownType(at: index)
        case .top(let node): return node.input.hasUnknownType(at: index)
        case .take(let node): return node.input.hasUnknownType(at: index)
        case .distinct(let node): return node.input.hasUnknownType(at: index)
        case .materialized(let node): return node.input.hasUnknownType(at: index)
        default: return false
        }
    }
}
