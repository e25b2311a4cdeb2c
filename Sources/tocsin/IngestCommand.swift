internal import ArgumentParser
internal import FileConnector
internal import Foundation
internal import JSON
internal import Server

/// `tocsin ingest`: sends files of events through the ingestion path.
struct Ingest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Take in events: NDJSON, JSON, CEF or syslog lines, Azure diagnostic records, Windows event logs (.evtx); "
            + "plain, gzip, zstd or zip.",
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

    @Flag(help: "Take also the records in the slack of Windows event logs: overwritten, or of other channels.")
    var recovered = false

    @OptionGroup var installation: InstallationOptions

    func run() async throws {
        try await Installation.with(installation) { client in
            var failed = false
            for file in files {
                do {
                    let (answers, fault) = try await send(file, to: client)
                    Terminal.line(Ingest.summary(of: answers, file: file))
                    if let fault { throw CommandFailure(fault) }
                } catch let failure as CommandFailure {
                    failed = true
                    Terminal.note("\(file): \(failure)")
                }
            }
            if failed { throw ExitCode.failure }
        }
    }

    /// Gives the server's answers, and why the file was not readable to its end.
    private func send(_ file: String, to client: APIClient) async throws -> (answers: [JSON], fault: String?) {
        if file != "-" {
            var whole: WholeFile
            do {
                whole = try WholeFile(path: file, takesRecoveredRecords: recovered)
            } catch {
                throw CommandFailure("cannot be read: \(error)")
            }
            if !whole.isReadableAsIs {
                var answers: [JSON] = []
                while let part = try whole.next() { answers.append(try await send(Data(part), of: file, to: client)) }
                return (answers, whole.fault)
            }
        }
        return ([try await send(try bytes(of: file), of: file, to: client)], nil)
    }

    private func bytes(of file: String) throws -> Data {
        if file == "-" {
            return FileHandle.standardInput.readDataToEndOfFile()
        }
        do {
            return try Data(contentsOf: URL(filePath: file), options: .mappedIfSafe)
        } catch {
            throw CommandFailure("cannot be read: \(error.localizedDescription)")
        }
    }

    private func send(_ bytes: Data, of file: String, to client: APIClient) async throws -> JSON {
        var query = "format=\(format)&source=\(APIClient.escaped(file == "-" ? "stdin" : file))"
        if let table { query += "&table=\(APIClient.escaped(table))" }
        return try await client.post("/api/ingest?\(query)", bytes: bytes, type: "application/x-ndjson")
    }

    private static func summary(of answers: [JSON], file: String) -> String {
        var counts: [String: Int] = [:]
        for answer in answers {
            for (table, count) in answer["tables"]?.objectValue ?? [:] {
                counts[table, default: 0] += Int(count.intValue ?? 0)
            }
        }
        let tables = counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let accepted = answers.reduce(0) { $0 + ($1["accepted"]?.intValue ?? 0) }
        let rejected = answers.reduce(0) { $0 + ($1["rejected"]?.intValue ?? 0) }
        var text = "\(file): \(accepted) events"
        if !tables.isEmpty { text += " (\(tables))" }
        if rejected > 0 { text += ", \(rejected) to DeadLetter_CL" }
        return text
    }
}
