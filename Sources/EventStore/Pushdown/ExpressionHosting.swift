public import KQL
public import KQLFunctions
public import KQLValues

/// Evaluates KQL expressions inside the store's own engine, where its SQL has no exact form of them.
///
/// The store offers one SQL function per type, which takes the number of a registered expression and the columns it reads,
/// and gives its values.
public protocol ExpressionHosting: Sendable {
    /// Keeps an expression over columns of the given types until the read session ends; gives its number.
    func register(_ expression: BoundExpression, over inputs: [ColumnSchema], context: EvaluationContext) -> Int
}

/// The SQL functions of a store that hosts expressions.
public enum HostedFunction {
    /// The name of the function for expressions of a type.
    public static func name(for type: KQLType) -> String { "kql_\(type.rawValue)" }
}
