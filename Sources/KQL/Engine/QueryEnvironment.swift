public import KQLFunctions
public import KQLValues

/// The tables that exist, by name; implemented by the event store.
public protocol TableCatalog: Sendable {
    /// The columns of a table, by its exact name.
    func schema(of table: String) -> TableSchema?
    /// The names of all tables, for wildcards, `search` and spelling hints.
    var tableNames: [String] { get }
}

/// A fixed set of tables.
public struct FixedTableCatalog: TableCatalog {
    public var tables: [String: TableSchema]

    public init(_ tables: [String: TableSchema]) {
        self.tables = tables
    }

    public func schema(of table: String) -> TableSchema? { tables[table] }
    public var tableNames: [String] { tables.keys.sorted() }
}

/// Everything that a query may refer to beyond its own text.
public struct QueryEnvironment: Sendable {
    public var catalogue: FunctionCatalogue
    public var tables: any TableCatalog
    /// Saved functions, by name.
    public var functions: [String: SavedFunction]
    /// What `_GetWatchlist` reads.
    public var watchlists: any WatchlistSource
    /// Values for `declare query_parameters`, and names that hold everywhere.
    public var parameters: [String: Value]
    /// Limits every scanned table that has a `TimeGenerated` column.
    public var timeRange: TimeBounds?
    /// Where `externaldata` and `http_request` reach to; nil: nowhere.
    public var external: (any ExternalSource)?

    public init(
        catalogue: FunctionCatalogue, tables: any TableCatalog, functions: [String: SavedFunction] = [:],
        watchlists: any WatchlistSource = FixedWatchlists([:]), parameters: [String: Value] = [:],
        timeRange: TimeBounds? = nil
    ) {
        self.catalogue = catalogue
        self.tables = tables
        self.functions = functions
        self.watchlists = watchlists
        self.parameters = parameters
        self.timeRange = timeRange
    }
}

/// A function stored under a name: parsers, workspace functions. It is parsed when a query first calls it.
public struct SavedFunction: Sendable, Hashable {
    public var name: String
    public var parameters: [Parameter]
    /// KQL text: statements that end in a scalar or tabular expression.
    public var body: String
    /// The result's columns of a function whose body is not known here; then it gives no rows.
    public var declaredSchema: TableSchema?

    public init(name: String, parameters: [Parameter] = [], body: String, declaredSchema: TableSchema? = nil) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.declaredSchema = declaredSchema
    }

    /// A parameter of a saved function.
    public struct Parameter: Sendable, Hashable {
        public var name: String
        /// A type name, or a schema in parentheses for a table.
        public var type: String
        /// KQL text of the default value; bare text for a string is taken as the string.
        public var defaultValue: String?

        public init(name: String, type: String, defaultValue: String? = nil) {
            self.name = name
            self.type = type
            self.defaultValue = defaultValue
        }
    }
}
