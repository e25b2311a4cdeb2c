internal import ArgumentParser
internal import Detection
internal import Foundation
internal import Investigation
internal import Server

/// `tocsin rule test`: run the tests that rule files carry.
struct RuleTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests that the rules of a folder carry (Sentinel YAML or Sigma).",
        discussion:
            "Needs no server: events are held in memory, queries and matchers are the real ones. Ends with 1 when a "
            + "test fails or a file cannot be read. See docs/testing-rules.md for the format.")

    @Argument(help: "A folder of rules, or one file.")
    var folder: String

    @Option(help: "Write the results as JUnit XML to this file.")
    var junit: String?

    @Option(help: "Only rules whose names contain this text.")
    var filter: String?

    @Option(help: "A JSON file of further tables: name to columns and types.")
    var schemas: String?

    @Option(help: "A JSON file of saved functions: name to parameters and query.")
    var functions: String?

    @Flag(name: .shortAndLong, help: "Name the tests that passed and the rules without tests, too.")
    var verbose = false

    func run() async throws {
        let tables = try schemas.map { try Files.json($0) }
        let saved = try functions.map { try Files.json($0) }
        let content = Home.folder.appending(path: "content")
        let path = URL(filePath: folder)
        let part = filter?.lowercased()
        // Deep queries need more stack than the cooperative threads have.
        let outcome = await DeepStack.run {
            Result {
                try RuleFolderTests(folder: path, content: content, schemas: tables, functions: saved) { name in
                    part.map { name.lowercased().contains($0) } ?? true
                }
            }
        }
        let tests = try outcome.get()
        for finding in tests.findings { Terminal.line(finding.description) }
        for result in tests.results { print(result) }
        if verbose { for name in tests.untestedRules { Terminal.line("no tests: \(name)") } }
        if let junit {
            let report = JUnitReport(tests.results, findings: tests.findings)
            try Data(report.xml.utf8).write(to: URL(filePath: junit))
        }
        Terminal.line(tests.summary)
        if !tests.isClean { throw ExitCode.failure }
    }

    private func print(_ result: RuleTestResult) {
        if result.isPassed {
            if verbose { Terminal.line("passed: \(result.ruleName): \(result.test.name)") }
            return
        }
        Terminal.line("failed: \(result.ruleName): \(result.test.name)")
        for difference in result.differences { Terminal.line("  \(difference)") }
        for note in result.notes { Terminal.line("  (\(note))") }
    }
}
