public import JSON
public import KQL
import KQLValues

/// Reads the schemas and saved functions that come with a corpus.
public enum ConformanceFiles {
    /// `{"Table": {"Column": "type"}}`; `TimeGenerated` is a datetime in every table, whatever the file says.
    public static func tables(_ json: JSON) -> FixedTableCatalog {
        var tables: [String: TableSchema] = [:]
        for (name, columns) in json.objectValue ?? [:] {
            tables[name] = TableSchema(
                (columns.objectValue ?? [:]).map { column, type in
                    let type = KQLType(name: type.stringValue ?? "") ?? .string
                    return ColumnSchema(column, column == "TimeGenerated" ? .datetime : type)
                })
        }
        return FixedTableCatalog(tables)
    }

    /// `{"name": {"params": [{"name", "type", "default"}], "query": …}}`, each also under its `builtin_alias`; an entry
    /// with `columns` instead of `query` declares only its result.
    public static func functions(_ json: JSON) -> [String: SavedFunction] {
        var functions: [String: SavedFunction] = [:]
        for (name, entry) in json.objectValue ?? [:] {
            let function = SavedFunction(
                name: name, parameters: (entry["params"]?.arrayValue ?? []).compactMap(parameter),
                body: entry["query"]?.stringValue ?? "",
                declaredSchema: entry["query"] == nil ? declaredSchema(entry["columns"]) : nil)
            functions[name] = function
            if let alias = entry["builtin_alias"]?.stringValue { functions[alias] = function }
        }
        return functions
    }

    private static func parameter(_ json: JSON) -> SavedFunction.Parameter? {
        guard let name = json["name"]?.stringValue else { return nil }
        let type = json["type"]?.stringValue ?? "dynamic"
        let isKnown = KQLType(name: type) != nil || type.hasPrefix("(")
        let value: String? =
            switch json["default"] {
            case .string(let text)?: text
            case nil, .null?: nil
            case let other?: other.description
            }
        return SavedFunction.Parameter(name: name, type: isKnown ? type : "dynamic", defaultValue: value)
    }

    private static func declaredSchema(_ json: JSON?) -> TableSchema {
        TableSchema(
            (json?.objectValue ?? [:]).map { ColumnSchema($0, KQLType(name: $1.stringValue ?? "") ?? .string) })
    }
}
