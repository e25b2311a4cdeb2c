internal import Chronology
internal import Detection
public import Foundation
internal import KQL
internal import KQLValues
internal import Sigma
internal import SigmaConversion
internal import Synchronization

/// Converts files of Sigma rules to KQL, without a server.
public struct SigmaQueries: Sendable {
    /// A rule or correlation and its query.
    public struct Converted: Sendable {
        public let id: String
        public let title: String
        /// nil: the findings say why there is none.
        public let query: String?
        public let tables: [String]
    }

    /// Why nothing can be converted.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    public let converted: [Converted]
    /// What is wrong with rules, and what queries do not say exactly: `file:line:column: gravity code: message`.
    public let findings: [String]

    /// The pipelines that fit the tables of the shipped sources; used when none is named.
    public static let usual = ["windows", "linux", "cloud", "network"]

    /// - Parameters:
    ///   - rules: files or folders.
    ///   - pipelines: names of shipped pipelines, or paths of YAML files.
    ///   - content: the content folder with `pipelines`, table schemas and saved functions.
    /// - Throws: `Failure` when a pipeline is not there or cannot be read.
    public init(rules: [URL], pipelines: [String], content: URL) throws {
        let chosen = try (pipelines.isEmpty ? Self.usual : pipelines).map {
            try Self.pipeline($0, folder: content.appending(path: "pipelines"))
        }
        let columns = KnownColumns(KnownContent.environment(content: content, schemas: nil, functions: nil))
        let converter = SigmaConverter(pipelines: chosen) { columns[$0] }
        let (reading, findings) = RuleFolder.sigmaRules(in: rules)
        let results =
            reading.rules.map { converter.convert($0) }
            + reading.correlations.map { converter.convert($0, in: reading) }
        converted = results.map { Converted(id: $0.id, title: $0.title, query: $0.query, tables: $0.tables) }
        self.findings = findings.map(\.description) + results.flatMap { $0.findings.map(\.description) }
    }

    private static func pipeline(_ name: String, folder: URL) throws -> ProcessingPipeline {
        let shipped = folder.appending(path: "\(name).yaml")
        let file = FileManager.default.fileExists(atPath: shipped.path) ? shipped : URL(filePath: name)
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            // A folder that cannot be listed offers no names.
            let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            let names = files.filter { $0.hasSuffix(".yaml") }.map { $0.dropLast(5) }.sorted()
            throw Failure(
                description: "there is no pipeline '\(name)'; shipped ones are: \(names.joined(separator: ", ")); "
                    + "one of your own is named by the path of its file")
        }
        let (pipeline, findings) = PipelineReader.read(text, file: file.path)
        guard let pipeline else {
            throw Failure(description: findings.map(\.description).joined(separator: "\n"))
        }
        return pipeline
    }
}

/// The columns of tables and tabular functions, each found out once.
private final class KnownColumns: Sendable {
    private let environment: QueryEnvironment
    private let known = Mutex<[String: [String: KQLType]?]>([:])

    init(_ environment: QueryEnvironment) {
        self.environment = environment
    }

    subscript(name: String) -> [String: KQLType]? {
        if let found = known.withLock({ $0[name] }) { return found }
        let columns = SigmaQueries.columns(of: name, environment)
        known.withLock { $0[name] = columns }
        return columns
    }
}

extension SigmaQueries {
    /// The columns of a table or of a function called without arguments; nil when there is none of that name.
    static func columns(of name: String, _ environment: QueryEnvironment) -> [String: KQLType]? {
        // What does not compile is no table.
        guard
            let compiled = try? KQLEngine.compile(
                name, environment: environment, options: CompileOptions(now: .unixEpoch, isLenient: true))
        else { return nil }
        return Dictionary(compiled.schema.columns.map { ($0.name, $0.type) }) { first, _ in first }
    }
}
