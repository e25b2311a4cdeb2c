public import KQL
public import KQLValues

/// How the tables and columns of KQL are named and typed in the store's own database.
///
/// KQL tells names apart by case and SQL does not, so a stored name may differ from the name.
public struct StoreLayout: Sendable, Hashable {
    /// By KQL name.
    public var tables: [String: StoredTable]
    /// Which rows count by the instant they were appended; nil: all, because the store itself keeps a state for a session.
    public var horizon: IngestionHorizon?

    public init(tables: [String: StoredTable] = [:]) {
        self.tables = tables
    }

    /// The tables as KQL sees them.
    public var schemas: [String: TableSchema] { tables.mapValues(\.schema) }
}

/// A table in the store's database.
public struct StoredTable: Sendable, Hashable {
    public var storedName: String
    public var columns: [StoredColumn]
    /// The parts that hold its rows; nil: all are in the one stored table `storedName`.
    public var segments: [StoredSegment]?

    public init(storedName: String, columns: [StoredColumn], segments: [StoredSegment]? = nil) {
        self.storedName = storedName
        self.columns = columns
        self.segments = segments
    }

    /// The parts that may hold rows of a time range; nil: of any time.
    public func segments(in range: TimeBounds?) -> [StoredSegment] {
        guard let segments else { return [StoredSegment(place: .table(storedName))] }
        return segments.filter { $0.mayHoldRows(in: range) }
    }

    public var schema: TableSchema { TableSchema(columns.map { ColumnSchema($0.name, $0.type) }) }

    /// The column of that KQL name.
    public func column(_ name: String) -> StoredColumn? {
        columns.first { $0.name == name }
    }
}

/// A column in the store's database.
public struct StoredColumn: Sendable, Hashable {
    public var name: String
    public var type: KQLType
    public var storedName: String

    public init(name: String, type: KQLType, storedName: String) {
        self.name = name
        self.type = type
        self.storedName = storedName
    }

    /// When a row was appended; a column that every stored table has besides those of its schema.
    public static let ingestionTime = StoredColumn(
        name: "_IngestionTime", type: .datetime, storedName: "_IngestionTime")
}

/// Gives names that differ from all names used so far even when case is disregarded.
public struct StoredNames: Sendable {
    private var taken: Set<String>

    public init(taken: some Sequence<String>) {
        self.taken = Set(taken.map { $0.lowercased() })
    }

    /// The name itself when it is free, else with a number.
    public mutating func claim(_ name: String) -> String {
        var candidate = name
        var number = 2
        while !taken.insert(candidate.lowercased()).inserted {
            candidate = "\(name)#\(number)"
            number += 1
        }
        return candidate
    }
}
