internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Server

/// `tocsin ingest`: sends files of events through the ingestion path.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Take in events: NDJSON, JSON, CEF or syslog lines, Azure diagnostic records; gzip or plain.",
        discussion:
            "The format of each record is recognised unless --format names it. What cannot be read goes to the "
            + "table DeadLetter_CL with the reason.")

    @Argument(help: "Files, or - for standard input.")
    var files: [String]

    @Option(
        help:
            "The log source of all records, such as windows, cef, syslog, entra-signin; auto recognises each."
    )
    var format: String = "auto"

    @Option(help: "The table whose columns the records already have.")
    var table: String?

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        try await Installation.with(installation) { client in
            var failed = false
            for file in files {
                do {
                    let answer = try await send(file, to: client)
                    Terminal.line(Ingest.summary(of: answer, file: file))
                } catch let failure as CommandFailure {
                    failed = true
                    Terminal.note("\(file): \(failure)")
                }
            }
            if failed { throw ExitCode.failure }
        }
    }

    private func send(_ file: String, to client: APIClient) async throws -> JSON {
        let bytes: Data
        if file == "-" {
            bytes = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            do {
                bytes = try Data(contentsOf: URL(filePath: file), options: .mappedIfSafe)
            } catch {
                throw CommandFailure("cannot be read: \(error.localizedDescription)")
            }
        }
        var query = "format=\(format)&source=\(APIClient.escaped(file == "-" ? "stdin" : file))"
        if let table { query += "&table=\(APIClient.escaped(table))" }
        return try await client.post("/api/ingest?\(query)", bytes: bytes, type: "application/x-ndjson")
    }

    private static func summary(of answer: JSON, file: String) -> String {
        let tables = (answer["tables"]?.objectValue ?? [:]).map { "\($0.key) \($0.value)" }.joined(
            separator: ", ")
        let accepted = answer["accepted"]?.intValue ?? 0
        let rejected = answer["rejected"]?.intValue ?? 0
        var text = "\(file): \(accepted) events"
        if !tables.isEmpty { text += " (\(tables))" }
        if rejected > 0 { text += ", \(rejected) to DeadLetter_CL" }
        return text
    }
}
