/// A function that the binder resolves itself, because it is about the query, its columns or its tables: `materialize`,
/// `column_ifexists`, `table`. Here stands what is said about it; what it does stands in the binder.
public struct QueryFunction: Sendable {
    public let name: String
    /// Other names that mean the same function.
    public let aliases: [String]
    /// One sentence: what it gives.
    public let summary: String
    public let signature: Signature

    public init(_ name: String, aliases: [String] = [], summary: String, signature: Signature) {
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.signature = signature
    }
}
