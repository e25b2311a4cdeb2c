internal import Chronology
internal import Foundation
internal import JSON
internal import KQLFunctions
internal import KQLValues

/// A table of the query API with its types.
enum ResultTable {
    /// - Throws: `CommandFailure` for what is no table.
    static func read(_ json: JSON) throws -> Table {
        guard let columns = json["columns"]?.arrayValue, let rows = json["rows"]?.arrayValue else {
            throw CommandFailure("the server's answer holds no table")
        }
        let schema = TableSchema(
            columns.map {
                ColumnSchema($0["name"]?.stringValue ?? "", KQLType(name: $0["type"]?.stringValue ?? "") ?? .string)
            })
        var table = Table(empty: schema)
        for (index, column) in schema.columns.enumerated() {
            table.columns[index] = self.column(rows.map { $0[index] ?? .null }, column.type)
        }
        table.rowCount = rows.count
        return table
    }

    /// Dynamic values come as JSON text; a text that is none is a dynamic string.
    private static func column(_ cells: [JSON], _ type: KQLType) -> Column {
        switch type {
        case .dynamic:
            return .dynamic(
                cells.map { cell in
                    guard let text = cell.stringValue else { return cell }
                    return (try? JSON(parsing: text)) ?? cell
                })
        case .real: return Column(type: .real, cells.map { real($0) })
        default: return Column.dynamic(cells).converted(to: type)
        }
    }

    /// JSON has no notation for what is no finite number.
    private static func real(_ cell: JSON) -> Value {
        switch cell {
        case .string("NaN"): .real(.nan)
        case .string("Infinity"): .real(.infinity)
        case .string("-Infinity"): .real(-.infinity)
        default: cell.doubleValue.map { .real($0) } ?? .null(.real)
        }
    }
}
