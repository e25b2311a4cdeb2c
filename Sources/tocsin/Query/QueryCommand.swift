internal import ArgumentParser
internal import Foundation
internal import JSON
internal import Presentation
internal import Server

/// `tocsin query`: asks the running installation, or opens the data folder when none runs.
struct Query: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask KQL queries over every table.",
        discussion:
            "Without a query it asks for queries on the terminal, or reads one from standard input. A query that runs is "
            + "stopped with Ctrl-C. docs/query.md tells more.")

    @Argument(help: "The query; - reads it from standard input.")
    var query: String?

    @OptionGroup var options: QueryOptions
    @OptionGroup var installation: InstallationOptions

    mutating func validate() throws {
        if options.format == .parquet, options.output == nil {
            throw ValidationError("parquet goes to a file: say which with --output FILE")
        }
        _ = try options.readParameters()
    }

    func run() async throws {
        let interrupts = Interrupts()
        let isInteractive = query == nil && isatty(STDIN_FILENO) == 1
        let options = options
        let text = isInteractive ? nil : try readQuery()
        let folder = installation.data
        let settings = try await installation.settings()
        try await Installation.with(installation) { client in
            let asking = Asking(client: client, interrupts: interrupts)
            let output = try ResultOutput(libraryFolders: settings.libraryFolders.map(\.path))
            if let text {
                try await answer(text, options, asking, output)
            } else {
                try await Shell(
                    asking: asking, output: output, options: options,
                    historyFile: URL(filePath: folder).appending(path: "query-history").path
                ).run()
            }
        }
    }

    private func readQuery() throws -> String {
        if let query, query != "-" { return query }
        let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        guard !text.allSatisfy(\.isWhitespace) else { throw CommandFailure("standard input holds no query") }
        return text
    }

    private func answer(
        _ text: String, _ options: QueryOptions, _ asking: Asking, _ output: ResultOutput
    ) async throws {
        do {
            try output.write(try await asking.ask(options.question(text)), options)
        } catch is Interrupted {
            Terminal.note("the query was stopped")
            throw ExitCode(130)
        }
    }
}

/// How a query is asked and its answer printed.
struct QueryOptions: ParsableArguments {
    @Option(help: "How to print the result: table, json, ndjson, csv, tsv, markdown, parquet.")
    var format: ResultFormat?

    @Option(
        name: .shortAndLong, help: "Write the result to this file; its ending tells the format if --format does not.")
    var output: String?

    @Option(help: "Limit TimeGenerated to the last 1d, 24h, PT30M, or to a range start/end.")
    var timespan: String?

    @Option(
        name: [.customLong("param"), .customShort("p")],
        help: "name=value for 'declare query_parameters'; may be repeated.")
    var parameters: [String] = []

    @Option(help: "The most seconds that the query may run.")
    var timeout: Double?

    @Option(help: "The most rows that are given.")
    var maxRows: Int?

    @Flag(help: "Also print rows, time, stages, and what the store ran as SQL.")
    var stats = false

    @Flag(help: "Show the plan, what was pushed down to the store, and the time of each stage instead of the rows.")
    var explain = false

    @Flag(inversion: .prefixedNo, help: "Draw what 'render' asks for.")
    var charts = true

    func readParameters() throws -> [(name: String, value: String)] {
        try parameters.map { text in
            guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                throw ValidationError("--param '\(text)' is not name=value")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
    }

    /// The body of the query API.
    func question(_ text: String) throws -> JSONObject {
        var body: JSONObject = ["query": .string(text), "explain": .bool(explain)]
        body["timespan"] = timespan.map { .string($0) }
        body["timeoutSeconds"] = timeout.map { .double($0) }
        body["maxRows"] = maxRows.map { .int(Int64($0)) }
        let values = try readParameters()
        if !values.isEmpty {
            body["parameters"] = .object(
                JSONObject(values.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { $1 }))
        }
        return body
    }

    /// What `--format` or the output's ending says; a table for people otherwise.
    var effectiveFormat: ResultFormat {
        if let format { return format }
        let ending = output?.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return ["md": .markdown, "jsonl": .ndjson][ending] ?? ResultFormat(rawValue: ending) ?? .table
    }
}

enum ResultFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, ndjson, csv, tsv, markdown, parquet
}
