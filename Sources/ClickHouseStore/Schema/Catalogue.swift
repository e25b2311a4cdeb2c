import EventStore
import KQLValues
import Synchronization

/// The tables of the database with their KQL names and types, which stand in the comments of tables and columns.
///
/// Other nodes make tables and columns too; what is there is read again when it may have changed.
final class Catalogue: Sendable {
    private let connection: Connection
    private let definition: TableDefinition
    private let known: Mutex<StoreLayout>

    init(_ connection: Connection, _ definition: TableDefinition) {
        self.connection = connection
        self.definition = definition
        known = Mutex(StoreLayout())
    }

    var layout: StoreLayout { known.withLock { $0 } }

    /// Makes what every installation has, and reads what is there.
    func prepare() async throws(EventStoreError) {
        try await connection.execute(Statement(definition.createDatabase()))
        try await connection.execute(Statement(definition.createDeliveries()))
        try await refresh()
    }

    /// Reads the tables that are there now.
    func refresh() async throws(EventStoreError) {
        let database = ClickHouseForms.literal(definition.database)
        let mark = ClickHouseForms.literal(ColumnComment.start + "%")
        let rows = try await connection.table(
            Statement(
                """
                SELECT t.comment AS c0, t.name AS c1, c.name AS c2, c.comment AS c3 FROM system.columns AS c
                JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
                WHERE c.database = \(database) AND t.database = \(database) AND t.comment LIKE \(mark)
                    AND c.comment LIKE \(mark)
                ORDER BY c.table, c.position
                """),
            TableSchema((0..<4).map { ColumnSchema("c\($0)", .string) }))
        var layout = StoreLayout()
        for row in 0..<rows.rowCount {
            let texts = rows.columns.map { if case .string(let strings) = $0 { strings[row] } else { "" } }
            guard let column = ColumnComment.column(texts[3], storedName: texts[2]) else { continue }
            let name = String(texts[0].dropFirst(ColumnComment.start.count))
            layout.tables[name, default: StoredTable(storedName: texts[1], columns: [])].columns.append(column)
        }
        known.withLock { $0 = layout }
    }

    /// Makes a table, or the columns it lacks, so that `arriving` columns have their places.
    ///
    /// Another node may do the same at the same time, with other types: what is there afterwards counts, and what does not
    /// fit into it is placed again.
    func evolve(_ name: String, _ arriving: TableSchema) async throws(EventStoreError) -> SchemaEvolution {
        for _ in 0..<Self.attempts {
            let table = layout.tables[name]
            let evolution = SchemaEvolution(existing: table?.schema ?? TableSchema([]), arriving: arriving)
            if table != nil, evolution.addedCount == 0 { return evolution }
            try Self.check(name, evolution)
            let added = evolution.schema.columns.suffix(evolution.addedCount).map {
                StoredColumn(name: $0.name, type: $0.type, storedName: StoredName.of($0.name))
            }
            let statements =
                table.map { definition.add(added, to: name, $0) }
                ?? definition.create(name, StoredTable(storedName: StoredName.of(name), columns: added))
            for statement in statements { try await connection.execute(Statement(statement, seconds: 180)) }
            try await refresh()
            // A table without columns cannot be told from none.
            if added.isEmpty { return evolution }
        }
        throw EventStoreError(
            .writeFailed, "The columns of \(name) change faster than they can be added; send the rows again.")
    }

    private static let attempts = 8

    /// - Throws: `invalidName` when the table or a new column cannot have its name.
    static func check(_ name: String, _ evolution: SchemaEvolution) throws(EventStoreError) {
        try StoreLayout.check(name, "table")
        for column in evolution.schema.columns.suffix(evolution.addedCount) {
            try StoreLayout.check(column.name, "column")
        }
    }
}
