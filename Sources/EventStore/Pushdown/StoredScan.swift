import KQL
import KQLValues

/// Reads columns of a stored table: from its only part, or from all parts that the time range touches.
struct StoredScan {
    let table: StoredTable
    let columns: [ColumnSchema]

    /// - Throws: when a column is stored with another type.
    func select(in range: TimeBounds?, _ name: String) throws(Decline) -> SQLSelect {
        var places: [Place] = []
        for column in columns { places.append(try place(of: column, name)) }
        let parts = table.segments(in: range).map { segment in
            SQLSelect(
                places.map { $0.expression(in: segment) },
                from: segment.source)
        }
        switch parts.count {
        case 0: return SQLSelect(all: columns.count, from: .rows(columns.map(\.type), []))
        case 1: return parts[0]
        default: return SQLSelect(all: columns.count, from: .union(parts))
        }
    }

    private struct Place {
        var type: KQLType
        var storedName: String?
        /// Among the table's columns; before all of them: -1.
        var position: Int

        func expression(in segment: StoredSegment) -> SQLExpression {
            guard let storedName, position < 0 || segment.has(position) else { return .value(.missing(type)) }
            return .stored(storedName)
        }
    }

    private func place(of column: ColumnSchema, _ name: String) throws(Decline) -> Place {
        let isHidden = column.name == StoredColumn.ingestionTime.name
        let position = isHidden ? -1 : table.columns.firstIndex { $0.name == column.name }
        guard let position else { return Place(type: column.type, storedName: nil, position: 0) }
        let stored = position < 0 ? StoredColumn.ingestionTime : table.columns[position]
        guard stored.type == column.type else {
            throw Decline(operation: name, reason: "stores \(column.name) as \(stored.type), not \(column.type)")
        }
        return Place(type: column.type, storedName: stored.storedName, position: position)
    }
}

extension StoredSegment {
    fileprivate var source: SQLSource {
        switch place {
        case .table(let name): .table(name)
        case .file(let path): .file(path)
        }
    }
}
