internal import Chronology
internal import Foundation
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues

/// Reads the tables that Microsoft.Security's resources are made of: what products sent, the last row of each thing.
struct SecurityTables {
    let queries: QueryService

    /// Rows as members by column. A table that is not there yet has none.
    func rows(_ query: String, of table: String) async throws -> [TableRow] {
        guard queries.schemas()[table] != nil else { return [] }
        let found = try await queries.table(query)
        return (0..<found.rowCount).map { TableRow(table: found, row: $0) }
    }
}

/// One row, whose cells are asked for by their columns' names.
struct TableRow {
    let table: Table
    let row: Int

    private func value(_ column: String) -> Value? { table.column(column).map { $0[row] } }

    /// All cells that are not null, by column.
    var members: JSONObject {
        var members = JSONObject()
        for column in table.schema.columns {
            let value = json(column.name)
            if !value.isNull { members[column.name] = value }
        }
        return members
    }

    /// The cell as text, empty when it is null or there is no such column.
    func text(_ column: String) -> String { value(column)?.text ?? "" }

    func json(_ column: String) -> JSON { value(column)?.json ?? .null }

    /// A point in time, or null.
    func time(_ column: String) -> JSON {
        if case .datetime(let instant)? = value(column) { .string(instant.description) } else { .null }
    }

    /// JSON that the cell holds as text or as a value.
    func parsed(_ column: String) -> JSON {
        switch json(column) {
        // What is no JSON is a text that a product wrote.
        case .string(let text): text.isEmpty ? .null : (try? JSON(parsing: text)) ?? .string(text)
        case let value: value
        }
    }
}
