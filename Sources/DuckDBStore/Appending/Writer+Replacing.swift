import Chronology
import EventStore
import KQLValues

extension Writer {
    /// Takes rows out that are equal to those of `rows` in its columns, and appends batches in their stead, all or nothing.
    ///
    /// - Throws: `conflict` when not exactly as many rows are there.
    func replace(_ rows: EventBatch, with batches: [EventBatch]) throws(EventStoreError) {
        guard let table = catalogue.layout.tables[rows.table] else {
            throw EventStoreError(.unknownTable, "There is no table '\(rows.table)' to take rows out of.")
        }
        let keys = rows.schema.columns.compactMap { column in
            table.columns.firstIndex { $0.name == column.name && $0.type == column.type }
        }
        guard keys.count == rows.columns.count else {
            throw EventStoreError(.invalidBatch, "\(rows.table) lacks columns that its rows are told by.")
        }
        let prepared = try prepare([EventLot(batches)]).flatMap(\.batches)
        let ingestionTime = now()
        try atomically { () throws(EventStoreError) in
            let definitions = ([StoredColumn.ingestionTime] + keys.map { table.columns[$0] }).map {
                SQLText.identifier($0.storedName) + " " + $0.type.duckDBName
            }
            try connection.execute(
                "CREATE TABLE \"tocsin keys\" (\(definitions.joined(separator: ", ")))", code: .writeFailed)
            let batch = PreparedBatch(
                target: .init(table: rows.table, partition: .late(CalendarMonth(ingestionTime))), sources: rows.columns,
                rowCount: rows.rowCount)
            try append(
                [batch], to: "tocsin keys", keys.enumerated().map { ($0.offset, table.columns[$0.element]) },
                ingestionTime)
            var count = 0
            for entry in catalogue.segments.live(rows.table) where !entry.isFile {
                let conditions = keys.map { Self.condition(on: table.columns[$0], isThere: entry.columns.contains($0)) }
                count += try connection.execute(
                    "DELETE FROM \(SQLText.identifier(entry.storedName)) AS s USING \"tocsin keys\" AS k "
                        + "WHERE \(conditions.joined(separator: " AND "))", code: .writeFailed)
            }
            try connection.execute("DROP TABLE \"tocsin keys\"", code: .writeFailed)
            guard count == rows.rowCount else {
                throw EventStoreError(
                    .conflict, "\(rows.rowCount) rows of \(rows.table) should be replaced, but \(count) are there.")
            }
            try append(prepared, ingestionTime)
        }
    }

    /// Whether a stored row `s` has the key `k` in a column; all rows of a part without the column have no value there.
    private static func condition(on column: StoredColumn, isThere: Bool) -> String {
        let name = SQLText.identifier(column.storedName)
        if isThere { return "s.\(name) IS NOT DISTINCT FROM k.\(name)" }
        return column.type == .string ? "coalesce(k.\(name), '') = ''" : "k.\(name) IS NULL"
    }
}
