internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin backup`: copies an installation, running or not.
struct BackUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the installation into a folder, also while it runs.",
        discussion:
            "The folder is empty, or holds an earlier back-up, which is renewed: archived months that are there already "
            + "are not copied again. manifest.json names every file with its SHA-256. The key of secrets is left out "
            + "unless --keys is given; keep it elsewhere.")

    @Argument(help: "The folder on the server's machine.")
    var folder: String

    @Flag(help: "Copy the key of secrets too.")
    var keys = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let path = URL(filePath: folder).standardizedFileURL.path
        try await Installation.with(installation) { client in
            let answer = try await client.post(
                "/api/store/backup", json: ["folder": .string(path), "keys": .bool(keys)])
            Terminal.line(
                "\(answer["files"]?.intValue ?? 0) files, \((answer["bytes"]?.intValue ?? 0) >> 20) MiB in \(path)")
        }
    }
}

/// `tocsin restore`: makes a data folder of a back-up.
struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make a data folder of a back-up.",
        discussion: "The back-up is verified first. The data folder must be empty or not there.")

    @Argument(help: "The folder of the back-up.")
    var folder: String

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let settings = try await installation.settings()
        for note in try await Restoration.restore(URL(filePath: folder), to: settings) { Terminal.line(note) }
    }
}

/// `tocsin check`: whether a data folder or a back-up is whole.
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that a data folder, or a back-up, is whole.",
        discussion: "Ends with status 1 when something must be mended.")

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        let report = await DataFolderCheck.run(try await installation.settings())
        for finding in report.findings { Terminal.line(finding) }
        if !report.isSound { throw ExitCode.failure }
    }
}
