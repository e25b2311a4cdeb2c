internal import DuckDBStore
internal import EventStore
internal import Foundation
internal import JSON
internal import KQLValues
internal import Presentation

/// Prints answers, or writes them to files.
struct ResultOutput: Sendable {
    /// Where the DuckDB library lies, which writes Parquet.
    let libraryFolders: [String]

    init(libraryFolders: [String]) throws {
        self.libraryFolders = libraryFolders
    }

    func write(_ answer: JSON, _ options: QueryOptions) throws {
        if let plan = answer["explain"]?.stringValue {
            Terminal.line(plan)
            return
        }
        let tables = try (answer["tables"]?.arrayValue ?? []).map { try ResultTable.read($0) }
        if let file = options.output {
            try write(tables, options.effectiveFormat, to: file)
        } else {
            show(tables, answer["render"], options)
        }
        if let partial = answer["error"]?["message"]?.stringValue { Terminal.note("partial result: \(partial)") }
        if options.stats, let text = answer["statistics"]?["text"]?.stringValue {
            Terminal.note(statistics(answer, text))
        }
    }

    private func statistics(_ answer: JSON, _ text: String) -> String {
        let set = answer["statistics"]?["query"]?["datasetStatistics"]?[0]
        let rows = set?["tableRowCount"]?.intValue ?? 0
        let bytes = set?["tableSize"]?.intValue ?? 0
        return "\n\(GridText.count(Int(rows))), \(bytes) bytes, \(text)"
    }

    private func show(_ tables: [Table], _ render: JSON?, _ options: QueryOptions) {
        for (index, table) in tables.enumerated() {
            if index > 0, options.effectiveFormat == .table || options.effectiveFormat == .markdown { Terminal.line() }
            let isCharted = index == 0 && options.effectiveFormat == .table && options.charts
            let chart = isCharted ? render.flatMap { self.chart(table, $0) } : nil
            Terminal.write(chart ?? text(of: table, options.effectiveFormat, on: .terminal))
        }
    }

    private func chart(_ table: Table, _ render: JSON) -> String? {
        var properties: [String: String] = [:]
        for (name, value) in render.objectValue ?? [:] { properties[name] = value.stringValue }
        return ChartText.text(
            of: table, visualization: properties["visualization"] ?? "", properties: properties, on: .terminal)
    }

    private func text(of table: Table, _ format: ResultFormat, on surface: TextSurface) -> String {
        switch format {
        case .table, .parquet: GridText.text(of: table, on: surface)
        case .json: JSONText.array(table)
        case .ndjson: JSONText.lines(table)
        case .csv: DelimitedText.csv(table)
        case .tsv: DelimitedText.tsv(table)
        case .markdown: DelimitedText.markdown(table)
        }
    }

    /// Several tables cannot share one file: only the first is written, and that is said.
    private func write(_ tables: [Table], _ format: ResultFormat, to file: String) throws {
        guard let table = tables.first else { return }
        if format == .parquet {
            let library = try DuckDBLibrary.load(
                environment: ProcessInfo.processInfo.environment, directories: libraryFolders)
            try ParquetFile.write(table, to: file, library: library)
        } else {
            do {
                try Data(text(of: table, format, on: TextSurface()).utf8).write(to: URL(filePath: file))
            } catch {
                throw CommandFailure("\(file) cannot be written: \(error.localizedDescription)")
            }
        }
        let rest = tables.count > 1 ? "; \(tables.count - 1) further tables of the result were not written" : ""
        Terminal.note("\(GridText.count(table.rowCount)) written to \(file)\(rest)")
    }
}

extension TextSurface {
    /// Standard output as it is: a terminal of some width, or a file or program that takes lines of any length.
    static var terminal: TextSurface {
        let environment = ProcessInfo.processInfo.environment
        let isTerminal = isatty(STDOUT_FILENO) == 1
        var size = winsize()
        let columns =
            isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
            ? Int(size.ws_col) : environment["COLUMNS"].flatMap { Int($0) }
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        return TextSurface(
            width: columns,
            hasColors: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb",
            isUnicode: locale.lowercased().contains("utf") || (!isTerminal && locale.isEmpty))
    }
}
