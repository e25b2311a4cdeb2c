import Chronology
import DuckDBStore
import EventStore
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues

// kql-benchmark load FOLDER DATABASE QUERIES     the generator's NDJSON into a store's tables
// kql-benchmark create DATABASE QUERIES          the tables without rows
// kql-benchmark serve DATABASE [off]             answers requests on standard input, one JSON object a line:
//                                                {"kql": "…", "explain": false} → {"ms": 1.5, "rows": 3, …}; "off" runs
//                                                everything in the runtime

/// What a request of `serve` gave.
@MainActor
func answer(_ request: JSON, _ store: any EventStore, pushesDown: Bool) async -> JSON {
    let text = request["kql"]?.stringValue ?? ""
    let start = ContinuousClock.now
    do {
        let query = StoreQuery(
            text, environment: QueryEnvironment(catalogue: .standard, tables: store.layout),
            options: CompileOptions(now: Instant(unixSeconds: 1_790_000_000)), pushesDown: pushesDown)
        let run = try await store.query(query)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        var answer: JSONObject = ["ms": .double(milliseconds), "rows": .int(Int64(run.result.table.rowCount))]
        if let fallback = run.fallback { answer["fallback"] = .string(fallback) }
        if request["explain"]?.boolValue == true {
            answer["sql"] = .array(run.division.pushed.map { JSON.string($0.sql) })
            answer["declines"] = .array(run.division.declines.map { JSON.string("\($0.operation): \($0.reason)") })
            answer["stages"] = .array(run.result.parts[0].stages.map { JSON.string("\($0)") })
            answer["first"] = .string(run.result.table.rowCount > 0 ? "\(run.result.table.row(0))" : "")
        }
        return .object(answer)
    } catch {
        return ["error": .string("\(error)")]
    }
}

/// The tables of the benchmark as `queries.json` describes them.
func schemas(_ path: String) throws -> [String: TableSchema] {
    let file = try JSON(parsing: Data(contentsOf: URL(filePath: path)))
    return Dictionary(
        uniqueKeysWithValues: (file["schema"]?.objectValue ?? [:]).map { name, columns in
            let columns = (columns.objectValue ?? [:]).map { name, type in
                ColumnSchema(name, KQLType(name: type.stringValue ?? "") ?? .string)
            }
            return (name, TableSchema(columns))
        })
}

func open(_ path: String) throws -> DuckDBEventStore {
    let environment = ProcessInfo.processInfo.environment
    let home = environment["TOCSIN_HOME"] ?? FileManager.default.currentDirectoryPath
    let library = try DuckDBLibrary.load(environment: environment, directories: ["\(home)/.deps/duckdb"])
    return try DuckDBEventStore(library: library, options: DuckDBOptions(path: path), now: { .unixEpoch })
}

let arguments = CommandLine.arguments.dropFirst()
switch (arguments.first, arguments.count) {
case ("load", 4):
    let store = try open(arguments[3])
    let start = ContinuousClock.now
    let count = try await EventLoader(store: store, schemas: schemas(arguments[4])).load(
        from: URL(filePath: arguments[2]))
    await store.close()
    print("{\"rows\": \(count), \"seconds\": \((ContinuousClock.now - start) / .seconds(1))}")
case ("create", 3):
    let store = try open(arguments[2])
    for (table, schema) in try schemas(arguments[3]) { _ = try await store.ensure(table, schema) }
    await store.close()
case ("serve", 2), ("serve", 3):
    let store = try open(arguments[2])
    while let line = readLine() {
        print(await answer(try JSON(parsing: line), store, pushesDown: arguments.count == 2).description)
        fflush(nil)
    }
    await store.close()
default:
    print("usage: kql-benchmark load FOLDER DATABASE QUERIES | create DATABASE QUERIES | serve DATABASE [off]")
    exit(2)
}
