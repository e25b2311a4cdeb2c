import Chronology
import EventStore
import KQL
import KQLValues

/// A part of a table as `meta.segments` has it.
struct SegmentEntry: Hashable {
    /// The KQL name of the table it belongs to.
    var table: String
    /// The stored table, or the file's name in the archive's folder.
    var storedName: String
    var isFile: Bool
    var partition: TimePartition
    /// The columns that it has besides the time of ingestion, in their order, as positions in its table.
    var columns: [Int]
    var bounds: TimeBounds
    /// Whether rows of its partition go to another segment from now on.
    var isSealed = false
    /// When it was taken out of the table; it is dropped when no query can know it any more.
    var retired: Instant?

    var name: String { "\(table) \(partition)" }

    /// Its columns as `meta.segments` has them.
    fileprivate var columnsText: String { columns.map(String.init).joined(separator: " ") }

    /// Where the time of its rows is stored; nil when they have none.
    func time(of table: StoredTable) -> StoredColumn? {
        columns.lazy.map { table.columns[$0] }.first { $0.name == "TimeGenerated" && $0.type == .datetime }
    }
}

/// The parts of all tables.
///
/// A part that leaves its table is first retired and dropped later, since queries that run may still read it.
struct SegmentCatalogue {
    private(set) var entries: [SegmentEntry] = []
    private let archive: String?
    private var names: StoredNames

    /// - Parameter archive: The folder of archived files; nil: nothing can be archived.
    init(
        _ connection: DuckDBConnection, _ layout: StoreLayout, archive: String?, now: Instant
    ) throws(EventStoreError) {
        self.archive = archive
        names = StoredNames(taken: layout.tables.values.map(\.storedName))
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS meta.segments (
                table_name VARCHAR, stored_name VARCHAR, is_file BOOLEAN, partition VARCHAR, columns VARCHAR,
                first_time BIGINT, last_time BIGINT, is_sealed BOOLEAN, retired BIGINT)
            """, code: .cannotOpen)
        try read(connection)
        try adoptWholeTables(connection, layout, now)
    }

    private mutating func read(_ connection: DuckDBConnection) throws(EventStoreError) {
        let rows = try connection.table(
            """
            SELECT table_name, stored_name, is_file, partition, columns, first_time, last_time, is_sealed, retired
            FROM meta.segments ORDER BY rowid
            """,
            schema: TableSchema([
                ColumnSchema("table", .string), ColumnSchema("stored", .string), ColumnSchema("isFile", .bool),
                ColumnSchema("partition", .string), ColumnSchema("columns", .string), ColumnSchema("first", .datetime),
                ColumnSchema("last", .datetime), ColumnSchema("isSealed", .bool), ColumnSchema("retired", .datetime),
            ]))
        for index in 0..<rows.rowCount {
            let row = rows.row(index)
            guard case .string(let table) = row[0], case .string(let stored) = row[1], case .string(let text) = row[3],
                case .string(let columns) = row[4], let partition = TimePartition(text)
            else { throw EventStoreError(.cannotOpen, "meta.segments has a row that cannot be read: \(row)") }
            entries.append(
                SegmentEntry(
                    table: table, storedName: stored, isFile: row[2] == .bool(true), partition: partition,
                    columns: columns.split(separator: " ").compactMap { Int($0) },
                    bounds: TimeBounds(lower: row[5].instant, upper: row[6].instant),
                    isSealed: row[7] == .bool(true), retired: row[8].instant))
            _ = names.claim(stored)
        }
    }

    /// Takes tables of a store that knew no parts as their first part.
    private mutating func adoptWholeTables(
        _ connection: DuckDBConnection, _ layout: StoreLayout, _ now: Instant
    ) throws(EventStoreError) {
        let rows = try connection.table(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main' AND database_name = current_database()",
            schema: TableSchema([ColumnSchema("name", .string)]))
        guard case .string(let found) = rows.columns[0] else { return }
        let known = Set(entries.map(\.storedName))
        let whole = Set((0..<found.count).map { found[$0] }).subtracting(known)
        for (name, table) in layout.tables.sorted(by: { $0.key < $1.key }) where whole.contains(table.storedName) {
            try insert(
                SegmentEntry(
                    table: name, storedName: table.storedName, isFile: false,
                    partition: .late(CalendarMonth(now)), columns: Array(table.columns.indices),
                    bounds: TimeBounds()),
                connection)
        }
    }

    // MARK: - Reading

    /// The parts of a table that queries read, the oldest first.
    func segments(of table: String) -> [StoredSegment] {
        live(table).map { entry in
            StoredSegment(
                place: entry.isFile ? .file(path(of: entry)) : .table(entry.storedName), columns: Set(entry.columns),
                bounds: entry.bounds)
        }
    }

    /// The entries of a table that are not retired, the oldest first.
    func live(_ table: String) -> [SegmentEntry] {
        entries.filter { $0.table == table && $0.retired == nil }.sorted { left, right in
            (left.partition.order, left.isFile ? 0 : 1) < (right.partition.order, right.isFile ? 0 : 1)
        }
    }

    /// The names of all files of the archive.
    var fileNames: Set<String> { Set(entries.filter(\.isFile).map(\.storedName)) }

    func path(of entry: SegmentEntry) -> String { (archive ?? "") + "/" + entry.storedName }

    // MARK: - Changing; each within the transaction of the caller

    /// The part that takes rows of a partition now; nil when there is none.
    func open(_ partition: TimePartition, of table: String) -> SegmentEntry? {
        openIndex(partition, of: table).map { entries[$0] }
    }

    private func openIndex(_ partition: TimePartition, of table: String) -> Int? {
        entries.firstIndex {
            $0.table == table && $0.partition == partition && !$0.isFile && !$0.isSealed && $0.retired == nil
        }
    }

    /// The part that takes rows of a partition, made if there is none, with these and perhaps other columns of the table;
    /// `isLong` says which of them have long texts.
    mutating func open(
        _ partition: TimePartition, of table: StoredTable, named name: String, columns: [Int], isLong: (Int) -> Bool,
        _ connection: DuckDBConnection
    ) throws(EventStoreError) -> SegmentEntry {
        guard let index = openIndex(partition, of: name) else {
            // Time ranges and retention ask for the time of each row, so it is there from the start.
            let time = table.columns.firstIndex { $0.name == "TimeGenerated" }
            let columns = Set(columns + [time].compactMap(\.self)).sorted()
            let entry = SegmentEntry(
                table: name, storedName: names.claim("\(table.storedName)@\(partition)"), isFile: false,
                partition: partition, columns: columns, bounds: partition.bounds)
            let definitions =
                [StoredColumn.ingestionTime.definition(isLong: false)]
                + columns.map { table.columns[$0].definition(isLong: isLong($0)) }
            try connection.execute(
                "CREATE TABLE \(SQLText.identifier(entry.storedName)) (\(definitions.joined(separator: ", ")))",
                code: .writeFailed)
            try insert(entry, connection)
            return entry
        }
        for column in columns where !entries[index].columns.contains(column) {
            try connection.execute(
                "ALTER TABLE \(SQLText.identifier(entries[index].storedName)) "
                    + "ADD COLUMN \(table.columns[column].definition(isLong: isLong(column)))", code: .writeFailed)
            entries[index].columns.append(column)
        }
        try update(entries[index], "columns = \(SQLText.literal(entries[index].columnsText))", connection)
        return entries[index]
    }

    /// Sends later rows of a part's partition elsewhere; gives the part as it is now, nil when it is there no more.
    mutating func seal(
        _ storedName: String, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> SegmentEntry? {
        guard let index = entries.firstIndex(where: { $0.storedName == storedName }) else { return nil }
        entries[index].isSealed = true
        try update(entries[index], "is_sealed = true", connection)
        return entries[index]
    }

    /// Takes an entry out of its table.
    mutating func retire(
        _ entry: SegmentEntry, at instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        guard let index = entries.firstIndex(where: { $0.storedName == entry.storedName }) else { return }
        entries[index].retired = instant
        try update(entry, "retired = \(instant.ticks)", connection)
    }

    /// Puts an archived file in the place of a sealed part.
    mutating func replace(
        _ entry: SegmentEntry, with file: SegmentEntry, at instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        try retire(entry, at: instant, connection)
        try insert(file, connection)
    }

    /// Drops what was retired before `instant`; gives the files that nothing names any more.
    mutating func dropRetired(
        before instant: Instant, _ connection: DuckDBConnection
    ) throws(EventStoreError) -> [String] {
        let gone = entries.filter { entry in entry.retired.map { $0 < instant } ?? false }
        for entry in gone {
            if !entry.isFile {
                try connection.execute(
                    "DROP TABLE IF EXISTS \(SQLText.identifier(entry.storedName))", code: .writeFailed)
            }
            try connection.execute(
                "DELETE FROM meta.segments WHERE stored_name = \(SQLText.literal(entry.storedName))",
                code: .writeFailed)
        }
        entries.removeAll(where: gone.contains)
        return gone.filter(\.isFile).map(path)
    }

    /// A name for the archived file of an entry that no other has; of letters, digits and few signs only.
    mutating func fileName(for entry: SegmentEntry) -> String {
        let table = String(entry.table.prefix(100).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return names.claim("\(table)@\(entry.partition)") + ".parquet"
    }

    private mutating func insert(_ entry: SegmentEntry, _ connection: DuckDBConnection) throws(EventStoreError) {
        func number(_ instant: Instant?) -> String { instant.map { String($0.ticks) } ?? "NULL" }
        try connection.execute(
            """
            INSERT INTO meta.segments VALUES (\(SQLText.literal(entry.table)), \(SQLText.literal(entry.storedName)),
                \(entry.isFile), \(SQLText.literal("\(entry.partition)")), \(SQLText.literal(entry.columnsText)),
                \(number(entry.bounds.lower)), \(number(entry.bounds.upper)), \(entry.isSealed), \(number(entry.retired)))
            """, code: .writeFailed)
        entries.append(entry)
    }

    private func update(
        _ entry: SegmentEntry, _ change: String, _ connection: DuckDBConnection
    ) throws(EventStoreError) {
        try connection.execute(
            "UPDATE meta.segments SET \(change) WHERE stored_name = \(SQLText.literal(entry.storedName))",
            code: .writeFailed)
    }
}

extension TimePartition {
    /// Months in their order, what was late after what was not.
    fileprivate var order: String {
        switch self {
        case .month(let month): "0 \(month)"
        case .late(let month): "1 \(month)"
        }
    }
}

extension Value {
    fileprivate var instant: Instant? {
        if case .datetime(let instant) = self { instant } else { nil }
    }
}

extension StoredColumn {
    /// The column as `CREATE TABLE` has it. Strings have no null, so rows older than the column get the empty one.
    ///
    /// - Parameter isLong: Whether texts are long and differ: Zstandard takes half the time and half the bytes of DuckDB's
    ///   own choice for them, which is made for values that repeat.
    fileprivate func definition(isLong: Bool) -> String {
        SQLText.identifier(storedName) + " " + type.duckDBName + (isLong ? " USING COMPRESSION zstd" : "")
            + (type == .string ? " DEFAULT ''" : "")
    }
}
