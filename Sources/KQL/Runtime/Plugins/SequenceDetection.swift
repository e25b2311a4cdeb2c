import Chronology
import KQLFunctions
import KQLValues

extension Plugin {
    static let sequenceDetect = Plugin(
        "sequence_detect", "The runs of rows that fulfil one condition after the other within some time.",
        [
            .value("timeline"), .constant("maxStepWindow"), .constant("maxSpan"), .value("condition"),
            .value("conditionOrDimension", .repeated),
        ],
        schema: { shape in
            let scalars = shape.arguments.compactMap { argument -> ColumnSchema? in
                guard case .scalar(let label, let item) = argument else { return nil }
                return ColumnSchema(label ?? item.name, item.expression.type)
            }
            guard let moments = scalars.first, scalars.count > 3 else { return nil }
            return sequenceSchema(moments, Array(scalars.dropFirst(3)))
        }
    ) { input throws(ExecutionError) in
        let timeline = try Timeline(input, user: 0, time: 0)
        let stepLimit = try input.wholeNumber(1)
        let spanLimit = try input.wholeNumber(2)
        var steps: [Vector<Bool>] = []
        var dimensions: [Column] = []
        var named: [ColumnSchema] = []
        for argument in input.arguments.dropFirst(3) {
            let column: Column
            var name = argument.label ?? ""
            switch argument.content {
            case .column(let values, let own, _):
                column = values
                if argument.label == nil { name = own }
            case .constant(let value): column = Column(repeating: value, count: input.table.rowCount)
            default: throw ExecutionError(.function, "sequence_detect takes conditions and columns")
            }
            named.append(ColumnSchema(name, column.type))
            if case .bool(let marks) = column { steps.append(marks) } else { dimensions.append(column) }
        }
        let grouping = Grouping(dimensions, rowCount: input.table.rowCount)
        var members = [[Int]](repeating: [], count: grouping.count)
        for (row, group) in grouping.groups.enumerated() where timeline.moments[row] != nil {
            members[group].append(row)
        }
        var groups: [Int] = []
        var found: [[Int64]] = []
        for (group, rows) in members.enumerated() {
            var search = SequenceSearch(rows, timeline.moments, steps, stepLimit: stepLimit, spanLimit: spanLimit)
            let limit = max(0, input.execution.executor.limits.rows - found.count)
            guard search.run(atMost: limit) else { throw input.execution.tooManyRows("sequence_detect") }
            found += search.found
            groups += Array(repeating: grouping.firstRows[group], count: search.found.count)
            try input.execution.check()
        }
        let schema = sequenceSchema(ColumnSchema(timeline.name, timeline.type), named)
        var columns = dimensions.map { $0.gather(groups) }
        for step in steps.indices { columns.append(timeline.column(found.map { $0[step] })) }
        columns.append(.timespan(Vector(found.map { ($0.last ?? 0) - ($0.first ?? 0) })))
        return Table(schema: schema, columns: columns, rowCount: found.count)
    }

    /// The dimensions, one moment per condition, and the duration.
    private static func sequenceSchema(_ moments: ColumnSchema, _ rest: [ColumnSchema]) -> TableSchema {
        let steps = rest.filter { $0.type == .bool }.enumerated().map { index, step in
            ColumnSchema("\(step.name.isEmpty ? "Expr\(index + 1)" : step.name)_\(moments.name)", moments.type)
        }
        return TableSchema(rest.filter { $0.type != .bool } + steps + [ColumnSchema("Duration", .timespan)])
    }
}

/// Looks for sequences in the rows of one combination of dimensions.
private struct SequenceSearch {
    private let rows: [Int]
    private let moments: [Int64]
    private let steps: [[Bool]]
    private let stepLimit: Int64
    private let spanLimit: Int64
    private(set) var found: [[Int64]] = []
    private var known: Set<[Int64]> = []

    init(_ rows: [Int], _ moments: [Int64?], _ steps: [Vector<Bool>], stepLimit: Int64, spanLimit: Int64) {
        let sorted = rows.sorted { (moments[$0] ?? 0, $0) < (moments[$1] ?? 0, $1) }
        self.rows = sorted
        self.moments = sorted.map { moments[$0] ?? 0 }
        self.steps = steps.map { marks in sorted.map { marks[$0] == true } }
        self.stepLimit = stepLimit
        self.spanLimit = spanLimit
    }

    /// Finds all different sequences; false when there are more than `limit`.
    mutating func run(atMost limit: Int) -> Bool {
        guard let first = steps.first else { return true }
        for index in rows.indices where first[index] {
            guard extend([index], atMost: limit) else { return false }
        }
        return true
    }

    private mutating func extend(_ path: [Int], atMost limit: Int) -> Bool {
        guard path.count < steps.count else {
            let sequence = path.map { moments[$0] }
            if known.insert(sequence).inserted { found.append(sequence) }
            return found.count <= limit
        }
        let last = path[path.count - 1]
        for index in rows.indices.dropFirst(last + 1) {
            if moments[index] - moments[last] > stepLimit || moments[index] - moments[path[0]] > spanLimit { break }
            guard steps[path.count][index] else { continue }
            guard extend(path + [index], atMost: limit) else { return false }
        }
        return true
    }
}
