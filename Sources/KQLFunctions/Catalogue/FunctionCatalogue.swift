/// All functions, by name. The single place where the binder, the editor and the documentation look them up.
public struct FunctionCatalogue: Sendable {
    /// In the order of their families.
    public let scalars: [ScalarFunction]
    public let aggregates: [AggregateFunction]
    private let scalarsByName: [String: ScalarFunction]
    private let aggregatesByName: [String: AggregateFunction]

    public init(scalars: [ScalarFunction], aggregates: [AggregateFunction]) {
        self.scalars = scalars
        self.aggregates = aggregates
        scalarsByName = Dictionary(
            scalars.flatMap { function in ([function.name] + function.aliases).map { ($0, function) } },
            uniquingKeysWith: { first, _ in first })
        aggregatesByName = Dictionary(
            aggregates.flatMap { function in ([function.name] + function.aliases).map { ($0, function) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The scalar function or operator of this name or alias.
    public func scalar(_ name: String) -> ScalarFunction? { scalarsByName[name] }

    /// The aggregation function of this name or alias.
    public func aggregate(_ name: String) -> AggregateFunction? { aggregatesByName[name] }
}
