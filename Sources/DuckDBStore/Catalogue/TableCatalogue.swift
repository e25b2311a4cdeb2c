import Chronology
import EventStore
import KQLValues

/// The tables of the database with their KQL names and types, which are kept in a table of their own, `meta.columns`.
///
/// A column is made in a stored part of a table only when a row first has a value there: DuckDB spends as much on an empty
/// column as on a full one, and the tables of Azure Monitor have hundreds of which most sources fill few.
struct TableCatalogue {
    private(set) var layout: StoreLayout
    private(set) var segments: SegmentCatalogue
    /// Grows with each change of the layout.
    private(set) var version = 0

    /// Reads the catalogue, which is made when the database is new.
    init(_ connection: DuckDBConnection, archive: String?, now: Instant) throws(EventStoreError) {
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
        var layout = StoreLayout()
        for row in 0..<rows.rowCount {
            let texts = rows.columns.map { if case .string(let strings) = $0 { strings[row] } else { "" } }
            guard let type = KQLType(rawValue: texts[3]) else {
                throw EventStoreError(
                    .cannotOpen,
                    "Column \(texts[2]) of \(texts[0]) has the unknown type \(texts[3]); was the store "
                        + "written by a newer version?")
            }
            layout.tables[texts[0], default: StoredTable(storedName: texts[1], columns: [])].columns.append(
                StoredColumn(name: texts[2], type: type, storedName: texts[4]))
        }
        segments = try SegmentCatalogue(connection, layout, archive: archive, now: now)
        self.layout = layout
        for name in layout.tables.keys { publishSegments(of: name) }
    }

    /// The part of a table that takes rows of a partition with values in some columns, by their positions; `change` is
    /// called before it is made or given columns that it lacks, and `isLong` says which of those have long texts.
    mutating func segment(
        _ partition: TimePartition, of name: String, columns: [Int], isLong: (Int) -> Bool,
        _ connection: DuckDBConnection, _ change: () throws(EventStoreError) -> Void
    ) throws(EventStoreError) -> SegmentEntry {
        guard let table = layout.tables[name] else {
            throw EventStoreError(.unknownTable, "There is no table '\(name)' to append to.")
        }
        if let entry = segments.open(partition, of: name), columns.allSatisfy(entry.columns.contains) { return entry }
        try change()
        defer { publishSegments(of: name) }
        return try segments.open(
            partition, of: table, named: name, columns: columns, isLong: isLong, connection)
    }

    /// Changes the parts of a table.
    mutating func changeSegments<Result>(
        of name: String, _ change: (inout SegmentCatalogue) throws(EventStoreError) -> Result
    ) throws(EventStoreError) -> Result {
        defer { publishSegments(of: name) }
        return try change(&segments)
    }

    /// Drops what was retired before `instant`; gives the files that nothing names any more.
    mutating func dropRetired(
        before instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> [String] {
        try segments.dropRetired(before: instant, connection)
    }

    private mutating func publishSegments(of name: String) {
        version += 1
        layout.tables[name]?.segments = segments.segments(of: name)
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
        try StoreLayout.check(name, "table")
        let added = evolution.schema.columns.suffix(evolution.addedCount)
        for column in added { try StoreLayout.check(column.name, "column") }

        var table = known ?? StoredTable(storedName: freeName(for: name), columns: [])
        var names = StoredNames(
            taken: table.columns.map(\.storedName) + [StoredColumn.ingestionTime.storedName, "rowid"])
        let columns = added.map { StoredColumn(name: $0.name, type: $0.type, storedName: names.claim($0.name)) }
        try record(columns, of: table, named: name, connection)
        table.columns += columns
        table.segments = table.segments ?? []
        layout.tables[name] = table
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
}
