public import Chronology
internal import JSON
public import KQLValues

/// Builds rows of one table by column name, for tables that Tocsin writes of itself.
public struct RowBuilder: Sendable {
    private let schema: TableSchema
    private var rows: [[Value]] = []

    public init(_ columns: KeyValuePairs<String, KQLType>) {
        schema = TableSchema(columns.map { ColumnSchema($0.key, $0.value) })
    }

    /// Adds a row; columns that are not named are null.
    public mutating func add(_ cells: [String: Value]) {
        rows.append(schema.columns.map { cells[$0.name] ?? .missing($0.type) })
    }

    public var isEmpty: Bool { rows.isEmpty }

    public func batch(_ table: String) -> EventBatch {
        EventBatch(table: table, rows: Table(schema: schema, rows: rows))
    }
}

extension Value {
    /// A point in time, or its null.
    public static func time(_ instant: Instant?) -> Value {
        instant.map { .datetime($0) } ?? .null(.datetime)
    }

    /// The texts as a dynamic array.
    public static func list(_ texts: some Sequence<String>) -> Value {
        .dynamic(.array(texts.map { .string($0) }))
    }
}
