internal import Chronology
internal import Foundation
internal import HTTPTypes
internal import Investigation
internal import JSON
internal import KQL
internal import KQLFunctions
internal import KQLValues

/// The management commands that clients send to learn what there is: `.show …`, with operators after a bar.
///
/// Commands that would change something are refused: tables and policies are kept by the API's own resources.
struct KustoCommands {
    let queries: QueryService
    /// The one database: the workspace.
    let database: String

    /// Runs a command.
    ///
    /// - Throws: `KustoError` for what is no command known here.
    func run(_ text: String) throws(KustoError) -> Table {
        let parts = text.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        let words = Self.words(parts[0])
        guard let table = try answer(words) else {
            throw KustoError(
                status: .badRequest, code: "BadRequest_SyntaxError", type: "Kusto.Data.Exceptions.SyntaxException",
                message: "Syntax error: the command '\(parts[0].prefix(200))' is not known here; "
                    + "there are .show version, cluster, databases, tables, table T schema, functions and schema")
        }
        guard parts.count == 2 else { return table }
        return try Self.pipe(table, String(parts[1]))
    }

    /// Words in lower case but for names in brackets or quotation marks.
    private static func words(_ text: Substring) -> [String] {
        text.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "(" || $0 == ")" }).map { word in
            let marks: Set<Character> = ["[", "]", "'", "\"", ";"]
            return String(word.drop { marks.contains($0) }.reversed().drop { marks.contains($0) }.reversed())
        }
    }

    private func answer(_ words: [String]) throws(KustoError) -> Table? {
        guard words.first?.lowercased() == ".show" else { return nil }
        let rest = words.dropFirst().map { $0.lowercased() }
        let isJSON = rest.suffix(2) == ["as", "json"]
        switch rest.first {
        case "version": return version
        case "databases" where rest.contains("schema"), "schema",
            "cluster" where rest.contains("schema"):
            return isJSON || rest.first == "schema" && isJSON ? schemaJSON : schemaRows
        case "databases": return rest.contains("details") ? databaseDetails : databases
        case "database": return try databaseAnswer(words, rest, isJSON)
        case "tables": return rest.contains("details") ? try tableDetails(named: []) : tables
        case "table": return try tableAnswer(words, rest, isJSON)
        case "functions", "function": return functions(named: rest.first == "function" ? words.dropFirst(2).first : nil)
        case "cluster": return rest.contains("identity") ? identity : cluster
        case "diagnostics", "capacity", "operations", "queries", "materialized-views", "external", "principal",
            "principals", "entity_groups", "continuous-exports", "workload_groups", "ingestion", "streamingingestion":
            return empty
        default: return nil
        }
    }

    private func databaseAnswer(
        _ words: [String], _ rest: [String], _ isJSON: Bool
    ) throws(KustoError) -> Table? {
        if rest.count == 1 || rest[1] == "schema" || rest[1] == "details" || rest[1] == "identity" {
            if rest.contains("identity") { return identity }
            if rest.contains("schema") { return isJSON ? schemaJSON : schemaRows }
            return databaseDetails
        }
        let name = words[2]
        guard name.lowercased() == database.lowercased() || name == "*" else {
            throw KustoError.unknown("database", name)
        }
        if rest.contains("cslschema") { return try tableSchemas(nil) }
        if rest.contains("schema") { return isJSON ? schemaJSON : schemaRows }
        if rest.contains("identity") { return identity }
        return rest.contains("policy") || rest.contains("principals") ? empty : databaseDetails
    }

    private func tableAnswer(_ words: [String], _ rest: [String], _ isJSON: Bool) throws(KustoError) -> Table? {
        guard words.count > 2 else { return nil }
        let name = words[2]
        let schemas = queries.schemas()
        guard schemas[name] != nil else { throw KustoError.unknown("table", name) }
        if rest.contains("cslschema") { return try tableSchemas(name) }
        if isJSON { return tableJSON(name, schemas[name] ?? TableSchema([])) }
        if rest.contains("schema") { return try tableSchemas(name) }
        if rest.contains("details") { return try tableDetails(named: [name]) }
        return rest.contains("policy") ? empty : columnRows(name, schemas[name] ?? TableSchema([]))
    }

    /// Runs the operators after a command's bar over its table.
    private static func pipe(_ table: Table, _ operators: String) throws(KustoError) -> Table {
        let environment = QueryEnvironment(
            catalogue: .standard, tables: FixedTableCatalog([:]), watchlists: FixedWatchlists(["command": table]))
        let start = ContinuousClock.now
        do {
            return try KQLEngine.run(
                "_GetWatchlist('command') | \(operators)", environment: environment,
                options: CompileOptions(now: Instant(unixSeconds: Date().timeIntervalSince1970)), tables: NoTables(),
                limits: ExecutionLimits(rows: 1_000_000, bytes: 1 << 28, seconds: 10),
                clock: { (ContinuousClock.now - start) / .seconds(1) }
            ).table
        } catch {
            throw KustoError.badRequest("the operators after the command: \(error)")
        }
    }
}

/// A command reads no stored tables.
private struct NoTables: TableSource {
    func read(_ request: ScanRequest) -> Table { Table(empty: TableSchema(request.columns)) }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) -> Table { Table(empty: query.schema) }
}

// MARK: Answers

extension KustoCommands {
    private func texts(_ columns: [String], _ rows: [[String]]) -> Table {
        Table(
            schema: TableSchema(columns.map { ColumnSchema($0, .string) }),
            rows: rows.map { $0.map { Value.string($0) } })
    }

    private var empty: Table { texts(["Name"], []) }

    private var version: Table {
        texts(
            ["BuildVersion", "BuildTime", "ServiceType", "ProductVersion", "ServiceOffering"],
            [["1.0.0", "2026-01-01T00:00:00Z", "Engine", "Tocsin 1.0", "{\"Type\":\"Tocsin\"}"]])
    }

    private var cluster: Table {
        texts(
            ["NodeId", "Address", "Name", "StartTime", "IsAdmin", "Health"],
            [["1", "localhost", "tocsin", queries.now().description, "True", "Healthy"]])
    }

    private var identity: Table {
        texts(["DatabaseName", "PrettyName", "IsCurrent"], [[database, database, "True"]])
    }

    private var databases: Table {
        Table(
            schema: TableSchema([
                ColumnSchema("DatabaseName", .string), ColumnSchema("PersistentStorage", .string),
                ColumnSchema("Version", .string), ColumnSchema("IsCurrent", .bool),
                ColumnSchema("DatabaseAccessMode", .string), ColumnSchema("PrettyName", .string),
                ColumnSchema("ReservedSlot1", .bool), ColumnSchema("DatabaseId", .guid),
                ColumnSchema("InTransitionTo", .string), ColumnSchema("SuspensionState", .string),
            ]),
            rows: [
                [
                    .string(database), .string(""), .string("v1.0"), .bool(true), .string("ReadWrite"),
                    .string(database),
                    .null(.bool), .null(.guid), .string(""), .string(""),
                ]
            ])
    }

    private var databaseDetails: Table {
        texts(
            [
                "DatabaseName", "PrettyName", "Version", "IsCurrent", "DatabaseAccessMode", "TableCount",
                "FunctionCount",
            ],
            [
                [
                    database, database, "v1.0", "True", "ReadWrite", "\(queries.schemas().count)",
                    "\(queries.savedFunctions().count)",
                ]
            ])
    }

    private var names: [(name: String, schema: TableSchema)] {
        queries.schemas().sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private var tables: Table {
        texts(["TableName", "DatabaseName", "Folder", "DocString"], names.map { [$0.name, database, "", ""] })
    }

    private func tableDetails(named wanted: [String]) throws(KustoError) -> Table {
        let schema = TableSchema(
            ["TableName", "DatabaseName", "Folder", "DocString"].map { ColumnSchema($0, .string) }
                + ["TotalExtents", "TotalExtentSize", "TotalOriginalSize", "TotalRowCount"].map {
                    ColumnSchema($0, .long)
                })
        let rows = names.filter { wanted.isEmpty || wanted.contains($0.name) }.map { name, _ -> [Value] in
            [.string(name), .string(database), .string(""), .string("")] + Array(repeating: .null(.long), count: 4)
        }
        return Table(schema: schema, rows: rows)
    }

    private func columnRows(_ name: String, _ schema: TableSchema) -> Table {
        texts(
            ["AttributeName", "AttributeType", "ColumnName", "ColumnType"],
            schema.columns.map {
                [$0.name, KustoValue.dotNetName($0.type), $0.name, $0.type.rawValue]
            })
    }

    /// `TableName, Schema, DatabaseName…` with the columns as `a:string,b:long`.
    private func tableSchemas(_ wanted: String?) throws(KustoError) -> Table {
        texts(
            ["TableName", "Schema", "DatabaseName", "Folder", "DocString"],
            names.filter { wanted == nil || $0.name == wanted }.map { name, schema in
                [
                    name, schema.columns.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: ","), database, "",
                    "",
                ]
            })
    }

    private func tableJSON(_ name: String, _ schema: TableSchema) -> Table {
        let json: JSON = ["Name": .string(name), "OrderedColumns": columns(schema)]
        return texts(
            ["TableName", "Schema", "DatabaseName", "Folder", "DocString"],
            [[name, json.description, database, "", ""]])
    }

    private func columns(_ schema: TableSchema) -> JSON {
        .array(
            schema.columns.map { column in
                [
                    "Name": .string(column.name), "Type": .string("System.\(KustoValue.dotNetName(column.type))"),
                    "CslType": .string(column.type.rawValue),
                ]
            })
    }

    /// One cell: all databases with tables, columns and functions.
    private var schemaJSON: Table {
        var tables = JSONObject()
        for (name, schema) in names {
            tables[name] = ["Name": .string(name), "Folder": "", "DocString": "", "OrderedColumns": columns(schema)]
        }
        var functions = JSONObject()
        for function in queries.savedFunctions() {
            functions[function.name] = [
                "Name": .string(function.name), "InputParameters": [], "Body": .string("{ \(function.body) }"),
                "Folder": "", "DocString": "", "FunctionKind": "Unknown", "OutputColumns": [],
            ]
        }
        let json: JSON = [
            "Plugins": [],
            "Databases": .object([
                database: [
                    "Name": .string(database), "Tables": .object(tables), "ExternalTables": [:],
                    "MaterializedViews": [:], "MajorVersion": 1, "MinorVersion": 0, "Functions": .object(functions),
                    "DatabaseAccessMode": "ReadWrite", "ExternalTablesVersion": "v1.0", "EntityGroups": [:],
                ]
            ]),
        ]
        return texts(["DatabaseSchema"], [[json.description]])
    }

    /// One row for the database, for each table and for each column.
    private var schemaRows: Table {
        let schema = TableSchema([
            ColumnSchema("DatabaseName", .string), ColumnSchema("TableName", .string),
            ColumnSchema("ColumnName", .string), ColumnSchema("ColumnType", .string),
            ColumnSchema("IsDefaultTable", .bool), ColumnSchema("IsDefaultColumn", .bool),
            ColumnSchema("PrettyName", .string), ColumnSchema("Version", .string), ColumnSchema("Folder", .string),
            ColumnSchema("DocString", .string),
        ])
        func row(_ table: String, _ column: String, _ type: String) -> [Value] {
            [.string(database), .string(table), .string(column), .string(type), .bool(false), .bool(false)]
                + [table.isEmpty ? database : "", table.isEmpty ? "v1.0" : "", "", ""].map { Value.string($0) }
        }
        var rows = [row("", "", "")]
        for (name, schema) in names {
            rows.append(row(name, "", ""))
            rows += schema.columns.map { row(name, $0.name, "System.\(KustoValue.dotNetName($0.type))") }
        }
        return Table(schema: schema, rows: rows)
    }

    private func functions(named wanted: String?) -> Table {
        texts(
            ["Name", "Parameters", "Body", "Folder", "DocString"],
            queries.savedFunctions().filter { wanted == nil || $0.name == wanted }.map {
                [$0.name, "(\($0.parameters))", "{ \($0.body) }", "", ""]
            })
    }
}
