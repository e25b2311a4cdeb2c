public import Foundation

/// A query with everything that its asker may set.
public struct QueryRequest: Sendable {
    /// The name under which it is listed while it runs.
    public var id: UUID
    public var text: String
    public var range: QueryTimeRange?
    /// Values for `declare query_parameters`, as text: read by the declared types.
    public var parameters: [String: String] = [:]
    public var asker: QueryAsker
    /// Shorter or longer than the installation's default, up to its longest.
    public var seconds: Double?
    /// Fewer rows than the installation gives at most.
    public var maximumRows: Int?

    public init(_ text: String, id: UUID = UUID(), range: QueryTimeRange? = nil, asker: QueryAsker) {
        self.id = id
        self.text = text
        self.range = range
        self.asker = asker
    }
}

/// Who asks a query: limits hold per asker, and an asker sees the own queries.
public struct QueryAsker: Sendable, Hashable {
    public var id: String
    /// What people read.
    public var name: String

    public init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    /// Tocsin itself, for pages that show counts.
    public static let system = QueryAsker(id: "system", name: "Tocsin")
}
