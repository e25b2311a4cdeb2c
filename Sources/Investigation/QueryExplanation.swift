internal import EventStore
internal import KQL

/// How a query ran, as text for `--explain`.
enum QueryExplanation {
    static func text(of found: StoreQueryResult) -> String {
        var lines = ["total \(milliseconds(found.seconds))", ""]
        if let fallback = found.fallback {
            lines += ["The store could not run its part, so Tocsin's runtime did all of it: \(fallback)", ""]
        }
        for (index, pushed) in found.division.pushed.enumerated() {
            lines += ["pushed to the store, part \(index + 1): \(pushed.description)", "  \(pushed.sql)"]
        }
        if !found.division.declines.isEmpty {
            lines += ["", "left to the runtime:"]
            lines += found.division.declines.map { "  \($0)" }
        }
        for part in found.result.parts {
            lines += ["", "stages\(part.name.map { " of \($0)" } ?? "") (rows, time with inputs):"]
            for stage in part.stages.reversed() {
                let indent = String(repeating: "  ", count: stage.depth + 1)
                lines.append("\(indent)\(stage.name)  \(stage.rows) rows  \(milliseconds(stage.seconds))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func milliseconds(_ seconds: Double) -> String {
        "\((seconds * 10_000).rounded() / 10) ms"
    }
}
