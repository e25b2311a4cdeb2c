// Operators that take further tables or run subqueries over their input.

/// `join kind=… hint.…=… (right) on conditions`
public struct JoinOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    /// What `kind=` says; nil means the default, `innerunique`.
    public var kind: JoinKind?
    public var right: TabularExpression
    public var conditions: [JoinCondition]
    /// The predicate of the form `join … where predicate`.
    public var predicate: Expression?
    public var span: Span
}

/// `lookup kind=… (right) on conditions`; the default kind is `leftouter`.
public struct LookupOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var kind: JoinKind?
    public var right: TabularExpression
    public var conditions: [JoinCondition]
    public var span: Span
}

/// The flavours of join; synonyms are resolved.
public enum JoinKind: String, Hashable, Sendable, CaseIterable {
    case innerunique, inner, leftouter, rightouter, fullouter
    case leftanti, rightanti, leftsemi, rightsemi

    /// Resolves `anti`, `leftantisemi` and `rightantisemi` too.
    public init?(synonym: String) {
        switch synonym {
        case "anti", "leftantisemi": self = .leftanti
        case "rightantisemi": self = .rightanti
        default: self.init(rawValue: synonym)
        }
    }
}

/// One condition after `on`; several are joined by `and`.
public enum JoinCondition: Hashable, Sendable {
    /// A column that both sides have.
    case column(Name)
    /// Any other expression over `$left` and `$right`, usually an equality.
    case expression(Expression)

    public var span: Span {
        switch self {
        case .column(let name): name.span
        case .expression(let node): node.span
        }
    }
}

/// `union kind=… withsource=… isfuzzy=… tables`, as operator and as source.
public struct UnionOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    /// Each a name (may hold `*`), a scoped table, a call, or a pipeline in parentheses.
    public var tables: [TabularSource]
    public var span: Span
}

/// `partition hint.…=… by column (subquery)`, or `{ query }` with its own source.
public struct PartitionOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var column: Expression
    public var subquery: TabularExpression
    /// True for `{ … }`, where the subquery names its own source.
    public var isLegacy: Bool
    public var span: Span
}

/// `partition-by` / `__partitionby column (subquery)`
public struct PartitionByOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var column: Expression
    public var contextId: Expression?
    public var subquery: TabularExpression
    public var span: Span
}

/// `fork name=(subquery) (subquery) …`
public struct ForkOperator: Hashable, Sendable {
    public struct Branch: Hashable, Sendable {
        public var name: Name?
        public var subquery: TabularExpression
        public var span: Span
    }
    public var branches: [Branch]
    public var span: Span
}

/// `facet by columns with (subquery)`
public struct FacetOperator: Hashable, Sendable {
    public var columns: [Expression]
    public var subquery: TabularExpression?
    public var span: Span
}

/// `scan with_match_id=… declare (…) order by … partition by … with (steps)`
public struct ScanOperator: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public enum Output: String, Hashable, Sendable {
            case all, last, none
        }
        public var name: Name
        public var isOptional: Bool
        public var output: Output?
        public var condition: Expression
        public var assignments: [NamedExpression]
        public var span: Span
    }
    public var parameters: [OperatorParameter]
    public var order: [OrderedExpression]
    public var partition: [NamedExpression]
    /// `declare (name: type = default)`
    public var declarations: [FunctionParameter]
    public var steps: [Step]
    public var span: Span
}
