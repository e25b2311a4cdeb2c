internal import ArgumentParser
internal import Foundation
internal import Investigation
internal import JSON
internal import Server

/// `tocsin sigma convert`: Sigma rules as KQL queries.
struct SigmaConvertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Convert Sigma rules to KQL.",
        discussion:
            "Prints a query for each rule and correlation; findings go to standard error. Pipelines say in which tables "
            + "and columns the events are; without --pipeline those for the tables of the shipped sources are taken "
            + "(windows, linux, cloud, network). Others: windows-audit, defender-xdr, asim, or a file of your own in the "
            + "format of pySigma. Ends with an error when a rule cannot be converted.")

    /// How the queries are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// The query under a comment with the rule's title.
        case kql
        /// A JSON object per line: id, title, tables, query.
        case json
    }

    @Argument(help: "Rule files or folders of them.")
    var rules: [String]

    @Option(help: "The name of a shipped pipeline or the path of a pipeline file; may be given several times.")
    var pipeline: [String] = []

    @Option(help: "How to print: kql or json.")
    var format: Format = .kql

    func run() async throws {
        let files = rules.map { URL(filePath: $0) }
        let content = Home.folder.appending(path: "content")
        let pipelines = pipeline
        // Deep queries need more stack than the cooperative threads have.
        let outcome = await DeepStack.run {
            Result { try SigmaQueries(rules: files, pipelines: pipelines, content: content) }
        }
        let queries = try outcome.get()
        for finding in queries.findings { Terminal.note(finding) }
        for rule in queries.converted {
            guard let query = rule.query else { continue }
            switch format {
            case .kql: Terminal.line("// \(rule.title)\n\(query)\n")
            case .json:
                let line: JSON = [
                    "id": .string(rule.id), "title": .string(rule.title),
                    "tables": .array(rule.tables.map { .string($0) }), "query": .string(query),
                ]
                Terminal.line(line.description)
            }
        }
        let failed = queries.converted.count { $0.query == nil }
        Terminal.note("converted \(queries.converted.count - failed) of \(queries.converted.count)")
        if failed > 0 || queries.converted.isEmpty { throw ExitCode.failure }
    }
}
