import Chronology
import Collection
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import TestSupport
import Testing

/// The functions that ship, over the tables that ship.
@Suite struct NormalizationTests {
    private static let shipped = FunctionCatalogue.load(
        from: SharedFolder.checkout.appending(path: "content/functions"))

    /// A row of a table, and what the normalised schema makes of it.
    struct Sample: CustomTestStringConvertible, Sendable {
        var parser: String
        var table: String
        var row: JSON
        var expected: [String: String]
        var keeping: [String]
        var dropping: [String]

        var testDescription: String { parser }

        static let all: [Sample] = {
            let file = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "Samples/normalization.ndjson")
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
            return text.split(separator: "\n").compactMap { line in
                guard let json = try? JSON(parsing: String(line)), let row = json["row"] else { return nil }
                func texts(_ key: String) -> [String] { json[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
                let expected = (json["expect"]?.objectValue ?? [:]).map { ($0, $1.stringValue ?? "") }
                return Sample(
                    parser: json["parser"]?.stringValue ?? "", table: json["table"]?.stringValue ?? "", row: row,
                    expected: Dictionary(uniqueKeysWithValues: expected), keeping: texts("keeps"),
                    dropping: texts("drops"))
            }
        }()
    }

    @Test func `all functions that ship are read`() {
        #expect(Self.shipped.faults.isEmpty)
        #expect(Self.shipped.catalogue.schemas.count == 11)
    }

    @Test func `each parser gives documented columns of the documented types, and gives nothing of nothing`() throws {
        for schema in Self.shipped.catalogue.schemas {
            let types = Dictionary(uniqueKeysWithValues: schema.columns.map { ($0.name, $0.type) })
            for parser in schema.parsers {
                let table = try run("_ASim_\(parser.name)()")
                #expect(table.rowCount == 0)
                for column in table.schema.columns {
                    #expect(types[column.name] == column.type, "\(parser.name): \(column.name): \(column.type)")
                }
            }
        }
    }

    @Test func `each function that unites sources has all columns of its schema`() throws {
        for schema in Self.shipped.catalogue.schemas {
            for name in schema.unitingFunctions where name.hasPrefix("_Im_") {
                let plain = name.replacing("_Im_ProcessEvent", with: "_ASim_ProcessEvent")
                let columns = try run("\(plain)()").schema.columns
                #expect(Set(columns) == Set(schema.columns), "\(name)")
            }
        }
    }

    @Test func `functions have the names by which Sentinel's rules call them`() {
        let names = [
            "_Im_ProcessCreate", "imProcessCreate", "_Im_ProcessTerminate", "_ASim_ProcessEvent", "imProcess",
            "_Im_Authentication", "imAuthentication", "ASimAuthentication", "_Im_NetworkSession", "imNetworkSession",
            "_Im_Dns", "imDns", "_ASim_Dns", "_Im_WebSession", "imWebSession", "_Im_FileEvent", "imFileEvent",
            "_Im_RegistryEvent", "imRegistry", "_Im_AuditEvent", "_Im_UserManagement", "_Im_DhcpEvent",
            "_Im_AlertEvent", "vimProcessCreateMicrosoftSecurityEvents", "_Im_ProcessCreate_MicrosoftSecurityEvents",
            "vimDnsEmpty", "_ASIM_LookupDnsQueryType", "ASIM_ResolveDvcFQDN",
        ]
        #expect(names.filter { Self.shipped.catalogue.functions[$0] == nil } == [])
    }

    @Test func `each parser has a sample`() {
        let sampled = Set(Sample.all.map(\.parser))
        let parsers = Self.shipped.catalogue.schemas.flatMap(\.parsers).map(\.name)
        #expect(parsers.filter { !sampled.contains($0) } == [])
    }

    @Test func `the documentation names each parser and each function that unites them`() throws {
        let text = try String(contentsOf: SharedFolder.checkout.appending(path: "docs/asim.md"), encoding: .utf8)
        for schema in Self.shipped.catalogue.schemas {
            #expect(text.contains("### \(schema.name) \(schema.version)"))
            for parser in schema.parsers {
                let tables = parser.tables.map { "`\($0)`" }.joined(separator: ", ")
                #expect(text.contains("| `\(parser.name)` | \(tables) | \(parser.summary) |"), "\(parser.name)")
            }
        }
    }

    @Test(arguments: Sample.all) func `a row of a source becomes a normalised row`(_ sample: Sample) throws {
        let schema = try #require(
            Self.shipped.catalogue.schemas.first { $0.parsers.contains { $0.name == sample.parser } })
        let parsed = try run("_Im_\(sample.parser)()", over: sample)
        try #require(parsed.rowCount == 1)
        let row = Self.texts(parsed)
        for name in schema.mandatoryColumns { #expect(row[name]?.isEmpty == false, "\(name) is empty") }
        for (name, value) in sample.expected { #expect(row[name] == value, "\(name)") }
        for argument in sample.keeping {
            #expect(try run("_Im_\(sample.parser)(\(argument))", over: sample).rowCount == 1, "\(argument)")
        }
        for argument in sample.dropping {
            #expect(try run("_Im_\(sample.parser)(\(argument))", over: sample).rowCount == 0, "\(argument)")
        }
        let names = try #require(schema.unitingFunctions.first)
        // The uniting functions take long to bind without optimisation: once for each schema.
        guard schema.parsers.first?.name == sample.parser else { return }
        let united = try run("\(names)() | where EventProduct == '\(row["EventProduct"] ?? "")'", over: sample)
        #expect(united.rowCount == 1)
    }

    @Test func `parameters that narrow a question reach the scan of the table`() throws {
        let compiled = try KQLEngine.compile(
            "_Im_Authentication_SigninLogs(starttime=datetime(2026-03-01), srcipaddr_has_any_prefix=dynamic(['10.']))",
            environment: Self.environment, options: CompileOptions(now: Shipped.now))
        let plan = KQLEngine.explain(compiled)
        let lines = plan.split(separator: "\n")
        let scan = try #require(lines.firstIndex { $0.contains("SigninLogs") && !$0.contains("=") })
        #expect(lines[..<scan].suffix(4).contains { $0.contains("IPAddress") && $0.contains("10.") }, "\(plan)")
    }

    static let environment = QueryEnvironment(
        catalogue: .standard,
        tables: FixedTableCatalog(Shipped.content.content.tables.tables.mapValues(\.schema)),
        functions: shipped.catalogue.functions)

    private func run(_ query: String, over sample: Sample? = nil) throws -> Table {
        var tables: [String: Table] = [:]
        if let sample {
            let schema = try #require(Self.environment.tables.schema(of: sample.table))
            for name in sample.row.objectValue?.keys ?? [] {
                #expect(schema.index(of: name) != nil, "\(sample.table) has no column \(name)")
            }
            tables[sample.table] = Table(
                schema: schema, rows: [schema.columns.map { Self.value(sample.row[$0.name], as: $0.type) }])
        }
        return try KQLEngine.run(
            query, environment: Self.environment, options: CompileOptions(now: Shipped.now, seed: 1),
            tables: RowsInMemory(tables: tables), clock: { 0 }
        ).table
    }

    static func value(_ json: JSON?, as type: KQLType) -> Value {
        switch (type, json) {
        case (.dynamic, let json?): .dynamic(json)
        case (.datetime, .string(let text)?): Instant(iso8601: text).map { .datetime($0) } ?? .null(.datetime)
        case (.int, let json?): .int(Int32(truncatingIfNeeded: json.intValue ?? 0))
        case (.long, let json?): .long(json.intValue ?? 0)
        case (.real, let json?): .real(json.doubleValue ?? 0)
        case (.bool, .bool(let value)?): .bool(value)
        case (.string, .string(let text)?): .string(text)
        case (.string, nil): .string("")
        default: .null(type)
        }
    }

    private static func texts(_ table: Table) -> [String: String] {
        var texts: [String: String] = [:]
        for (schema, column) in zip(table.schema.columns, table.columns) { texts[schema.name] = column.text(0) }
        return texts
    }
}

struct RowsInMemory: TableSource {
    var tables: [String: Table]

    func read(_ request: ScanRequest) throws -> Table {
        let table = tables[request.table] ?? Table(empty: TableSchema(request.columns))
        let columns = request.columns.map { table.column($0.name) ?? Column(empty: $0.type) }
        return Table(schema: TableSchema(request.columns), columns: columns, rowCount: table.rowCount)
    }

    func run(_ query: PushedQuery, isCancelled: @escaping @Sendable () -> Bool) throws -> Table {
        Table(empty: query.schema)
    }
}
