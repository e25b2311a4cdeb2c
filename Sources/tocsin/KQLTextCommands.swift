internal import ArgumentParser
internal import Chronology
internal import Foundation
internal import Investigation
internal import JSON
internal import KQLEditing
internal import KQLSyntax
internal import Server

/// `tocsin kql check`: tells what is wrong with query files.
struct KQLCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tell what is wrong with query files, without a server.",
        discussion:
            "Names are looked up in the tables and functions of the content folder. Prints FILE:LINE:COLUMN: and the "
            + "finding, one a line; ends with 1 when there is an error.")

    @ArgumentParser.Argument(help: "Files of one query each; - reads standard input.")
    var files: [String]

    @Option(help: "A JSON file of further tables: name to columns and types.")
    var schemas: String?

    @Option(help: "A JSON file of further saved functions: name to parameters and query.")
    var functions: String?

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() async throws {
        let environment = EditingEnvironment(
            query: KnownContent.environment(
                content: Home.folder.appending(path: "content"), schemas: try schemas.map(Files.json),
                functions: try functions.map(Files.json)),
            now: Instant(unixSeconds: Date().timeIntervalSince1970))
        var hasErrors = false
        for file in files {
            let text = try QueryFile.text(file)
            // Deep queries need more stack than the cooperative threads have.
            let found = await DeepStack.run { () -> [Diagnostic] in EditedQuery(text, in: environment).diagnostics }
            let source = Source(text)
            for diagnostic in found {
                hasErrors = hasErrors || diagnostic.severity == .error
                Terminal.line(
                    json
                        ? line(diagnostic, in: source, of: file).description
                        : "\(file):\(diagnostic.rendered(in: source))")
            }
        }
        if hasErrors { throw ExitCode.failure }
    }

    private func line(_ diagnostic: Diagnostic, in source: Source, of file: String) -> JSON {
        let start = source.location(at: diagnostic.span.lower)
        let end = source.location(at: diagnostic.span.upper)
        var members: JSONObject = [
            "file": .string(file), "line": .int(Int64(start.line)), "column": .int(Int64(start.column)),
            "endLine": .int(Int64(end.line)), "endColumn": .int(Int64(end.column)),
            "severity": .string(diagnostic.severity.rawValue), "code": .string(diagnostic.code.rawValue),
            "message": .string(diagnostic.message),
        ]
        if let hint = diagnostic.hint { members["hint"] = .string(hint) }
        if let replacement = diagnostic.replacement { members["replacement"] = .string(replacement) }
        return .object(members)
    }
}

/// `tocsin kql format`: puts query files in canonical form.
struct KQLFormat: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "format", abstract: "Put query files in one canonical form: an operator a line.",
        discussion: "Prints the result, or with --write changes the files. A file with errors is left as it is.")

    @ArgumentParser.Argument(help: "Files of one query each; - reads standard input.")
    var files: [String]

    @Flag(help: "Change the files instead of printing.")
    var write = false

    @Option(help: "Where lines are broken, in characters.")
    var width = 120

    func validate() throws {
        if !(40...1000).contains(width) { throw ValidationError("--width is from 40 to 1000") }
        if write, files.contains("-") { throw ValidationError("standard input cannot be written; leave out --write") }
    }

    func run() async throws {
        let width = width
        var hasErrors = false
        for file in files {
            let text = try QueryFile.text(file)
            // Deep queries need more stack than the cooperative threads have.
            let result = await DeepStack.run { Formatting(of: text, width: width) }
            switch result {
            case .formatted(let formatted) where write:
                if formatted != text { try Files.write(formatted, to: file) }
            case .formatted(let formatted): Terminal.write(formatted)
            case .refused(let errors):
                hasErrors = true
                let source = Source(text)
                for error in errors { Terminal.note("\(file):\(error.rendered(in: source))") }
                if !write { Terminal.write(text) }
            }
        }
        if hasErrors { throw ExitCode.failure }
    }
}

/// A query text from a file or from standard input.
private enum QueryFile {
    static func text(_ path: String) throws -> String {
        guard path == "-" else { return try Files.text(path) }
        return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    }
}

/// `tocsin kql latency`: measures the language service.
struct KQLLatency: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Measure how fast the language service answers for a query file.",
        discussion: "Asks every question at places all over the text, each time as if the text had just changed.")

    @ArgumentParser.Argument(help: "A file of one query.")
    var file: String

    @Option(help: "A JSON file of further tables: name to columns and types.")
    var schemas: String?

    @Option(help: "A JSON file of further saved functions: name to parameters and query.")
    var functions: String?

    func run() async throws {
        let environment = EditingEnvironment(
            query: KnownContent.environment(
                content: Home.folder.appending(path: "content"), schemas: try schemas.map(Files.json),
                functions: try functions.map(Files.json)),
            now: Instant(unixSeconds: Date().timeIntervalSince1970))
        let text = try Files.text(file)
        let start = ContinuousClock.now
        let latency = await DeepStack.run {
            EditingLatency(of: text, in: environment) { (ContinuousClock.now - start) / .seconds(1) }
        }
        Terminal.line("\(Source(text).lineCount) lines, \(latency.count) places; milliseconds")
        for row in latency.rows {
            let figures = [row.median, row.p99, row.worst].map { String(format: "%8.2f", $0) }.joined()
            Terminal.line("median, p99, worst \(figures)  \(row.question)")
        }
    }
}
