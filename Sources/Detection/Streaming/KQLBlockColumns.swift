internal import Chronology
internal import EventStore
internal import JSON
internal import KQLValues

/// A batch on its way into a table, read by the columns that the table will have.
final class KQLBlockColumns {
    private let batch: EventBatch
    /// From the name of a column of the table to the batch's column and the type it is kept in.
    private var places: [String: (position: Int, type: KQLType)] = [:]
    private var whole: [String: Column] = [:]

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
            if let rows { return converted(batch.columns[place.position].gather(rows), column.type) }
            if let known = whole[column.name] { return known }
            let all = converted(batch.columns[place.position], column.type)
            whole[column.name] = all
            return all
        }
        return Table(schema: TableSchema(columns), columns: values, rowCount: count)
    }

    private func converted(_ values: Column, _ type: KQLType) -> Column {
        if case .string(let texts) = values, type == .dynamic {
            return .dynamic((0..<texts.count).map { Self.json(texts[$0]) })
        }
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
