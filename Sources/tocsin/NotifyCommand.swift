internal import ArgumentParser
internal import Server

/// `tocsin notify`: checks that notifications arrive.
struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Check notifications.", subcommands: [Test.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a test message through the configured mail server.")

        @Argument(help: "The mail address.")
        var address: String

        @OptionGroup var installation: InstallationOptions

        func run() async throws {
            let settings = try await installation.settings()
            try await TestMessage.send(to: address, settings)
            Terminal.line("sent to \(address)")
        }
    }
}
