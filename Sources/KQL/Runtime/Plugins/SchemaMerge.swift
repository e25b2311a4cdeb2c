import KQLFunctions
import KQLValues

extension Plugin {
    static let schemaMerge = Plugin(
        "schema_merge", "One schema of the rows of several `getschema`; a column out of order is marked.",
        [.constant("preserveOrder", .bool, .optional)], schema: { _ in mergedSchema }
    ) { input throws(ExecutionError) in
        var texts: [StringColumn] = []
        for name in ["ColumnName", "DataType", "ColumnType"] {
            guard case .string(let column)? = input.table.column(name)?.converted(to: .string) else {
                throw ExecutionError(.function, "schema_merge needs the columns of getschema; '\(name)' is missing")
            }
            texts.append(column)
        }
        guard case .long(let ordinals)? = input.table.column("ColumnOrdinal")?.converted(to: .long) else {
            throw ExecutionError(.function, "schema_merge needs the columns of getschema; 'ColumnOrdinal' is missing")
        }
        let preservesOrder = input.option(0, "PreserveOrder") != .bool(false)
        var merged: [MergedColumn] = []
        var positions: [String: Int] = [:]
        for row in 0..<input.table.rowCount {
            let name = texts[0][row]
            let ordinal = ordinals[row] ?? 0
            guard let known = positions[name] else {
                positions[name] = merged.count
                merged.append(
                    MergedColumn(name: name, ordinal: ordinal, dataType: texts[1][row], columnType: texts[2][row]))
                continue
            }
            if merged[known].columnType != texts[2][row] { merged[known].fail("columns are of different types") }
            if preservesOrder, merged[known].ordinal != ordinal { merged[known].fail("columns are out of order") }
            merged[known].ordinal = max(merged[known].ordinal, ordinal)
        }
        merged.sort { ($0.isFaulty ? 1 : 0, $0.ordinal) < ($1.isFaulty ? 1 : 0, $1.ordinal) }
        let numbers = merged.enumerated().map { position, column in
            column.isFaulty ? Int32(-1) : Int32(truncatingIfNeeded: preservesOrder ? Int(column.ordinal) : position)
        }
        return Table(
            schema: mergedSchema,
            columns: [
                .string(StringColumn(merged.map(\.name))), .int(Vector(numbers)),
                .string(StringColumn(merged.map(\.dataType))), .string(StringColumn(merged.map(\.columnType))),
            ], rowCount: merged.count)
    }

    private static let mergedSchema = TableSchema([
        ColumnSchema("ColumnName", .string), ColumnSchema("ColumnOrdinal", .int), ColumnSchema("DataType", .string),
        ColumnSchema("ColumnType", .string),
    ])
}

/// A column of several schemas.
private struct MergedColumn {
    let name: String
    var ordinal: Int64
    private(set) var dataType: String
    private(set) var columnType: String
    private(set) var isFaulty = false

    init(name: String, ordinal: Int64, dataType: String, columnType: String) {
        self.name = name
        self.ordinal = ordinal
        self.dataType = dataType
        self.columnType = columnType
    }

    mutating func fail(_ reason: String) {
        isFaulty = true
        dataType = "ERROR(unknown CSL type:ERROR(\(reason)))"
        columnType = "ERROR(\(reason))"
    }
}
