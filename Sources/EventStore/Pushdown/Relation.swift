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
        let base = base
        return Relation(base.selecting(base.columns), columns, steps: steps + [step])
    }

    /// What a new query over this one reads: where this one only picks columns and rows, the same source.
    var base: QueryBase {
        if select.isPlain {
            return QueryBase(source: select.source, columns: select.columns, conditions: select.conditions)
        }
        return QueryBase(source: .select(select), columns: columns.indices.map { .column($0) }, conditions: [])
    }
}

/// The start of a query over a relation: its source, its columns over that source, and the conditions on them.
struct QueryBase {
    let source: SQLSource
    let columns: [SQLExpression]
    let conditions: [SQLExpression]

    /// A query for some columns over the source.
    func selecting(_ expressions: [SQLExpression]) -> SQLSelect {
        var select = SQLSelect(expressions, from: source)
        select.conditions = conditions
        return select
    }

    /// An expression over the relation's columns as one over the source.
    func rebased(_ expression: SQLExpression) -> SQLExpression {
        expression.mapColumns { columns[$0] }
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
