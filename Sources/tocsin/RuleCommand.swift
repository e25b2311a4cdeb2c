internal import ArgumentParser
internal import Detection
internal import Foundation
internal import Investigation
internal import Server

/// `tocsin rule`: work on analytics rules.
struct RuleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rule", abstract: "Work on analytics rules.",
        subcommands: [Validate.self, RuleTestCommand.self, ContentReferenceCommand.self])

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every rule of a folder (Sentinel YAML or Sigma).",
            discussion:
                "Prints findings as file:line:column and ends with 'valid P of N'. Queries are bound against the "
                + "shipped table schemas and those given.")

        @Argument(help: "A folder of rules.")
        var folder: String

        @Option(help: "A JSON file of further tables: name to columns and types.")
        var schemas: String?

        @Option(help: "A JSON file of saved functions: name to parameters and query.")
        var functions: String?

        @Flag(help: "Do not print warnings.")
        var errorsOnly = false

        func run() async throws {
            let tables = try schemas.map { try Files.json($0) }
            let saved = try functions.map { try Files.json($0) }
            let content = Home.folder.appending(path: "content")
            let path = URL(filePath: folder)
            // Deep queries need more stack than the cooperative threads have.
            let check = await DeepStack.run {
                Result {
                    try RuleFolderCheck(folder: path, content: content, schemas: tables, functions: saved)
                }
            }
            let report = try check.get()
            for finding in report.findings where finding.gravity == .error || !errorsOnly {
                Terminal.line(finding.description)
            }
            Terminal.line(report.summary)
            if !report.isClean { throw ExitCode.failure }
        }
    }
}
