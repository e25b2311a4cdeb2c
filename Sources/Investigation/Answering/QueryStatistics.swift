internal import EventStore
internal import KQL
internal import KQLValues

/// What a query took and how it ran.
public struct QueryStatistics: Sendable, Hashable {
    /// What one operator did.
    public struct Stage: Sendable, Hashable {
        public let name: String
        /// Operators around it.
        public let depth: Int
        public let rows: Int
        /// The inputs' time included.
        public let seconds: Double
    }

    /// What the store ran.
    public struct PushedPart: Sendable, Hashable {
        /// In KQL's words.
        public let description: String
        public let sql: String
    }

    /// From start to end, without the wait for its turn.
    public var seconds = 0.0
    /// The wait for its turn.
    public var queuedSeconds = 0.0
    /// Rows of the primary result as given.
    public var rows = 0
    /// Bytes of all results as given, estimated.
    public var bytes = 0
    /// Per result, in the order in which the operators finished.
    public var stages: [[Stage]] = []
    public var pushed: [PushedPart] = []
    /// What was left to the runtime, and why.
    public var declines: [String] = []
    /// Why the store could not run its part after all, so that the runtime did all of it.
    public var fallback: String?

    public init() {}

    init(_ found: StoreQueryResult, tables: [Table], queuedSeconds: Double) {
        seconds = found.seconds
        self.queuedSeconds = queuedSeconds
        rows = tables.first?.rowCount ?? 0
        bytes = tables.reduce(0) { $0 + ResultSize.bytes($1) }
        stages = found.result.parts.map { part in
            part.stages.map { Stage(name: $0.name, depth: $0.depth, rows: $0.rows, seconds: $0.seconds) }
        }
        pushed = found.division.pushed.map { PushedPart(description: $0.description, sql: $0.sql) }
        declines = found.division.declines.map { "\($0)" }
        fallback = found.fallback
    }

    /// As text for people: the parts that the store ran with their SQL, what was left and why, rows and time per stage.
    public var text: String {
        var lines = ["total \(Self.milliseconds(seconds))"]
        if queuedSeconds >= 0.001 { lines[0] += ", after waiting \(Self.milliseconds(queuedSeconds)) for its turn" }
        if let fallback {
            lines += ["", "The store could not run its part, so Tocsin's runtime did all of it: \(fallback)"]
        }
        if !pushed.isEmpty { lines.append("") }
        for (index, part) in pushed.enumerated() {
            lines += ["pushed to the store, part \(index + 1): \(part.description)", "  \(part.sql)"]
        }
        if !declines.isEmpty { lines += ["", "left to the runtime:"] + declines.map { "  \($0)" } }
        for (index, result) in stages.enumerated() {
            lines += ["", "stages\(stages.count > 1 ? " of result \(index + 1)" : "") (rows, time with inputs):"]
            for stage in result.reversed() {
                let indent = String(repeating: "  ", count: stage.depth + 1)
                lines.append("\(indent)\(stage.name)  \(stage.rows) rows  \(Self.milliseconds(stage.seconds))")
            }
        }
        return lines.joined(separator: "\n")
    }

    private static func milliseconds(_ seconds: Double) -> String {
        "\((seconds * 10_000).rounded() / 10) ms"
    }
}
