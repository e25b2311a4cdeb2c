import KQLSyntax

/// How fast the language service answers, question by question, while a text is being written.
public struct EditingLatency: Sendable {
    /// The times of one question, in milliseconds.
    public struct Row: Sendable {
        public let question: String
        public let median: Double
        public let p99: Double
        public let worst: Double
    }
    public let rows: [Row]
    /// How often each question was asked.
    public let count: Int

    /// Asks every question at places all over a text, each time as if the text had just changed.
    ///
    /// - Parameter clock: seconds since some instant.
    public init(
        of text: String, in environment: EditingEnvironment, places: Int = 200, clock: () -> Double
    ) {
        let length = text.utf8.count
        let offsets = (1...max(places, 1)).map { $0 * length / max(places, 1) }
        let questions: [(String, (EditedQuery, Int) -> Void)] = [
            ("completions", { _ = $0.completions(at: $1) }),
            (
                "completions, text broken off",
                { query, offset in
                    let begun = query.source.text(in: Span(0, offset))
                    _ = EditedQuery(begun, in: environment).completions(at: offset)
                }
            ),
            ("diagnostics", { query, _ in _ = query.diagnostics }),
            ("diagnostics and tokens", { query, _ in _ = (query.diagnostics, query.semanticTokens) }),
            ("hover", { _ = $0.hover(at: $1) }),
            ("signature", { _ = $0.signatureHelp(at: $1) }),
            ("format", { query, _ in _ = query.formatted() }),
        ]
        count = offsets.count
        rows = questions.map { name, ask in
            let times = offsets.map { offset -> Double in
                let start = clock()
                ask(EditedQuery(text, in: environment), offset)
                return (clock() - start) * 1000
            }.sorted()
            return Row(
                question: name, median: times[times.count / 2], p99: times[times.count * 99 / 100],
                worst: times[times.count - 1])
        }
    }
}
