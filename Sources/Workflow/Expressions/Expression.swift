public import JSON

/// A parsed expression of the workflow definition language: `@concat('a', triggerBody()?['b'])` without its `@`.
public indirect enum Expression: Sendable, Hashable {
    case literal(JSON)
    case call(FunctionCall)
    /// `base[key]`, `base.key`, and with `isOptional` `base?[key]`, `base?.key`.
    case member(base: Expression, key: Expression, isOptional: Bool)

    /// A function applied to arguments; its name keeps the spelling of the source.
    public struct FunctionCall: Sendable, Hashable {
        public var name: String
        public var arguments: [Expression]
        /// Where the name stands in the text, in UTF-8 bytes.
        public var offset: Int
    }
}

extension Expression {
    /// Calls `visit` for every function call in the expression, outermost first.
    public func forEachCall(_ visit: (FunctionCall) -> Void) {
        switch self {
        case .literal: break
        case .call(let call):
            visit(call)
            for argument in call.arguments { argument.forEachCall(visit) }
        case .member(let base, let key, _):
            base.forEachCall(visit)
            key.forEachCall(visit)
        }
    }
}
