import JSON
import KQLFunctions
import KQLValues

extension Plugin {
    /// More sketches than these have too many combinations.
    private static let maximumSketches = 10

    static let dcountIntersect = Plugin(
        "dcount_intersect",
        "How many values the first, the first two, the first three… sketches of `hll` have in common.",
        [.value("hll"), .value("more", .repeated)],
        schema: { shape in
            TableSchema(
                shape.input.columns + shape.scalars.indices.map { ColumnSchema("s\($0)", .long) })
        }
    ) { input throws(ExecutionError) in
        let count = input.positional.count
        guard (1...maximumSketches).contains(count) else {
            throw ExecutionError(.function, "dcount_intersect takes between 1 and \(maximumSketches) sketches")
        }
        var sketches: [[JSON]] = []
        for position in 0..<count {
            guard case .dynamic(let values) = try input.column(position).converted(to: .dynamic) else { continue }
            sketches.append(values)
        }
        var columns = [[Int64]](repeating: [], count: count)
        for row in 0..<input.table.rowCount {
            let sizes = DistinctSketches.intersections(sketches.map { $0[row] })
            for position in 0..<count { columns[position].append(sizes[position]) }
            try input.execution.check()
        }
        return Table(
            schema: TableSchema(
                input.table.schema.columns + (0..<count).map { ColumnSchema("s\($0)", .long) }),
            columns: input.table.columns + columns.map { .long(Vector($0)) }, rowCount: input.table.rowCount)
    }
}
