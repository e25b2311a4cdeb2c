import EventStore
import JSON
import KQLValues

/// A lot whose tables and columns are there.
struct PreparedLot {
    var batches: [PreparedBatch]
    var delivery: DeliveryID?
}

/// Rows of a part of a table with the place of each column.
struct PreparedBatch {
    /// The part of a table that takes the rows.
    struct Target: Hashable {
        var table: String
        var partition: TimePartition
    }

    var target: Target
    /// By position in the table's layout, of the stored types; nil: the rows have none.
    var sources: [Column?]
    var rowCount: Int

    /// The batches of each part in their order, parts in the order of their first rows.
    static func byTarget(_ batches: [PreparedBatch]) -> [(target: Target, batches: [PreparedBatch])] {
        var positions: [Target: Int] = [:]
        var groups: [(target: Target, batches: [PreparedBatch])] = []
        for batch in batches {
            if let position = positions[batch.target] {
                groups[position].batches.append(batch)
            } else {
                positions[batch.target] = groups.count
                groups.append((batch.target, [batch]))
            }
        }
        return groups
    }
}

extension Column {
    /// Whether its rows are mostly long texts that differ from each other, such as whole messages and documents. Few rows
    /// tell little, so that their texts must be longer.
    var isLongText: Bool {
        guard case .string(let strings) = self else { return false }
        let filled = (0..<strings.count).lazy.filter { !strings.isEmpty($0) }.prefix(512)
        let bytes = filled.reduce(0) { $0 + strings.byteCount($1) }
        let count = filled.count
        guard count > 0, bytes >= count * (count < 16 ? 256 : 64) else { return false }
        return Set(filled.map { strings[$0] }).count * 2 > count
    }

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
