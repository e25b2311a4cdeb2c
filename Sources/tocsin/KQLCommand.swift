internal import ArgumentParser
internal import Chronology
internal import Foundation
internal import Investigation
internal import JSON
internal import KQL
internal import KQLConformance
internal import Server

/// `tocsin kql`: work on the language itself.
struct KQLCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kql", abstract: "Check and format queries, judge the KQL engine, and print its reference.",
        subcommands: [KQLCheck.self, KQLFormat.self, KQLLatency.self, Conformance.self, Reference.self])

    struct Conformance: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run a corpus file of KQL cases and compare with the expected results.",
            discussion:
                "A case without expected rows is parsed, bound against the given schemas and saved functions, and run over "
                + "empty tables. The last line is 'passed P of N'.")

        @Argument(help: "A file of cases, one JSON object a line.")
        var file: String

        @Option(help: "A JSON file of tables: name to columns and types (default: schemas.json beside the file).")
        var schemas: String?

        @Option(
            help: "A JSON file of saved functions: name to parameters and query (default: functions.json beside it).")
        var functions: String?

        @Flag(help: "Show each difference.")
        var failures = false

        func run() async throws {
            let tables =
                try (schemas ?? neighbour("schemas.json")).map { ConformanceFiles.tables(try Files.json($0)) }
                ?? FixedTableCatalog([:])
            let saved =
                try (functions ?? neighbour("functions.json")).map { ConformanceFiles.functions(try Files.json($0)) }
                ?? [:]
            let start = ContinuousClock.now
            let suite = ConformanceSuite(
                tables: tables, functions: saved, now: Instant(unixSeconds: Date().timeIntervalSince1970),
                clock: { (ContinuousClock.now - start) / .seconds(1) })
            let text = try Files.text(file)
            // Deep queries need more stack than the cooperative threads have.
            let report = await DeepStack.run { suite.run(text) }
            Terminal.line(report.text(listsFailures: failures))
        }

        /// A file beside the cases, if there is one.
        private func neighbour(_ name: String) -> String? {
            let path = URL(filePath: file).deletingLastPathComponent().appending(path: name).path
            return FileManager.default.fileExists(atPath: path) ? path : nil
        }
    }

    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print the reference of the language (docs/kql.md).")

        func run() {
            Terminal.write(KQLReference.markdown())
        }
    }
}
