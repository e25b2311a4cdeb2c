import EventStore
import KQLValues

/// The tables of the database with their KQL names and types, which are kept in a table of their own, `meta.columns`.
///
/// A column is made in the stored table only when a row first has a value there: DuckDB spends as much on an empty column
/// as on a full one, and the tables of Azure Monitor have hundreds of which most sources fill few.
struct TableCatalogue {
    private(set) var layout: StoreLayout
    /// Grows with each change of the layout.
    private(set) var version = 0
    /// For each table the columns in the order of the stored table, as positions in its layout.
    private var stored: [String: [Int]] = [:]

    /// Reads the catalogue, which is made when the database is new.
    init(_ connection: DuckDBConnection) throws(EventStoreError) {
        try connection.execute("CREATE SCHEMA IF NOT EXISTS meta", code: .cannotOpen)
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS meta.columns (
                table_name VARCHAR, stored_table VARCHAR, position BIGINT, name VARCHAR, type VARCHAR,
                stored_name VARCHAR)
            """, code: .cannotOpen)
        let rows = try connection.table(
            "SELECT table_name, stored_table, name, type, stored_name FROM meta.columns ORDER BY table_name, position",
            schema: TableSchema(
                ["table", "storedTable", "name", "type", "storedName"].map { ColumnSchema($0, .string) }))
        layout = StoreLayout()
        for row in 0..<rows.rowCount {
            let texts = rows.columns.map { if case .string(let strings) = $0 { strings[row] } else { "" } }
            guard let type = KQLType(rawValue: texts[3]) else {
                throw EventStoreError(
                    .cannotOpen,
                    "Column \(texts[2]) of \(texts[0]) has the unknown type \(texts[3]); was the store "
                        + "written by a newer version?")
            }
            layout.tables[texts[0], default: StoredTable(storedName: texts[1], columns: [])].columns.append(
                StoredColumn(name: texts[2], type: type, storedName: texts[4], isStored: false))
        }
        try readStored(connection)
    }

    /// Finds out which columns the stored tables have.
    private mutating func readStored(_ connection: DuckDBConnection) throws(EventStoreError) {
        let rows = try connection.table(
            """
            SELECT table_name, column_name FROM duckdb_columns()
            WHERE schema_name = 'main' AND database_name = current_database() ORDER BY table_name, column_index
            """, schema: TableSchema([ColumnSchema("table", .string), ColumnSchema("column", .string)]))
        let tables = Dictionary(
            layout.tables.map { ($0.value.storedName, $0.key) }, uniquingKeysWith: { first, _ in first })
        let positions = layout.tables.mapValues { table in
            Dictionary(
                table.columns.enumerated().map { ($1.storedName, $0) }, uniquingKeysWith: { first, _ in first })
        }
        for row in 0..<rows.rowCount {
            let texts = rows.columns.map { if case .string(let strings) = $0 { strings[row] } else { "" } }
            guard let name = tables[texts[0]], let position = positions[name]?[texts[1]] else { continue }
            layout.tables[name]?.columns[position].isStored = true
            stored[name, default: []].append(position)
        }
    }

    /// The columns of a stored table in their order, after the time of ingestion, as positions in the table's layout.
    func storedColumns(of name: String) -> [Int] { stored[name] ?? [] }

    /// Whether all these columns, as positions in the table's layout, have their places in the stored table.
    func hasStored(_ columns: [Int], of name: String) -> Bool {
        guard let table = layout.tables[name] else { return false }
        return columns.allSatisfy { table.columns[$0].isStored }
    }

    /// Makes these columns in the stored table where it lacks them.
    mutating func store(
        _ columns: [Int], of name: String, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        guard var table = layout.tables[name] else { return }
        version += 1
        for position in columns where !table.columns[position].isStored {
            try connection.execute(
                "ALTER TABLE \(SQLText.identifier(table.storedName)) ADD COLUMN \(table.columns[position].definition)",
                code: .writeFailed)
            table.columns[position].isStored = true
            stored[name, default: []].append(position)
        }
        layout.tables[name] = table
    }

    /// Whether `evolve` would have to change something.
    func lacks(_ name: String, _ arriving: TableSchema) -> Bool {
        guard let table = layout.tables[name] else { return true }
        return SchemaEvolution(existing: table.schema, arriving: arriving).addedCount > 0
    }

    /// Makes a table, or gives it the columns it lacks, so that `arriving` columns have their places.
    mutating func evolve(
        _ name: String, _ arriving: TableSchema, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> SchemaEvolution {
        let known = layout.tables[name]
        let evolution = SchemaEvolution(existing: known?.schema ?? TableSchema([]), arriving: arriving)
        if known != nil, evolution.addedCount == 0 { return evolution }
        version += 1
        try TableCatalogue.check(name, "table")
        let added = evolution.schema.columns.suffix(evolution.addedCount)
        for column in added { try TableCatalogue.check(column.name, "column") }

        var table = known ?? StoredTable(storedName: freeName(for: name), columns: [])
        var names = StoredNames(
            taken: table.columns.map(\.storedName) + [StoredColumn.ingestionTime.storedName, "rowid"])
        let columns = added.map {
            StoredColumn(name: $0.name, type: $0.type, storedName: names.claim($0.name), isStored: false)
        }
        if known == nil {
            try connection.execute(
                "CREATE TABLE \(SQLText.identifier(table.storedName)) (\(StoredColumn.ingestionTime.definition))",
                code: .writeFailed)
        }
        try record(columns, of: table, named: name, connection)
        table.columns += columns
        layout.tables[name] = table
        // Time ranges and retention ask for the time of each row, so it is there from the start.
        let time = table.columns.firstIndex { $0.name == "TimeGenerated" }
        if let time { try store([time], of: name, connection) }
        return evolution
    }

    private func record(
        _ columns: [StoredColumn], of table: StoredTable, named name: String, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        guard !columns.isEmpty else { return }
        let rows = columns.enumerated().map { position, column in
            let texts = [
                SQLText.literal(name), SQLText.literal(table.storedName), String(table.columns.count + position),
                SQLText.literal(column.name), SQLText.literal(column.type.rawValue), SQLText.literal(column.storedName),
            ]
            return "(" + texts.joined(separator: ", ") + ")"
        }
        try connection.execute(
            "INSERT INTO meta.columns VALUES \(rows.joined(separator: ", "))", code: .writeFailed)
    }

    private func freeName(for name: String) -> String {
        var names = StoredNames(taken: layout.tables.values.map(\.storedName))
        return names.claim(name)
    }

    private static func check(_ name: String, _ kind: String) throws(EventStoreError) {
        guard (1...256).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw EventStoreError(
                .invalidName,
                "A \(kind) cannot be named '\(name.prefix(300))': names have 1 to 256 bytes and no "
                    + "control characters.")
        }
    }
}

extension StoredColumn {
    /// The column as `CREATE TABLE` has it. Strings have no null, so rows older than the column get the empty one.
    fileprivate var definition: String {
        SQLText.identifier(storedName) + " " + type.duckDBName + (type == .string ? " DEFAULT ''" : "")
    }
}
