internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin sigma`: work with Sigma rules.
struct SigmaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sigma", abstract: "Work with Sigma rules.", subcommands: [Scan.self, SigmaConvertCommand.self])

    struct Scan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Run Sigma rules over files of events, without a server.",
            discussion: "Prints a JSON line per file and matching rule: file, rule, title, level, events."
        )

        @Option(help: "A folder of Sigma rules.")
        var rules: String

        @Option(
            help:
                "How log sources map to Windows channels: sysmon, or audit for hosts with audit policies only."
        )
        var pipeline: Pipeline = .sysmon

        @Argument(help: "Files of events: NDJSON, JSON, gzip or plain.")
        var files: [String]

        func run() async throws {
            let scan = SigmaFileScan(rules: URL(filePath: rules), pipeline: pipeline.scanned)
            for problem in scan.problems { Terminal.note(problem) }
            var failed = false
            for file in files {
                do {
                    for line in try scan.lines(of: file) { Terminal.line(line.description) }
                } catch {
                    failed = true
                    Terminal.note("\(file): \(error)")
                }
            }
            if failed { throw ExitCode.failure }
        }
    }
}

/// The pipelines as the command line spells them.
enum Pipeline: String, ExpressibleByArgument, CaseIterable {
    case sysmon
    case windowsAudit = "windows-audit"

    var scanned: SigmaFileScan.Pipeline {
        switch self {
        case .sysmon: .sysmon
        case .windowsAudit: .audit
        }
    }
}
