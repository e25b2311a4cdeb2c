internal import Chronology
internal import EventStore
internal import JSON
internal import KQL
internal import KQLValues
internal import Sigma

/// The tables of a test, in memory: those that are known, and those that the test brings along.
struct TestTables: TableSource {
    private var schemas: [String: TableSchema] = [:]
    private var rows: [String: [[Value]]] = [:]
    private(set) var faults: [TestDifference] = []

    /// The schemas of tables that have rows but are not known otherwise.
    var added: [String: TableSchema] { schemas }
    var counts: [(table: String, rows: Int)] { rows.map { ($0.key, $0.value.count) }.sorted { $0.0 < $1.0 } }

    /// How many rows of a table lie in a window.
    func count(of table: String, from start: Instant, to end: Instant) -> Int {
        guard let index = schemas[table]?.index(of: "TimeGenerated") else { return 0 }
        return (rows[table] ?? []).count { row in
            guard case .datetime(let time) = row[index] else { return false }
            return start <= time && time < end
        }
    }

    mutating func add(_ events: [TestEvent], _ clock: TestClock, known: any TableCatalog) {
        for event in events {
            guard let table = event.table else {
                fault("events", "a table for each event", "a record without one", event.position)
                continue
            }
            guard let schema = schema(of: table, event, events, known) else { continue }
            for repetition in 0..<event.count {
                rows[table, default: []].append(row(event, schema, clock, repetition))
            }
        }
    }

    /// Rows that a log source made of raw text.
    mutating func add(_ batch: EventBatch, known: any TableCatalog) {
        let schema = schemas[batch.table] ?? known.schema(of: batch.table) ?? batch.schema
        schemas[batch.table] = schema
        for row in 0..<batch.rowCount {
            var values = schema.columns.map { Value.missing($0.type) }
            for (column, cells) in zip(batch.schema.columns, batch.columns) {
                guard let index = schema.index(of: column.name) else { continue }
                values[index] = Self.value(cells[row], schema.columns[index].type)
            }
            rows[batch.table, default: []].append(values)
        }
    }

    func read(_ request: ScanRequest) throws -> Table {
        let stored = rows[request.table] ?? []
        let schema = schemas[request.table] ?? TableSchema([])
        let indices = request.columns.map { schema.index(of: $0.name) }
        let cells = stored.map { row in
            zip(request.columns, indices).map { column, index in index.map { row[$0] } ?? .missing(column.type) }
        }
        return Table(schema: TableSchema(request.columns), rows: cells)
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        throw ExecutionError(.source, "tables in memory speak no SQL")
    }

    // MARK: Rows

    private mutating func schema(
        of table: String, _ event: TestEvent, _ events: [TestEvent], _ known: any TableCatalog
    ) -> TableSchema? {
        if let schema = schemas[table] { return schema }
        if let schema = known.schema(of: table) {
            schemas[table] = schema
            return schema
        }
        guard table.hasSuffix("_CL") else {
            let near = known.tableNames.first { $0.lowercased() == table.lowercased() }
            fault("events", near ?? "a table that is known, or one's own ending in _CL", table, event.position)
            return nil
        }
        let schema = Self.inferred(events.filter { $0.table == table })
        schemas[table] = schema
        return schema
    }

    /// The columns that the events of a table of one's own have, by the first value of each.
    private static func inferred(_ events: [TestEvent]) -> TableSchema {
        var columns = [ColumnSchema("TimeGenerated", .datetime)]
        for (name, value) in events.flatMap(\.fields.members) where !columns.contains(where: { $0.name == name }) {
            if case .null = value.content { continue }
            columns.append(ColumnSchema(name, TestValue.type(of: value)))
        }
        return TableSchema(columns)
    }

    private mutating func row(
        _ event: TestEvent, _ schema: TableSchema, _ clock: TestClock, _ repetition: Int
    ) -> [Value] {
        var values = schema.columns.map { Value.missing($0.type) }
        for (name, value) in event.fields.members where name != "TimeGenerated" {
            guard let index = schema.index(of: name) else {
                if repetition == 0 { reportColumn(name, event.table ?? "", schema, value.position) }
                continue
            }
            let type = schema.columns[index].type
            guard let cell = TestValue.value(value, as: type, number: repetition + 1) else {
                if repetition == 0 {
                    fault("column \(name)", "a \(type.rawValue)", value.text ?? "a list or map", value.position)
                }
                continue
            }
            values[index] = cell
        }
        guard let index = schema.index(of: "TimeGenerated") else { return values }
        if let time = clock.time(of: event, repetition: repetition) {
            values[index] = .datetime(time)
        } else if repetition == 0 {
            let value = event.fields["TimeGenerated"]
            fault(
                "TimeGenerated", "a time, or how long before now such as -5m", value?.text ?? "",
                value?.position ?? event.position)
        }
        return values
    }

    private mutating func reportColumn(
        _ name: String, _ table: String, _ schema: TableSchema, _ position: SigmaPosition
    ) {
        let near = schema.columns.first { $0.name.lowercased() == name.lowercased() }?.name
        fault("column of \(table)", near ?? "one of its columns", name, position)
    }

    private mutating func fault(_ what: String, _ expected: String, _ got: String, _ position: SigmaPosition) {
        faults.append(TestDifference(what, expected: expected, got: got, at: position))
    }

    /// Dynamic values come as JSON text.
    private static func value(_ value: Value, _ type: KQLType) -> Value {
        guard type == .dynamic, case .string(let text) = value else {
            return value.type == type ? value : .missing(type)
        }
        // Text that is no JSON is a dynamic string.
        return text.isEmpty ? .missing(type) : .dynamic((try? JSON(parsing: text)) ?? .string(text))
    }
}
