import Chronology
import Collection
import DuckDBStore
import EventStore
import Foundation
import KQL
import KQLFunctions
import KQLValues
import Sigma
import SigmaConversion
import TestSupport

/// What tests of conversion share: the shipped pipelines, tables and functions.
enum Converting {
    static let folder = SharedFolder.checkout.appending(path: "content")
    static let content = CollectionContent.load(from: folder).content
    static let environment = QueryEnvironment(
        catalogue: .standard, tables: FixedTableCatalog(content.tables.tables.mapValues(\.schema)),
        functions: FunctionCatalogue.load(from: folder.appending(path: "functions")).catalogue.functions)
    static let options = CompileOptions(now: .unixEpoch, isLenient: true)

    private static let columns: [String: [String: KQLType]] = {
        let functions = ["_Im_ProcessCreate", "_Im_FileEvent", "_Im_RegistryEvent", "_Im_NetworkSession", "_Im_Dns"]
        return Dictionary(
            uniqueKeysWithValues: (Array(content.tables.tables.keys) + functions + ["_Im_WebSession"]).compactMap {
                name in
                // What does not compile is no table.
                guard let query = try? KQLEngine.compile(name, environment: environment, options: options) else {
                    return nil
                }
                return (name, Dictionary(query.schema.columns.map { ($0.name, $0.type) }) { first, _ in first })
            })
    }()

    static func pipeline(_ name: String) throws -> ProcessingPipeline {
        let file = folder.appending(path: "pipelines/\(name).yaml")
        let (pipeline, findings) = PipelineReader.read(try String(contentsOf: file, encoding: .utf8), file: name)
        guard let pipeline, findings.isEmpty else { throw Fault(description: "\(findings)") }
        return pipeline
    }

    static func converter(_ names: [String]) throws -> SigmaConverter {
        let columns = columns
        return SigmaConverter(pipelines: try names.map(pipeline)) { columns[$0] }
    }

    static func rules(_ text: String) throws -> SigmaReading {
        var reading = SigmaReader().read(text, file: "rules.yml")
        reading.link()
        guard reading.findings.isEmpty else { throw Fault(description: "\(reading.findings)") }
        return reading
    }

    struct Fault: Error, CustomStringConvertible {
        let description: String
    }
}

/// A store in memory with the rows that collection makes of some records.
struct ConvertedEvents {
    let store: DuckDBEventStore

    init() async throws {
        let library = try DuckDBLibrary.load(
            environment: ProcessInfo.processInfo.environment,
            directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
        store = try DuckDBEventStore(
            library: library, options: DuckDBOptions(path: nil, threads: 2, memoryLimit: "1GB", readers: 2),
            now: { .unixEpoch })
        for (name, table) in Converting.content.tables.tables
        where ["Event", "WindowsEvent", "SecurityEvent"].contains(name) {
            _ = try await store.ensure(name, table.schema)
        }
    }

    func append(_ chunk: CollectedChunk) async throws {
        try await store.append(chunk.batches.filter { $0.table.hasSuffix("Event") })
    }

    func rows(_ query: String) async throws -> Table {
        var environment = Converting.environment
        environment.tables = store.layout
        let query = StoreQuery(query, environment: environment, options: Converting.options)
        return try await store.query(query).result.table
    }

    func count(_ query: String) async throws -> Int { try await rows(query).rowCount }
}
