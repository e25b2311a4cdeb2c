import KQLValues

/// Some rows of a table, whose columns are gathered only when asked for.
final class RowView {
    let table: Table
    /// The rows of the table that are seen, in order; nil: all.
    let selection: [Int]?
    private var gathered: [Int: Column] = [:]
    /// The values of shared expressions over these rows.
    var computed: [ObjectIdentifier: Evaluated] = [:]

    init(_ table: Table, selection: [Int]? = nil) {
        self.table = table
        self.selection = selection
    }

    var rowCount: Int { selection?.count ?? table.rowCount }

    func column(_ index: Int) -> Column {
        guard let selection else { return table.columns[index] }
        if let column = gathered[index] { return column }
        let column = table.columns[index].gather(selection)
        gathered[index] = column
        return column
    }

    /// A view of some of the rows seen here.
    func narrowed(to rows: [Int]) -> RowView {
        RowView(table, selection: selection.map { selection in rows.map { selection[$0] } } ?? rows)
    }

    /// All columns of the rows seen.
    func materialized() -> Table {
        guard selection != nil else { return table }
        return Table(schema: table.schema, columns: table.columns.indices.map(column), rowCount: rowCount)
    }
}
