import Chronology
import EventStore
import KQL
import KQLValues

/// Reads tables over one connection, inside the transaction that its session began.
struct DuckDBTableSource: TableSource {
    let reader: Reader
    let layout: StoreLayout
    /// Whether the session was cancelled or its time is up.
    let shouldStop: @Sendable () -> Bool

    func read(_ request: ScanRequest) throws -> Table {
        guard let table = layout.tables[request.table] else {
            return Table(empty: TableSchema(request.columns))
        }
        let parts = table.segments(in: request.timeRange).map { part(of: $0, table, request) }
        guard !parts.isEmpty else { return Table(empty: TableSchema(request.columns)) }
        let sql = parts.joined(separator: " UNION ALL ")
        let rowLimit = request.rowLimit < .max ? request.rowLimit + 1 : .max
        return try run(sql, [], TableSchema(request.columns), rowLimit, isCancelled: request.isCancelled)
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        try run(query.sql, query.parameters, query.schema, .max, isCancelled: isCancelled)
    }

    private func run(
        _ sql: String, _ parameters: [Value], _ schema: TableSchema, _ rowLimit: Int,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws -> Table {
        let watch = QueryWatch { [shouldStop] in
            shouldStop() || isCancelled()
        } interrupt: { [reader] in
            reader.interrupt()
        }
        defer { watch.end() }
        // SQL has no rows without columns, so one stands in; only their number counts.
        let standIn = TableSchema([ColumnSchema("c0", .bool)])
        let isBare = schema.columns.isEmpty
        do {
            let rows = try reader.rows(
                sql, parameters: parameters, schema: isBare ? standIn : schema, rowLimit: rowLimit)
            return isBare ? Table(schema: schema, columns: [], rowCount: rows.rowCount) : rows
        } catch let error as EventStoreError where error.code == .outOfMemory {
            // The runtime would need more, not less: the query ends here.
            throw ExecutionError(
                .byteLimit, "the event store ran out of memory; filter or summarize earlier (\(error.message))")
        }
    }

    private func part(of segment: StoredSegment, _ table: StoredTable, _ request: ScanRequest) -> String {
        var select: [String] = []
        for (index, column) in request.columns.enumerated() {
            select.append("\(Self.expression(for: column, of: table, in: segment)) AS c\(index)")
        }
        if select.isEmpty { select = ["true AS c0"] }
        let place =
            switch segment.place {
            case .table(let name): SQLText.identifier(name)
            case .file(let path): "read_parquet(\(SQLText.literal(path)))"
            }
        return "SELECT \(select.joined(separator: ", ")) FROM \(place)" + condition(request.timeRange, table, segment)
    }

    /// A column as it is stored; nulls (empty strings) when the part has none of that name and type.
    private static func expression(
        for column: ColumnSchema, of table: StoredTable, in segment: StoredSegment
    ) -> String {
        let isHidden = column.name == StoredColumn.ingestionTime.name
        guard let known = isHidden ? .ingestionTime : segment.column(column.name, of: table), known.type == column.type
        else { return column.type == .string ? "''" : "CAST(NULL AS \(column.type.duckDBName))" }
        return SQLText.identifier(known.storedName)
    }

    private func condition(_ range: TimeBounds?, _ table: StoredTable, _ segment: StoredSegment) -> String {
        guard let range, let position = table.columns.firstIndex(where: { $0.name == "TimeGenerated" }),
            case let time = table.columns[position], time.type == .datetime
        else { return "" }
        // Rows without a time are in no time range.
        guard segment.has(position) else { return " WHERE false" }
        let name = SQLText.identifier(time.storedName)
        let terms = [range.lower.map { "\(name) >= \($0.ticks)" }, range.upper.map { "\(name) <= \($0.ticks)" }]
            .compactMap(\.self)
        return terms.isEmpty ? "" : " WHERE " + terms.joined(separator: " AND ")
    }
}
