import KQLValues

/// What the editor and the reference say about a function, whatever its kind.
public struct FunctionDescription: Sendable {
    /// The canonical name, lower case as documented.
    public let name: String
    /// Other names that mean the same function.
    public let aliases: [String]
    public let kind: Kind
    /// One sentence: what it gives.
    public let summary: String
    /// How it may be called.
    public let signatures: [Signature]
    /// Whether the store can run it under some conditions, so that it need not run in Tocsin's own runtime.
    public let isPushedDown: Bool

    public enum Kind: Sendable, Hashable {
        /// A value per row, from the row alone.
        case scalar(FunctionFamily)
        /// A value per group of rows.
        case aggregate
        /// Known while the query is bound: about the query, its columns or its tables.
        case query

        /// Whether it is written between or before its arguments instead of as a call.
        public var isOperator: Bool {
            switch self {
            case .scalar(.arithmetic), .scalar(.comparison), .scalar(.logical), .scalar(.stringOperator): true
            default: false
            }
        }
    }

    public init(
        name: String, aliases: [String], kind: Kind, summary: String, signatures: [Signature], isPushedDown: Bool
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.summary = summary
        self.signatures = signatures
        self.isPushedDown = isPushedDown
    }
}

extension FunctionCatalogue {
    /// Every function that a query may call, in order of name; internal ones (named with `$`) are left out.
    public var descriptions: [FunctionDescription] {
        let all = scalars.map(\.description) + aggregates.map(\.description) + queryFunctions.map(\.description)
        return all.filter { !$0.name.hasPrefix("$") }.sorted { $0.name < $1.name }
    }

    /// What is known under a name or alias; a scalar function and an aggregation may share one.
    public func descriptions(of name: String) -> [FunctionDescription] {
        [scalar(name)?.description, aggregate(name)?.description, queryFunction(name)?.description].compactMap(\.self)
    }
}

extension ScalarFunction {
    fileprivate var description: FunctionDescription {
        FunctionDescription(
            name: name, aliases: aliases, kind: .scalar(family), summary: summary, signatures: signatures,
            isPushedDown: !sql.isEmpty)
    }
}

extension AggregateFunction {
    fileprivate var description: FunctionDescription {
        FunctionDescription(
            name: name, aliases: aliases, kind: .aggregate, summary: summary, signatures: signatures,
            isPushedDown: !sql.isEmpty)
    }
}

extension QueryFunction {
    fileprivate var description: FunctionDescription {
        FunctionDescription(
            name: name, aliases: aliases, kind: .query, summary: summary, signatures: [signature], isPushedDown: false)
    }
}

extension Signature {
    /// The signature in one line: `(text: string, start: long, [length: long]) → string`.
    public var text: String { "(\(parameters.map(\.text).joined(separator: ", "))) → \(result.text)" }
}

extension Parameter {
    /// The parameter in one word: `text: string`, `[length: long]`, `more: dynamic…`.
    public var text: String {
        switch arity {
        case .required: "\(name): \(type.text)"
        case .optional: "[\(name): \(type.text)]"
        case .repeated: "\(name): \(type.text)…"
        }
    }
}

extension ParameterType {
    /// The name of the type, or of the types, that a parameter takes.
    public var text: String {
        switch self {
        case .exactly(let type): type.rawValue
        case .oneOf(let types): types.map(\.rawValue).joined(separator: "|")
        case .number: "number"
        case .any, .common: "any"
        }
    }
}

extension ResultRule {
    /// The type of the result, or in words what it follows from.
    public var text: String {
        switch self {
        case .type(let type): type.rawValue
        case .argument(let index): "type of argument \(index + 1)"
        case .common: "common type"
        case .arithmetic: "number"
        case .namedByArgument(_, let type): "named type, else \(type.rawValue)"
        }
    }
}
