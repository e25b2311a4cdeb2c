/// All functions, by name. The single place where the binder, the editor and the documentation look them up.
public struct FunctionCatalogue: Sendable {
    /// In the order of their families.
    public let scalars: [ScalarFunction]
    public let aggregates: [AggregateFunction]
    /// Functions that the binder resolves itself; here they are only described.
    public let queryFunctions: [QueryFunction]
    private let scalarsByName: [String: ScalarFunction]
    private let aggregatesByName: [String: AggregateFunction]

    public init(scalars: [ScalarFunction], aggregates: [AggregateFunction], queryFunctions: [QueryFunction] = []) {
        self.scalars = scalars
        self.aggregates = aggregates
        self.queryFunctions = queryFunctions
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

    /// What is said about a function that the binder resolves itself.
    public func queryFunction(_ name: String) -> QueryFunction? {
        queryFunctions.first { $0.name == name || $0.aliases.contains(name) }
    }
}
