internal import Chronology
internal import Investigation
internal import JSON
internal import KQLEditing
internal import KQLSyntax
internal import KQLValues

/// The logs page: a query and its answer.
struct LogsPage: Page {
    let frame: Frame
    let query: String
    let timespan: String
    /// Whether the reader may keep rows as bookmarks.
    let mayKeep: Bool
    let keepPath: String
    let timespans: [Choice]
    let summary: String
    let tables: [TableListing]
    let problems: [Problem]
    let notices: [String]
    let chart: Chart?
    let result: ResultGrid?

    var template: TemplateName { .logs }

    struct TableListing: Sendable {
        let name: String
        let columns: [ColumnListing]
    }

    struct ColumnListing: Sendable {
        let name: String
        let type: String
    }

    struct Problem: Sendable {
        let place: String
        let message: String
        let hint: String?
    }

    struct Chart: Sendable {
        let isBars: Bool
        /// Asked for by `render`, not the histogram that every answer has.
        let isRendered: Bool
        let data: String
    }

    /// The most rows that the page shows; the API gives all.
    static let shownRows = 1000
}

extension LogsPage {
    init(
        frame: Frame, request: LogsRequest, schemas: [String: TableSchema], mayKeep: Bool = false,
        outcome: QueryOutcome?
    ) {
        self.frame = frame
        self.mayKeep = mayKeep
        query = request.query
        timespan = request.timespan.rawValue
        keepPath = PortalURL.bookmarkRows.path
        timespans = LogsRequest.Timespan.allCases.map {
            Choice(value: $0.rawValue, name: $0.name, isSelected: $0 == request.timespan)
        }
        tables = schemas.sorted { $0.key < $1.key }.map { name, schema in
            TableListing(
                name: name, columns: schema.columns.map { ColumnListing(name: $0.name, type: $0.type.rawValue) })
        }
        var shown = Shown()
        switch outcome {
        case nil: break
        case .answer(let answer): shown.take(answer)
        case .refused(let problems): shown.problems = problems.map(Problem.init)
        }
        summary = shown.summary
        problems = shown.problems
        notices = shown.notices
        chart = shown.chart
        result = shown.result
    }

    /// A page with the query in canonical form, or with the reasons why it has none.
    init(frame: Frame, request: LogsRequest, schemas: [String: TableSchema], formatting: Formatting) {
        switch formatting {
        case .formatted(let text):
            let withoutLineEnd = text.hasSuffix("\n") ? String(text.dropLast()) : text
            let formatted = LogsRequest(query: withoutLineEnd, timespan: request.timespan.rawValue)
            self.init(frame: frame, request: formatted, schemas: schemas, outcome: nil)
        case .refused(let errors):
            let source = Source(request.query)
            self.init(
                frame: frame, request: request, schemas: schemas,
                outcome: .refused(errors.map { QueryProblem($0, in: source) }))
        }
    }

    /// What an answer adds to the page.
    private struct Shown {
        var summary = ""
        var problems: [Problem] = []
        var notices: [String] = []
        var chart: Chart?
        var result: ResultGrid?

        mutating func take(_ answer: QueryAnswer) {
            guard let table = answer.tables.first else { return }
            let milliseconds = Int((answer.duration.seconds * 1000).rounded())
            summary = "\(table.rowCount.grouped) \(table.rowCount == 1 ? "row" : "rows") in \(milliseconds) ms"
            if let partial = answer.partialReason { notices.append(partial) }
            notices += answer.warnings.map(\.message)
            if table.rowCount > LogsPage.shownRows {
                notices.append(
                    "The first \(LogsPage.shownRows.grouped) of \(table.rowCount.grouped) rows are shown.")
            }
            chart = QueryChart(answer).map { chart in
                Chart(
                    isBars: chart.isBars, isRendered: answer.visualization != nil, data: ScriptJSON.text(chart.json))
            }
            result = ResultGrid(table)
        }
    }
}

extension LogsPage.Problem {
    fileprivate init(_ problem: QueryProblem) {
        place = problem.line.map { "Line \($0), column \(problem.column ?? 1):" } ?? ""
        message = problem.message
        hint = problem.hint
    }
}

/// A result as cells of text.
struct ResultGrid: Sendable {
    let columns: [LogsPage.ColumnListing]
    let rows: [Row]

    struct Row: Sendable {
        let cells: [Cell]
        /// The row as JSON; nil for one that cannot be kept as a bookmark.
        let json: String?
        let tick: String
    }

    /// How many rows, of which size in bytes each, can be kept as bookmarks.
    static let keptRows = (count: 200, bytes: 16 << 10)

    struct Cell: Sendable {
        let text: String
        let isNumber: Bool
    }

    init(_ table: Table, atMost count: Int = LogsPage.shownRows) {
        columns = table.schema.columns.map { LogsPage.ColumnListing(name: $0.name, type: $0.type.rawValue) }
        rows = (0..<min(table.rowCount, count)).map { row in
            let json = row < Self.keptRows.count ? Self.json(table, row) : ""
            return Row(
                cells: table.columns.map { column in
                    Cell(text: column[row].text ?? "", isNumber: column.type.isNumeric)
                }, json: json.isEmpty || json.utf8.count > Self.keptRows.bytes ? nil : json, tick: "row.\(row)")
        }
    }

    /// A row with its values' texts; what is empty is left out.
    private static func json(_ table: Table, _ row: Int) -> String {
        var members = JSONObject()
        for (column, schema) in zip(table.columns, table.schema.columns) {
            guard let text = column[row].text, !text.isEmpty else { continue }
            members[schema.name] = .string(text)
        }
        return JSON.object(members).description
    }
}

/// What the address of the logs page asks for.
struct LogsRequest: Sendable {
    enum Timespan: String, CaseIterable, Sendable {
        case hour = "PT1H"
        case day = "P1D"
        case week = "P7D"
        case month = "P30D"
        case all = ""

        var name: String {
            switch self {
            case .hour: "Last hour"
            case .day: "Last 24 hours"
            case .week: "Last 7 days"
            case .month: "Last 30 days"
            case .all: "All time"
            }
        }

        var length: TimeSpan? {
            switch self {
            case .hour: .hours(1)
            case .day: .days(1)
            case .week: .days(7)
            case .month: .days(30)
            case .all: nil
            }
        }
    }

    let query: String
    let timespan: Timespan
    /// Whether the query is to be put in canonical form instead of being run.
    let isFormatting: Bool

    init(query: String?, timespan: String?, isFormatting: Bool = false) {
        self.query = query ?? ""
        self.isFormatting = isFormatting
        self.timespan = timespan.flatMap(Timespan.init(rawValue:)) ?? .all
    }
}
