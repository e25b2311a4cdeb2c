import JSON
import KQLSyntax
import KQLValues

/// A cluster or database that `macro-expand` goes through.
struct MacroEntity {
    let cluster: String
    let database: String

    /// Reads `cluster("c").database("d")`, `database("d")` and a plain name.
    init(_ expression: Expression) {
        var cluster = ""
        var database = ""
        var current = expression.unwrapped
        while true {
            let call: CallExpression
            switch current {
            case .call(let node): call = node
            case .scopedCall(let node): call = node.call
            case .name(let name):
                self.init(cluster: cluster, database: database.isEmpty ? name.text : database)
                return
            default:
                self.init(cluster: cluster, database: database)
                return
            }
            if case .literal(let literal)? = call.arguments.first?.value, case .string(let text) = literal.value {
                if call.name.text == "cluster" { cluster = text } else { database = text }
            }
            guard case .scopedCall(let node) = current else {
                self.init(cluster: cluster, database: database)
                return
            }
            current = node.scope.unwrapped
        }
    }

    private init(cluster: String, database: String) {
        self.cluster = cluster
        self.database = database
    }

    /// `X.$current_database` and `X.$current_cluster_endpoint`.
    func property(_ name: String) -> BoundExpression? {
        switch name {
        case "$current_database": .constant(.string(database))
        case "$current_cluster_endpoint": .constant(.string(cluster))
        default: nil
        }
    }
}

extension Binder {
    /// `macro-expand group as X (body)`: the union of the body's results for each entity of a group.
    func bind(_ node: MacroExpandSource, in scope: Scope) throws(Diagnostic) -> Relation {
        var entities = node.entities
        if let group = node.groupName {
            guard case .entityGroup(let stored)? = scope.lookup(group.text) else {
                throw Diagnostic(
                    .unknownName, "there is no entity group '\(group.text)'", at: group.span,
                    hint: "define it: let \(group.text) = entity_group [database('a'), database('b')]")
            }
            entities = stored
        }
        let parameters = Dictionary(
            node.parameters.map { ($0.name.text.lowercased(), $0.value.text ?? "") }, uniquingKeysWith: { $1 })
        let isFuzzy = parameters["isfuzzy"]?.lowercased() == "true"
        var operands: [UnionOperand] = []
        for entity in entities {
            let inner = Scope(parent: scope)
            if let name = node.scopeName { inner.define(name.text, as: .entity(MacroEntity(entity))) }
            do throws(Diagnostic) {
                let relation = try bindBody(of: node, isFuzzy: isFuzzy, in: inner)
                operands.append(UnionOperand(relation: relation, name: relation.name ?? "union_arg\(operands.count)"))
            } catch {
                guard isFuzzy, error.code == .unknownTable || error.code == .unknownFunction else { throw error }
                warn(error.code, error.message + "; left out because of isfuzzy", at: error.span)
            }
        }
        guard !operands.isEmpty else {
            if isFuzzy { return .unknown }
            throw Diagnostic(.unknownTable, "the entity group is empty", at: node.span)
        }
        return unite(operands, isInner: parameters["kind"] == "inner", sourceColumn: parameters["withsource"])
    }

    private func bindBody(
        of node: MacroExpandSource, isFuzzy: Bool, in scope: Scope
    ) throws(Diagnostic) -> Relation {
        let inner = try bind(node.body.statements, in: scope, until: node.body.span.upper)
        let result = { () throws(Diagnostic) -> Relation in
            switch node.body.result {
            case .tabular(let pipeline)?: return try self.bind(pipeline, in: inner)
            case .undecided(let expression)?: return try self.bindTable(expression.unwrapped, in: inner)
            default: throw Diagnostic(.misplaced, "the body of macro-expand must give a table", at: node.body.span)
            }
        }
        return isFuzzy ? try attempt(result) : try result()
    }
}
