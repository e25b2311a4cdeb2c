public import Chronology
public import KQL
public import KQLFunctions

/// What the language service knows beyond the text that is edited.
public struct EditingEnvironment: Sendable {
    /// Tables, saved functions and the function catalogue.
    public let query: QueryEnvironment
    /// What is said about the functions of the catalogue.
    public let functions: [FunctionDescription]
    /// The instant that stands for `now()` where a constant has to be computed.
    public var now: Instant
    /// Values that a column of a table is known to hold, most frequent first; asked when a string is being compared.
    public var values: @Sendable (_ table: String, _ column: String) -> [String]

    /// - Parameter functions: the catalogue's descriptions, when they are at hand; making them takes a millisecond.
    public init(
        query: QueryEnvironment, functions: [FunctionDescription]? = nil, now: Instant,
        values: @escaping @Sendable (_ table: String, _ column: String) -> [String] = { _, _ in [] }
    ) {
        self.query = query
        self.functions = functions ?? query.catalogue.descriptions
        self.now = now
        self.values = values
    }
}
