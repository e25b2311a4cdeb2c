/// What one may say to the shell besides queries; each begins with a dot.
enum MetaCommand {
    case help
    case tables
    case schema(String)
    case format(ResultFormat)
    case timespan(String?)
    case output(String?)
    case stats
    case running
    case quit
    /// What is wrong with a command.
    case mistake(String)

    static let names = [
        ".exit", ".format", ".help", ".output", ".queries", ".quit", ".schema", ".stats", ".tables", ".timespan",
    ]

    static let overview = """
        A query ends with an empty line or a semicolon. Tab completes; the arrow keys and Ctrl-R go through the history.
        Ctrl-C gives up what is typed, and stops a query that runs; Ctrl-D leaves.

        .tables              the tables
        .schema TABLE        its columns
        .format FORMAT       table, json, ndjson, csv, tsv, markdown
        .timespan 1d         limit TimeGenerated to the last day; .timespan alone lifts the limit
        .output FILE         write the next result to a file
        .stats               say what each query took, or stop to
        .queries             what runs at the moment
        .quit                leave
        """

    /// Nil for what is no command but the start of a query.
    init?(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard let name = parts.first?.lowercased() else { return nil }
        let argument = parts.count > 1 ? String(parts[1].drop(while: \.isWhitespace)) : nil
        switch (name, argument) {
        case (".help", _), ("help", nil), ("?", nil): self = .help
        case (".quit", _), (".exit", _), ("quit", nil), ("exit", nil): self = .quit
        case (".tables", _): self = .tables
        case (".schema", let table?): self = .schema(table)
        case (".schema", nil): self = .mistake("name a table: .schema TABLE")
        case (".format", let text):
            guard let format = text.flatMap({ ResultFormat(rawValue: $0.lowercased()) }), format != .parquet else {
                self = .mistake(
                    "formats: table, json, ndjson, csv, tsv, markdown; for Parquet use .output FILE.parquet")
                return
            }
            self = .format(format)
        case (".timespan", let text): self = .timespan(text)
        case (".output", let file): self = .output(file)
        case (".stats", _): self = .stats
        case (".queries", _): self = .running
        case (let other, _) where other.hasPrefix("."):
            self = .mistake("there is no command \(other); .help lists them")
        default: return nil
        }
    }
}
