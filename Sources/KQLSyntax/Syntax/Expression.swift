/// A scalar expression, or a thing that stands where one may stand (a star, a subquery).
public indirect enum Expression: Hashable, Sendable {
    case literal(Literal)
    /// A column, variable or parameter; also `$left`, `$right`, `$it`.
    case name(Name)
    /// `*` as an argument or operand.
    case star(Span)
    /// `a.b`
    case member(MemberExpression)
    /// `a["b"]`, `a[0]`, `a[i]`
    case element(ElementExpression)
    case unary(UnaryExpression)
    case binary(BinaryExpression)
    case logical(LogicalExpression)
    case membership(MembershipExpression)
    case between(BetweenExpression)
    case call(CallExpression)
    /// `database("d").f(1)`, `cluster("c").database("d")`
    case scopedCall(ScopedCallExpression)
    /// `toscalar(…)`
    case toscalar(ToScalarExpression)
    /// `(expression)`
    case parenthesized(ParenthesizedExpression)
    /// `entity_group [a, b]`
    case entityGroup(ListExpression)
    /// A pipeline as an argument or as the right side of `in`.
    case subquery(TabularExpression)
    /// Something that could not be parsed; a diagnostic was given.
    case error(Span)

    public var span: Span {
        switch self {
        case .literal(let node): node.span
        case .name(let node): node.span
        case .star(let span), .error(let span): span
        case .member(let node): node.span
        case .element(let node): node.span
        case .unary(let node): node.span
        case .binary(let node): node.span
        case .logical(let node): node.span
        case .membership(let node): node.span
        case .between(let node): node.span
        case .call(let node): node.span
        case .toscalar(let node): node.span
        case .parenthesized(let node): node.span
        case .scopedCall(let node): node.span
        case .entityGroup(let node): node.span
        case .subquery(let node): node.span
        }
    }

    /// The expression without the parentheses around it.
    public var unwrapped: Expression {
        var current = self
        while case .parenthesized(let node) = current { current = node.expression }
        return current
    }
}

/// `base.name`
public struct MemberExpression: Hashable, Sendable {
    public var base: Expression
    public var name: Name
    public var span: Span
}

/// `base[index]`
public struct ElementExpression: Hashable, Sendable {
    public var base: Expression
    public var index: Expression
    public var span: Span
}

/// `-x`, `+x`
public struct UnaryExpression: Hashable, Sendable {
    public enum Operator: String, Hashable, Sendable {
        case minus = "-"
        case plus = "+"
    }
    public var op: Operator
    public var operand: Expression
    public var span: Span
}

/// `left op right` for arithmetic, comparison and string operators.
public struct BinaryExpression: Hashable, Sendable {
    public var op: BinaryOperator
    public var opSpan: Span
    public var left: Expression
    public var right: Expression
    public var span: Span
}

/// A chain of one connective, `a and b and c`; flat so that long chains are not deep.
public struct LogicalExpression: Hashable, Sendable {
    public enum Connective: String, Hashable, Sendable {
        case and, or
    }
    public var connective: Connective
    /// Two or more.
    public var operands: [Expression]
    /// One fewer than operands.
    public var connectiveSpans: [Span]
    public var span: Span
}

/// `left in (…)` and its relatives.
public struct MembershipExpression: Hashable, Sendable {
    public enum Operator: String, Hashable, Sendable, CaseIterable {
        case `in` = "in"
        case inIgnoringCase = "in~"
        case notIn = "!in"
        case notInIgnoringCase = "!in~"
        case hasAny = "has_any"
        case hasAll = "has_all"
    }
    public var op: Operator
    public var opSpan: Span
    public var left: Expression
    /// One `.subquery` for a pipeline; a single name or call may denote a table too (the binder decides).
    public var values: [Expression]
    public var span: Span
}

/// `value between (low .. high)`
public struct BetweenExpression: Hashable, Sendable {
    public var isNegated: Bool
    public var opSpan: Span
    public var value: Expression
    public var low: Expression
    public var high: Expression
    public var span: Span
}

/// `name(arguments)`
public struct CallExpression: Hashable, Sendable {
    public var name: Name
    public var arguments: [Argument]
    public var span: Span
}

/// `scope.name(arguments)`
public struct ScopedCallExpression: Hashable, Sendable {
    public var scope: Expression
    public var call: CallExpression
    public var span: Span
}

/// One argument of a call, possibly named (`f(x = 1)`).
public struct Argument: Hashable, Sendable {
    public var name: Name?
    public var value: Expression
    public var span: Span
}

/// `toscalar(pipeline)`; a scalar expression inside is kept as `.undecided` or `.scalar`.
public struct ToScalarExpression: Hashable, Sendable {
    public var keywordSpan: Span
    /// `kind=nooptimization`
    public var parameters: [OperatorParameter]
    public var body: ResultExpression
    public var span: Span
}

/// `(expression)`
public struct ParenthesizedExpression: Hashable, Sendable {
    public var expression: Expression
    public var span: Span
}

/// The elements between brackets of an entity group.
public struct ListExpression: Hashable, Sendable {
    public var elements: [Expression]
    public var span: Span
}

/// An expression with the column names it assigns: `x`, `a = x`, `(a, b) = f()`.
public struct NamedExpression: Hashable, Sendable {
    /// Empty when unnamed; several for tuple assignment.
    public var names: [Name]
    /// True for `(a) = …` and `(a, b) = …`.
    public var isTuple: Bool
    public var value: Expression
    public var span: Span

    /// The one assigned name, if there is exactly one.
    public var name: Name? { names.count == 1 ? names[0] : nil }
}
