internal import JSON
public import KQLValues

/// Tables as JSON: one object per row; dynamic values as they are, datetimes and timespans as text.
public enum JSONText {
    /// An array of objects, one a line.
    public static func array(_ table: Table) -> String {
        table.rowCount == 0 ? "[]\n" : "[\n" + objects(table).joined(separator: ",\n") + "\n]\n"
    }

    /// One object a line (NDJSON).
    public static func lines(_ table: Table) -> String {
        objects(table).map { $0 + "\n" }.joined()
    }

    private static func objects(_ table: Table) -> [String] {
        (0..<table.rowCount).map { row in
            let members = zip(table.schema.columns, table.columns).map { ($0.name, $1[row].json) }
            return JSON.object(JSONObject(members, uniquingKeysWith: { $1 })).description
        }
    }
}
