public import Chronology
public import KQL

/// What the language service knows beyond the text that is edited.
public struct EditingEnvironment: Sendable {
    /// Tables, saved functions and the function catalogue.
    public var query: QueryEnvironment
    /// The instant that stands for `now()` where a constant has to be computed.
    public var now: Instant
    /// Values that a column of a table is known to hold, most frequent first; asked when a string is being compared.
    public var values: @Sendable (_ table: String, _ column: String) -> [String]

    public init(
        query: QueryEnvironment, now: Instant,
        values: @escaping @Sendable (_ table: String, _ column: String) -> [String] = { _, _ in [] }
    ) {
        self.query = query
        self.now = now
        self.values = values
    }
}
