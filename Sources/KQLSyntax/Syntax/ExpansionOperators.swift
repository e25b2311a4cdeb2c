// Operators that take values apart: mv-expand, mv-apply and the parse family.

/// `mv-expand kind=… with_itemindex=i a to typeof(t), … limit n` (also `mvexpand`)
public struct MvExpandOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var items: [ExpansionItem]
    public var limit: Expression?
    public var span: Span
}

/// One expanded expression, with the type asked for.
public struct ExpansionItem: Hashable, Sendable {
    public var expression: NamedExpression
    public var type: TypeReference?
    public var span: Span
}

/// `mv-apply items on (subquery)`
public struct MvApplyOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var items: [ExpansionItem]
    public var limit: Expression?
    /// `id x`, a context name.
    public var contextId: Expression?
    /// Its source is `.input` unless one is written.
    public var subquery: TabularExpression
    public var span: Span
}

/// `parse` and `parse-where`.
public struct ParseOperator: Hashable, Sendable {
    /// One item after `with`.
    public enum Item: Hashable, Sendable {
        case text(Literal)
        /// `*`: anything up to the next item.
        case star(Span)
        /// `column` or `column: type` (string when nil).
        case column(Name, TypeReference?)
    }
    /// True for `parse-where`.
    public var dropsUnmatched: Bool
    /// `kind=simple|regex|relaxed`, `flags=…`
    public var parameters: [OperatorParameter]
    public var input: Expression
    public var items: [Item]
    public var span: Span
}

/// `parse-kv x as (schema) with (properties)`
public struct ParseKVOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var input: Expression
    public var schema: SchemaDeclaration
    public var properties: [OperatorParameter]
    public var span: Span
}

/// `evaluate plugin(arguments) : (schema)`
public struct EvaluateOperator: Hashable, Sendable {
    public var parameters: [OperatorParameter]
    public var call: CallExpression
    public var schema: SchemaDeclaration?
    public var span: Span
}

/// `invoke f(arguments)`
public struct InvokeOperator: Hashable, Sendable {
    /// The name may be scoped: `invoke database("d").f()`; then the qualifiers stand here.
    public var qualifiers: [Expression]
    public var call: CallExpression
    public var span: Span
}
