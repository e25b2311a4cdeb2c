import Chronology
import JSON
import KQL
import KQLFunctions
import KQLSyntax
import KQLValues

/// Tables in memory for tests.
struct MemoryTables: TableSource {
    var tables: [String: Table] = [:]

    func read(_ request: ScanRequest) throws -> Table {
        let table = tables[request.table] ?? Table(empty: TableSchema(request.columns))
        let columns = request.columns.map { column in table.column(column.name) ?? Column(empty: column.type) }
        return Table(schema: TableSchema(request.columns), columns: columns, rowCount: table.rowCount)
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}

let noon = Instant(iso8601: "2026-03-01T12:00:00Z") ?? .unixEpoch

/// A table of events: one per hour before noon.
let events = Table(
    schema: TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Computer", .string), ColumnSchema("EventID", .int),
        ColumnSchema("Data", .dynamic),
    ]),
    rows: (0..<6).map { hour in
        [
            .datetime(Instant(ticks: noon.ticks - Int64(hour) * 36_000_000_000)), .string("pc\(hour % 2)"),
            .int(Int32(4624 + hour % 3)), .dynamic(["n": .int(Int64(hour))]),
        ]
    })

let environment = QueryEnvironment(
    catalogue: .standard, tables: FixedTableCatalog(["Events": events.schema]),
    functions: [
        "OnComputer": SavedFunction(
            name: "OnComputer", parameters: [.init(name: "name", type: "string", defaultValue: "pc0")],
            body: "Events | where Computer == name")
    ])

/// The rows of a query, cells joined by a bar, after a line of `name:type`.
func rows(_ query: String, rules: [RewriteRule] = RewriteRule.allCases) throws -> [String] {
    let table = try run(query, rules: rules).table
    let header = table.schema.columns.map { "\($0.name):\($0.type.rawValue)" }.joined(separator: "|")
    let lines = (0..<table.rowCount).map { row in
        table.columns.map { column -> String in
            if column.isNull(row) { return "null" }
            if case .string(let text) = column.converted(to: .string)[row] { return text }
            return ""
        }.joined(separator: "|")
    }
    return [header] + lines
}

func run(_ query: String, rules: [RewriteRule] = RewriteRule.allCases, limits: ExecutionLimits = ExecutionLimits())
    throws -> QueryResult
{
    try KQLEngine.run(
        query, environment: environment, options: CompileOptions(now: noon, seed: 7, rules: rules),
        tables: MemoryTables(tables: ["Events": events]), limits: limits, clock: { 0 })
}

func compile(_ query: String, rules: [RewriteRule] = RewriteRule.allCases) throws -> CompiledQuery {
    try KQLEngine.compile(query, environment: environment, options: CompileOptions(now: noon, rules: rules))
}

/// The rendered errors of a query that must not compile.
func errors(_ query: String) -> [String] {
    do {
        _ = try compile(query)
        return []
    } catch let error as InvalidQuery {
        return error.diagnostics.filter { $0.severity == .error }.map { $0.rendered(in: error.source) }
    } catch {
        return ["\(error)"]
    }
}
