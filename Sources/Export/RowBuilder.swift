internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues

/// Builds rows of one table by column name.
struct RowBuilder {
    private let schema: TableSchema
    private var rows: [[Value]] = []

    init(_ columns: KeyValuePairs<String, KQLType>) {
        schema = TableSchema(columns.map { ColumnSchema($0.key, $0.value) })
    }

    /// Adds a row; columns that are not named are null.
    mutating func add(_ cells: [String: Value]) {
        rows.append(schema.columns.map { cells[$0.name] ?? .missing($0.type) })
    }

    var isEmpty: Bool { rows.isEmpty }

    func batch(_ table: String) -> EventBatch {
        EventBatch(table: table, rows: Table(schema: schema, rows: rows))
    }
}

extension Value {
    static func time(_ instant: Instant?) -> Value {
        instant.map { .datetime($0) } ?? .null(.datetime)
    }

    /// The texts as a dynamic array.
    static func list(_ texts: some Sequence<String>) -> Value {
        .dynamic(.array(texts.map { .string($0) }))
    }
}
