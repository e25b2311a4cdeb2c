internal import ArgumentParser
internal import Foundation
internal import Server

/// The options that say which installation a command is about.
struct InstallationOptions: ParsableArguments {
    @Option(name: .long, help: "The data folder: state, events, secrets.")
    var data: String = ProcessInfo.processInfo.environment["TOCSIN_DATA"] ?? "data"

    @Option(
        name: .long, help: "The configuration file (default: tocsin.yaml in the data folder, if there)."
    )
    var config: String?

    /// Reads the configuration of this installation.
    func settings() async throws -> Settings {
        try await Settings.read(
            dataFolder: URL(filePath: data), file: config.map { URL(filePath: $0) }, home: Home.folder)
    }
}

/// Where Tocsin's own files lie: the folder that holds `content`.
enum Home {
    /// `TOCSIN_HOME`, else the nearest folder above the program or the working folder that holds `content/schemas`.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["TOCSIN_HOME"] { return URL(filePath: path) }
        let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        let working = URL(filePath: FileManager.default.currentDirectoryPath)
        return nearest(above: program) ?? nearest(above: working) ?? working
    }()

    private static func nearest(above start: URL) -> URL? {
        var folder = start.standardizedFileURL
        while true {
            if FileManager.default.fileExists(atPath: folder.appending(path: "content/schemas").path) {
                return folder
            }
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            if parent.path == folder.path { return nil }
            folder = parent
        }
    }
}

/// What a command prints on standard error before it ends with a failure.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Writes to standard output and standard error.
enum Terminal {
    /// Writes to standard output; a reader that has gone, as `head` does, ends the program.
    static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            exit(EXIT_FAILURE)
        }
    }

    static func line(_ text: String = "") {
        write(text + "\n")
    }

    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
