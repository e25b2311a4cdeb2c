internal import ArgumentParser
internal import Foundation
internal import Server
internal import StateStore

/// `tocsin journal`: the record of every change.
struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Prove the journal.", subcommands: [Verify.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute the hash chain of the journal from its first entry.",
            discussion:
                "Reads the database beside a running server. Ends with status 1 when the chain is broken.")

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            let settings = try await installation.settings()
            switch try await JournalCheck.verify(settings) {
            case .intact(let count, let head):
                Terminal.line("the journal is intact: \(count) entries, head \(head.hash)")
            case .broken(let sequence, let flaw):
                Terminal.note("the journal is broken at entry \(sequence): \(flaw.explanation)")
                throw ExitCode.failure
            }
        }
    }
}
