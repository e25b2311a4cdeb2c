import KQLValues

extension KQLEngine {
    /// What a query compiled to and, when it has run, what each operator did: the text of `--explain`.
    public static func explain(_ query: CompiledQuery, executed: QueryResult? = nil) -> String {
        var sections: [String] = []
        for (index, result) in query.results.enumerated() {
            let columns = result.plan.schema.columns.map { "\($0.name): \($0.type.rawValue)" }.joined(separator: ", ")
            sections.append("result \(index + 1): \(columns)\(result.isOpen ? ", …" : "")\n\(result.plan)")
        }
        for (index, part) in (executed?.parts ?? []).enumerated() {
            let lines = part.stages.map { stage in
                let milliseconds = (stage.seconds * 10_000).rounded() / 10
                return String(repeating: "  ", count: stage.depth)
                    + "\(stage.name): \(stage.rows) rows, \(milliseconds) ms"
            }
            sections.append("run of result \(index + 1):\n" + lines.joined(separator: "\n"))
        }
        return sections.joined(separator: "\n\n")
    }
}
