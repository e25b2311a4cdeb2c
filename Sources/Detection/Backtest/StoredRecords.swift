internal import JSON
internal import KQLValues

/// Stored rows as the records that they came of, as far as columns tell: a JSON object per line.
enum StoredRecords {
    /// Nulls and empty texts are left out: a column that an event did not fill says nothing of it.
    static func lines(of rows: Table) -> [UInt8] {
        let filled = zip(rows.schema.columns, rows.columns).filter { _, values in
            (0..<rows.rowCount).contains { !isEmpty(values, $0) }
        }
        var lines: [UInt8] = []
        for row in 0..<rows.rowCount {
            var object = JSONObject()
            for (column, values) in filled where !isEmpty(values, row) {
                object[column.name] = ResultRow.json(values[row])
            }
            lines += Array(JSON.object(object).description.utf8)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private static func isEmpty(_ values: Column, _ row: Int) -> Bool {
        if case .string(let texts) = values { return texts.isEmpty(row) }
        return values.isNull(row)
    }
}
