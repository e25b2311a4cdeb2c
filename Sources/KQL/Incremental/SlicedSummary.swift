public import Chronology
import KQLFunctions
public import KQLValues

/// A `summarize` (or `distinct`) over the rows of a time, row by row from stored tables, that can be put together of the
/// summaries of slices of that time.
///
/// The summary of a slice hangs on nothing but the rows of that slice: not on the instant of the run, nor on chance.
public struct SlicedSummary: Sendable {
    /// The time that it looks at; the end is excluded.
    public let start: Instant
    public let end: Instant
    /// The stored tables that are read, by name.
    public let tables: [String]
    /// Equal for summaries that give the same for equal rows, whatever time they look at.
    public let signature: String

    private let rows: UndatedRows
    private let node: Aggregate
    private let aggregates: [MergeableAggregate]

    /// Nil when the operator is none of those, or its slices do not tell enough.
    init?(_ plan: Plan, folding: ConstantFolding) {
        switch plan {
        case .aggregate(let aggregate): node = aggregate
        case .distinct(let distinct):
            let schema = distinct.input.schema
            node = Aggregate(
                input: distinct.input,
                keys: schema.columns.indices.map {
                    NamedExpression(schema.columns[$0].name, .column(schema.reference($0)))
                }, aggregates: [])
        default: return nil
        }
        aggregates = node.aggregates.compactMap { MergeableAggregate($0) }
        let keepsOrder = node.aggregates.contains { $0.function.name.hasPrefix("make_list") } && node.input.isOrdered
        guard aggregates.count == node.aggregates.count, !keepsOrder,
            let rows = UndatedRows(node.input, folding: folding)
        else { return nil }
        var undated = node
        undated.input = rows.plan
        guard let signature = PlanSignature(of: undated) else { return nil }
        self.rows = rows
        self.signature = signature.text
        start = rows.start
        end = rows.end
        tables = rows.tables
    }

    /// The columns of `part`.
    public var partSchema: TableSchema { partNode(rows.plan, keys: node.keys).schema }

    /// What a part of the time adds; give it to `merged`. The end is excluded.
    public func part(from start: Instant, to end: Instant) -> Plan {
        .aggregate(partNode(rows.plan(from: start, to: end), keys: node.keys))
    }

    /// What each slice of a time adds, in one query: the columns of `part` after the slice's beginning. Slices have equal
    /// lengths and one of them begins at `start`; those without rows are left out.
    ///
    /// Nil when the query does not tell of its results which slice they come of; then slices are asked for one by one.
    public func parts(from start: Instant, to end: Instant, length: TimeSpan) -> Plan? {
        guard let input = rows.plan(from: start, to: end).carryingTime(),
            let bin = FunctionCatalogue.standard.scalar("bin_at")
        else { return nil }
        let time = BoundExpression.column(input.schema.reference(input.schema.columns.count - 1))
        let slice = BoundExpression.call(
            BoundCall(
                function: bin, arguments: [time, .constant(.timespan(length)), .constant(.datetime(start))],
                type: .datetime))
        return .aggregate(partNode(input, keys: [NamedExpression("slice", slice)] + node.keys))
    }

    private func partNode(_ input: Plan, keys: [NamedExpression]) -> Aggregate {
        var parts = aggregates.flatMap(\.parts)
        // Without keys there is a row even of nothing, which must not count.
        if node.keys.isEmpty, let count = FunctionCatalogue.standard.aggregate("count") {
            parts.append(
                BoundAggregate(
                    function: count, arguments: [], resultType: .long,
                    outputs: [AggregateOutput(name: "rows", type: .long)]))
        }
        let names = keys.indices.map { NamedExpression("key\($0)", keys[$0].expression) }
        var position = keys.count
        let named = parts.map { part in
            BoundAggregate(
                function: part.function, arguments: part.arguments, resultType: part.resultType,
                outputs: part.outputs.map { output in
                    position += 1
                    return AggregateOutput(name: "part\(position)", type: output.type, source: output.source)
                })
        }
        return Aggregate(input: input, keys: names, aggregates: named)
    }

    /// The summary, from the rows of all parts.
    public func merged(_ parts: Table) -> Plan {
        var input = Plan.values(parts)
        if node.keys.isEmpty, let last = parts.columns.last, case .long(let counts) = last {
            let filled = (0..<parts.rowCount).filter { (counts[$0] ?? 0) > 0 }
            input = .values(parts.gather(filled))
        }
        let keys = node.keys.indices.map { NamedExpression(node.keys[$0].name, .column(parts.schema.reference($0))) }
        var position = keys.count
        let merged = aggregates.map { aggregate in
            defer { position += aggregate.parts.reduce(0) { $0 + $1.outputs.count } }
            return aggregate.merged(position)
        }
        return .aggregate(Aggregate(input: input, keys: keys, aggregates: merged))
    }
}

extension Plan {
    /// Whether the rows were put in an order somewhere below.
    fileprivate var isOrdered: Bool {
        switch self {
        case .sort, .top: true
        default: inputs.contains(where: \.isOrdered)
        }
    }
}
