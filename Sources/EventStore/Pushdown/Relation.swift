import KQLValues

/// A part of a plan in SQL: the columns of the query are those of the plan, in its order.
struct Relation {
    var select: SQLSelect
    var columns: [RelationColumn]
    /// The operators it holds, in their order.
    var steps: [String]
    /// Whether computing the topmost columns calls back into Tocsin.
    var isHostedOnTop = false

    init(_ select: SQLSelect, _ columns: [RelationColumn], steps: [String]) {
        self.select = select
        self.columns = columns
        self.steps = steps
    }

    /// A new query over this one that passes all columns on.
    func wrapped(_ step: String) -> Relation {
        Relation(SQLSelect(all: columns.count, from: .select(select)), columns, steps: steps + [step])
    }
}

/// What is known of a column of a relation.
struct RelationColumn {
    var type: KQLType
    /// Whether it may be SQL's null.
    var isNullable: Bool

    init(_ type: KQLType, isNullable: Bool = true) {
        self.type = type
        self.isNullable = isNullable && type != .string
    }

    init(_ term: SQLTerm) {
        self.init(term.type, isNullable: term.isNullable)
    }
}

/// Why a part of a query is not run by the store, for `--explain`.
public struct Decline: Error, Sendable, Hashable {
    /// The operator as the language writes it.
    public let operation: String
    public let reason: String
}
