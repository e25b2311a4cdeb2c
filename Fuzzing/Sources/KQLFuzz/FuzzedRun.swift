internal import Chronology
internal import Foundation
internal import JSON
internal import KQL
internal import KQLFunctions
internal import KQLValues

/// Binds and runs a text over a few small tables, within tight limits.
enum FuzzedRun {
    static func run(_ text: String) {
        let start = ContinuousClock.now
        do {
            _ = try KQLEngine.run(
                text, environment: environment,
                options: CompileOptions(now: Instant(unixSeconds: 1_700_000_000), seed: 1), tables: FewRows(),
                limits: ExecutionLimits(rows: 20_000, bytes: 64 << 20, seconds: 2),
                clock: { (ContinuousClock.now - start) / .seconds(1) })
        } catch {
            // Refusing is an answer; only crashes and hangs are findings.
            return
        }
    }

    private static let environment = QueryEnvironment(
        catalogue: .standard, tables: FixedTableCatalog(["T": schema, "U": schema, "SecurityEvent": schema]),
        functions: [
            "Doubled": SavedFunction(
                name: "Doubled", parameters: [SavedFunction.Parameter(name: "n", type: "long", defaultValue: "2")],
                body: "T | extend twice = n * 2 | where EventID != n")
        ])

    fileprivate static let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int), ColumnSchema("Count", .long),
        ColumnSchema("Account", .string), ColumnSchema("Score", .real), ColumnSchema("Took", .timespan),
        ColumnSchema("Extra", .dynamic), ColumnSchema("Id", .guid), ColumnSchema("Done", .bool),
        ColumnSchema("Price", .decimal),
    ])
}

/// Three rows for every table: ordinary values, extremes, nulls.
private struct FewRows: TableSource {
    func read(_ request: ScanRequest) throws -> Table {
        let rows = FuzzedRun.rows
        let places = request.columns.map { FuzzedRun.schema.index(of: $0.name) }
        return Table(
            schema: TableSchema(request.columns),
            rows: rows.map { row in
                zip(places, request.columns).map { place, column in place.map { row[$0] } ?? .missing(column.type) }
            })
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}

extension FuzzedRun {
    fileprivate static let rows: [[Value]] = [
        [
            .datetime(Instant(unixSeconds: 1_699_999_000)), .int(4625), .long(3), .string(#"CONTOSO\alice"#),
            .real(0.5),
            .timespan(TimeSpan(ticks: 864_000_000_000)),
            .dynamic(.array([.int(1), .string("x"), .null, .array([.double(0.5)])])),
            .guid(Column.noGUID), .bool(true), .decimal(1),
        ],
        [
            .datetime(Instant(ticks: 0)), .int(.min), .long(.max), .string("\u{1F50E} ' \" \\ %"), .real(.infinity),
            .timespan(TimeSpan(ticks: .max)), .dynamic(.string("text")), .guid(Column.noGUID), .bool(false),
            .decimal(-1),
        ],
        schema.columns.map { .missing($0.type) },
    ]
}
