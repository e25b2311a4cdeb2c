internal import Chronology
internal import EventStore
internal import JSON
internal import KQL
internal import KQLValues

/// A batch on its way into a table, read by the columns that the table will have.
final class KQLBlockColumns {
    private let batch: EventBatch
    /// From the name of a column of the table to the batch's column and the type it is kept in.
    private var places: [String: (position: Int, type: KQLType)] = [:]
    private var whole: [String: Column] = [:]
    /// Per column and row, JSON that was read from text.
    private var parsed: [String: [JSON?]] = [:]

    init(_ batch: EventBatch, table: TableSchema) {
        self.batch = batch
        let evolution = SchemaEvolution(existing: table, arriving: batch.schema)
        for (position, placement) in evolution.placements.enumerated() {
            places[evolution.schema.columns[placement.column].name] = (position, placement.type)
        }
    }

    /// The batch's own values of a column, before any conversion; nil when it brings none.
    func raw(_ name: String) -> Column? {
        places[name].map { batch.columns[$0.position] }
    }

    /// When the rows happened.
    lazy var times: [Instant?] = {
        guard case .datetime(let vector)? = raw("TimeGenerated") else {
            return Array(repeating: nil, count: batch.rowCount)
        }
        return vector.instants
    }()

    /// Some rows, or all, with these columns as queries will see them.
    func table(_ columns: [ColumnSchema], rows: [Int]?) -> Table {
        let count = rows?.count ?? batch.rowCount
        let values = columns.map { column -> Column in
            guard let place = places[column.name] else {
                return Column(repeating: .missing(column.type), count: count)
            }
            let raw = batch.columns[place.position]
            if case .string(let texts) = raw, column.type == .dynamic {
                return .dynamic(json(column.name, texts, rows: rows))
            }
            if let rows { return converted(raw.gather(rows), column.type) }
            if let known = whole[column.name] { return known }
            let all = converted(raw, column.type)
            whole[column.name] = all
            return all
        }
        return Table(schema: TableSchema(columns), columns: values, rowCount: count)
    }

    /// What is computed of some rows.
    func values(of operand: RowOperand, rows: [Int]) throws(ExecutionError) -> Column? {
        let table = table(operand.columns, rows: rows)
        return try StreamExecution.run(operand.plan(over: .values(table)), at: .unixEpoch).columns.first
    }

    /// Reads a row's text once, whoever asks for it.
    private func json(_ name: String, _ texts: StringColumn, rows: [Int]?) -> [JSON] {
        var known = parsed[name].take() ?? Array(repeating: nil, count: texts.count)
        defer { parsed[name] = known }
        func value(_ row: Int) -> JSON {
            if let value = known[row] { return value }
            let value = Self.json(texts[row])
            known[row] = value
            return value
        }
        return rows?.map(value) ?? (0..<texts.count).map(value)
    }

    private func converted(_ values: Column, _ type: KQLType) -> Column {
        let wide = values.widened(to: type) ?? values
        return wide.type == type ? wide : Column(repeating: .missing(type), count: values.count)
    }

    /// JSON that a batch carries as text; what is no JSON is text, and nothing is null.
    private static func json(_ text: String) -> JSON {
        guard !text.isEmpty else { return .null }
        // What does not parse is kept as the text that it is.
        return (try? JSON(parsing: text)) ?? .string(text)
    }
}

extension Vector<Int64> {
    /// The values of a datetime column.
    var instants: [Instant?] { (0..<count).map { row in self[row].map { Instant(ticks: $0) } } }
}
