public import KQLValues

/// One way to call a function.
public struct Signature: Sendable {
    /// The parameters in order: required ones first, then optional ones; the last may repeat.
    public let parameters: [Parameter]
    /// The type of the result.
    public let result: ResultRule

    public init(_ parameters: [Parameter], returns result: ResultRule) {
        self.parameters = parameters
        self.result = result
    }
}

/// A parameter of a function.
public struct Parameter: Sendable {
    public let name: String
    public let type: ParameterType
    /// How often it may occur.
    public let arity: Arity
    /// Whether the argument must be known when the query is bound.
    public let mustBeConstant: Bool

    public init(_ name: String, _ type: ParameterType, _ arity: Arity = .required, mustBeConstant: Bool = false) {
        self.name = name
        self.type = type
        self.arity = arity
        self.mustBeConstant = mustBeConstant
    }

    public enum Arity: Sendable {
        case required, optional
        /// Any number of times, none included; only for the last parameter (or a last pair, for `case`, `pack`).
        case repeated
    }
}

/// What arguments a parameter takes, and what they are converted to before the call.
public enum ParameterType: Sendable, Hashable {
    /// This type; an int becomes a long or real, a long a real, and a dynamic is unpacked, as Kusto does silently.
    case exactly(KQLType)
    /// One of these types as it is; a dynamic only when listed.
    case oneOf([KQLType])
    /// int, long, real or decimal as it is.
    case number
    /// Any type as it is.
    case any
    /// The type that all parameters marked so agree on: the widest number, else the common type.
    case common
}

/// How the result's type follows from the arguments.
public enum ResultRule: Sendable, Hashable {
    case type(KQLType)
    /// The type of the argument at this position, after conversion.
    case argument(Int)
    /// The type that the parameters marked `common` agreed on.
    case common
    /// As `common`, but at least long: integer arithmetic.
    case arithmetic
    /// The type named by the constant string or type literal at this position (`extract`'s last, `make_…`).
    case namedByArgument(Int, default: KQLType)
}
