import EventStore
import JSON
import KQLValues

/// An `Appending` whose tables and columns are there.
struct PreparedAppending {
    var batches: [PreparedBatch]
    var delivery: DeliveryID?
}

/// Rows of a table with the place of each column.
struct PreparedBatch {
    var table: String
    /// By position in the table's layout, of the stored types.
    var sources: [Int: Column]
    var rowCount: Int

    /// The batches of each table in their order, tables in the order of their first rows.
    static func byTable(_ batches: [PreparedBatch]) -> [(table: String, batches: [PreparedBatch])] {
        var positions: [String: Int] = [:]
        var groups: [(table: String, batches: [PreparedBatch])] = []
        for batch in batches {
            if let position = positions[batch.table] {
                groups[position].batches.append(batch)
            } else {
                positions[batch.table] = groups.count
                groups.append((batch.table, [batch]))
            }
        }
        return groups
    }
}

extension Column {
    /// Whether any row has a value; text that is empty is none.
    var hasValue: Bool {
        func any<Element>(_ vector: Vector<Element>) -> Bool { vector.nulls.map { $0.contains(false) } ?? true }
        return switch self {
        case .bool(let values): any(values)
        case .int(let values): any(values)
        case .long(let values), .datetime(let values), .timespan(let values): any(values)
        case .real(let values): any(values)
        case .guid(let values): any(values)
        case .decimal(let values): any(values)
        case .dynamic(let values): values.contains { !$0.isNull }
        case .string(let strings): !strings.bytes.isEmpty
        }
    }
}
