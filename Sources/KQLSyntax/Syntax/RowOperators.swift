// Operators that filter, order, number or pass on rows.

/// `where predicate` (also `filter`)
public struct WhereOperator: Hashable, Sendable {
    /// Parameters such as `hint.…`.
    public var parameters: [OperatorParameter]
    /// The name in `where a = x`, which Kusto accepts and ignores; a warning was given.
    public var ignoredName: Name?
    public var predicate: Expression
    public var span: Span
}

/// `take n` (also `limit`)
public struct TakeOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var count: Expression
    public var span: Span
}

/// `sample n`
public struct SampleOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var count: Expression
    public var span: Span
}

/// `sample-distinct n of column`
public struct SampleDistinctOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var count: Expression
    public var column: Expression
    public var span: Span
}

/// `sort by …` (also `order by`)
public struct SortOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var keys: [OrderedExpression]
    public var span: Span
}

/// `top n by …`
public struct TopOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var count: Expression
    public var keys: [OrderedExpression]
    public var span: Span
}

/// A sort key with what was written of direction and null placement (nil means the default).
public struct OrderedExpression: Hashable, Sendable {
    public enum Direction: String, Hashable, Sendable {
        case ascending = "asc"
        case descending = "desc"
    }
    public enum Nulls: String, Hashable, Sendable {
        case first, last
    }
    public var expression: NamedExpression
    public var direction: Direction?
    public var nulls: Nulls?
    public var span: Span
}

/// `top-hitters n of x by weight`
public struct TopHittersOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var count: Expression
    public var value: NamedExpression
    public var weight: NamedExpression?
    public var span: Span
}

/// `top-nested n of x with others = "…" by aggregate, top-nested …`
public struct TopNestedOperator: Hashable, Sendable {
    public struct Level: Hashable, Sendable {
        /// Missing: all values.
        public var count: Expression?
        public var value: NamedExpression
        /// `with others = …`
        public var others: Expression?
        public var aggregate: OrderedExpression
        public var span: Span
    }
    public var levels: [Level]
    public var span: Span
}

/// `count`, `count as T`
public struct CountOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var alias: Name?
    public var span: Span
}

/// `as T`
public struct AsOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var name: Name
    public var span: Span
}

/// `serialize`, `serialize a = expression, …`
public struct SerializeOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var expressions: [NamedExpression]
    public var span: Span
}

/// `consume`
public struct ConsumeOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var span: Span
}

/// `getschema`, `getschema kind=csl`
public struct GetSchemaOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var span: Span
}

/// `assert-schema (schema)`
public struct AssertSchemaOperator: Hashable, Sendable {
    public var schema: SchemaDeclaration
    public var span: Span
}

/// `execute-and-cache`
public struct ExecuteAndCacheOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var span: Span
}

/// `search kind=… in (tables) predicate`
public struct SearchOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    /// Tables after `in`; names may hold `*`.
    public var tables: [TabularSource]
    public var predicate: Expression
    public var span: Span
}

/// `find withsource=… in (tables) where predicate project columns`
public struct FindOperator: Hashable, Sendable {
    public struct Column: Hashable, Sendable {
        public enum Form: Hashable, Sendable {
            case column(Expression)
            case typedColumn(ColumnDeclaration)
            /// `pack(*)`
            case packAll
            case star
        }
        public var form: Form
        public var span: Span
    }
    public enum Projection: Hashable, Sendable {
        case smart
        case project([Column])
        case projectAway([Column])
    }
    public var parameters: [OperatorParameter]
    public var tables: [TabularSource]
    public var predicate: Expression
    /// `.smart` both when written and when nothing is written.
    public var projection: Projection
    public var isProjectionWritten: Bool
    public var span: Span
}
