import KQLValues

extension Signature {
    /// A signature in one line: `.takes(.string("source"), returns: .long)`.
    static func takes(_ parameters: Parameter..., returns result: KQLType) -> Signature {
        Signature(parameters, returns: .type(result))
    }

    /// A signature whose result type follows from the arguments.
    static func takes(_ parameters: Parameter..., gives result: ResultRule) -> Signature {
        Signature(parameters, returns: result)
    }
}

extension Parameter {
    static func bool(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .exactly(.bool), arity) }
    static func long(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .exactly(.long), arity) }
    static func real(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .exactly(.real), arity) }
    static func decimal(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.decimal), arity)
    }
    static func datetime(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.datetime), arity)
    }
    static func timespan(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.timespan), arity)
    }
    static func guid(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .exactly(.guid), arity) }
    static func string(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.string), arity)
    }
    static func dynamic(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.dynamic), arity)
    }
    static func number(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .number, arity) }
    static func common(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .common, arity) }

    /// Any value; string functions read it as its text.
    static func any(_ name: String, _ arity: Arity = .required) -> Parameter { .init(name, .any, arity) }

    /// int or long as it is.
    static func integer(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .oneOf([.int, .long]), arity)
    }

    /// A string that must be known when the query is bound.
    static func constantString(_ name: String, _ arity: Arity = .required) -> Parameter {
        .init(name, .exactly(.string), arity, mustBeConstant: true)
    }
}

/// Lists functions one statement each, so that the compiler checks every declaration by itself.
@resultBuilder
enum FunctionList<Function> {
    static func buildExpression(_ function: Function) -> [Function] { [function] }
    static func buildExpression(_ functions: [Function]) -> [Function] { functions }
    static func buildBlock(_ parts: [Function]...) -> [Function] { parts.flatMap(\.self) }
}

/// A family of scalar functions.
func scalars(@FunctionList<ScalarFunction> _ functions: () -> [ScalarFunction]) -> [ScalarFunction] { functions() }

/// A family of aggregation functions.
func aggregates(@FunctionList<AggregateFunction> _ functions: () -> [AggregateFunction]) -> [AggregateFunction] {
    functions()
}
