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

    /// The aggregate that counts different 64-bit hashes.
    public static let distinctCount = "kql_dcount"

    /// The function that gives the elements of JSON text as a list of JSON texts; a bag's properties are bags of one, or
    /// arrays of key and value.
    public static func elements(bagsAsArrays: Bool) -> String { bagsAsArrays ? "kql_pairs" : "kql_elements" }
}
