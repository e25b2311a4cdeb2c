import Chronology
package import EventStore
import KQL
package import KQLValues

/// The rows of the two tables that random queries read.
package struct RandomRows {
    package var events: Table
    package var other: Table

    /// Rows of `TestEvents` with more of what lies at edges: times on the edges of bins and one tick beside them, reals whose
    /// sums are exact, large and small numbers.
    package init(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let count = [0, 3, 40, 120][Int.random(in: 0..<4, using: &random)]
        events = RandomRows.edged(TestEvents.rows(count: count, seed: seed), &random)
        other = RandomRows.edged(TestEvents.rows(count: count / 3, seed: seed &+ 1), &random)
    }

    private static func edged(_ table: Table, _ random: inout SeededGenerator) -> Table {
        let columns = table.schema.columns.map(\.name)
        let rows = (0..<table.rowCount).map { number in
            var row = table.row(number)
            for (index, name) in columns.enumerated() {
                switch name {
                case "TimeGenerated", "Seen":
                    guard Int.random(in: 0..<3, using: &random) == 0, case .datetime(let instant) = row[index] else {
                        break
                    }
                    let hour: Int64 = 36_000_000_000
                    let edge = instant.ticks / hour * hour + Int64.random(in: -1...1, using: &random)
                    row[index] = .datetime(Instant(ticks: edge))
                case "Score":
                    if case .real(let value) = row[index], value.magnitude > 1e9 { row[index] = .real(0.25) }
                case "Bytes":
                    if Int.random(in: 0..<12, using: &random) == 0 {
                        row[index] = .long([0, 1, -1, 1 << 40, -(1 << 40)].randomElement(using: &random) ?? 0)
                    }
                default: break
                }
            }
            return row
        }
        return Table(schema: table.schema, rows: rows)
    }

    package var count: Int { events.rowCount + other.rowCount }

    /// Puts the rows into an empty store.
    package func filled(_ store: any EventStore) async throws -> any EventStore {
        try await store.append([EventBatch(table: "Events", rows: events), EventBatch(table: "Other", rows: other)])
        return store
    }

    /// These rows without some: halves, quarters and so on of each table.
    package var simplifications: [RandomRows] {
        var simpler: [RandomRows] = []
        for table in [\RandomRows.events, \RandomRows.other] {
            let total = self[keyPath: table].rowCount
            var size = total
            while size > 0 {
                for start in stride(from: 0, to: total, by: size) {
                    var rows = self
                    let kept = Array(0..<start) + Array(min(start + size, total)..<total)
                    rows[keyPath: table] = self[keyPath: table].gather(kept)
                    simpler.append(rows)
                }
                size /= 2
            }
        }
        return simpler
    }

    package var listing: String {
        [("Events", events), ("Other", other)].map { name, table in
            "\(name):\n"
                + (0..<table.rowCount).map { "  \(table.row($0).map { "\($0)" }.joined(separator: " | "))" }
                .joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
