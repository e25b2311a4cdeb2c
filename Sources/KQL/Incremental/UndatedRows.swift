import Chronology
import KQLFunctions
import KQLValues

/// The rows that a summary takes, with the conditions on time taken off the tables that they come from.
struct UndatedRows {
    /// Row by row over tables of all times.
    let plan: Plan
    /// The time that the conditions left, the same for all tables; the end is excluded.
    let start: Instant
    let end: Instant
    /// The names of the tables, each once.
    let tables: [String]

    /// Nil when some operator looks at several rows together, or the tables are read over different or open times.
    init?(_ input: Plan, folding: ConstantFolding) {
        var cutter = Cutter(folding: folding)
        let plan = cutter.cut(input)
        guard !cutter.hasFailed, let range = cutter.ranges.first, cutter.ranges.allSatisfy({ $0 == range }),
            let start = range.start, let end = range.end, RowwiseQuery(plan) != nil
        else { return nil }
        self.plan = plan
        self.start = start
        self.end = max(start, end)
        tables = Set(cutter.tables).sorted()
    }

    /// The rows of a part of the time.
    func plan(from start: Instant, to end: Instant) -> Plan {
        plan.overTables { scan in scan.within(start, end) }
    }

    private struct Range: Hashable {
        var start: Instant?
        var end: Instant?

        mutating func narrow(_ other: Range) {
            start = [start, other.start].compactMap(\.self).max()
            end = [end, other.end].compactMap(\.self).min()
        }
    }

    private struct Cutter {
        let folding: ConstantFolding
        var ranges: [Range] = []
        var tables: [String] = []
        var hasFailed = false

        mutating func cut(_ plan: Plan) -> Plan {
            guard let (stored, conditions) = plan.filteredScan else {
                if case .materialized(let node) = plan { return cut(node.input) }
                var inputs = plan.inputs
                if case .mvApply(let node) = plan { inputs = [node.expand.input] }
                var changed = inputs.map { cut($0) }[...]
                return plan.mapInputs(includingBodies: false) { input in changed.popFirst() ?? input }
            }
            let time = stored.schema.index(of: "TimeGenerated").map { stored.schema.reference($0) }
            guard let time, time.type == .datetime else {
                hasFailed = true
                return plan
            }
            var range = Range()
            var kept: [BoundExpression] = []
            for condition in conditions {
                if let bounds = bounds(condition, on: time) { range.narrow(bounds) } else { kept.append(condition) }
            }
            ranges.append(range)
            tables.append(stored.table)
            var scan = stored
            scan.timeRange = nil
            return kept.reduce(.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
        }

        /// What a condition asks of the time alone; nil when it asks something else.
        private func bounds(_ condition: BoundExpression, on time: ColumnReference) -> Range? {
            guard case .call(let call) = condition.withoutSharing, let first = call.arguments.first else { return nil }
            let tick = TimeSpan(ticks: 1)
            func isTime(_ expression: BoundExpression) -> Bool {
                if case .column(let column) = expression { column.index == time.index } else { false }
            }
            func instant(_ expression: BoundExpression) -> Instant? {
                if case .datetime(let instant)? = folding.value(of: expression) { instant } else { nil }
            }
            if call.function.name == "between", call.arguments.count == 3, isTime(first) {
                guard let start = instant(call.arguments[1]) else { return nil }
                if case .timespan(let span)? = folding.value(of: call.arguments[2]) {
                    let end = start + span + tick
                    return end > start ? Range(start: start, end: end) : nil
                }
                return instant(call.arguments[2]).map { Range(start: start, end: $0 + tick) }
            }
            guard call.arguments.count == 2, let last = call.arguments.last else { return nil }
            let isReversed = isTime(last)
            guard isReversed != isTime(first), let bound = instant(isReversed ? first : last) else { return nil }
            switch (call.function.name, isReversed) {
            case (">=", false), ("<=", true): return Range(start: bound)
            case (">", false), ("<", true): return Range(start: bound + tick)
            case ("<", false), (">", true): return Range(end: bound)
            case ("<=", false), (">=", true): return Range(end: bound + tick)
            default: return nil
            }
        }
    }
}

extension Plan {
    /// The plan with something else in place of each stored table that it reads row by row.
    func overTables(_ replacement: (Scan) -> Plan) -> Plan {
        if case .scan(let scan) = self { return replacement(scan) }
        return mapInputs(includingBodies: false) { $0.overTables(replacement) }
    }
}

extension Scan {
    /// The rows of a time, whose end is excluded.
    fileprivate func within(_ start: Instant, _ end: Instant) -> Plan {
        guard let index = schema.index(of: "TimeGenerated") else { return .scan(self) }
        var scan = self
        let bounds = TimeBounds(lower: start, upper: end - TimeSpan(ticks: 1))
        scan.timeRange = bounds
        return bounds.predicates(on: .column(schema.reference(index)), catalogue: .standard)
            .reduce(.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
    }
}

extension BoundExpression {
    private static let mostWrittenOut = 64

    /// The expression with what is shared written out, when it is short.
    fileprivate var withoutSharing: BoundExpression {
        guard size <= BoundExpression.mostWrittenOut else { return self }
        switch self {
        case .constant, .column, .subquery: return self
        case .shared(let shared): return shared.expression.withoutSharing
        case .convert(let inner, let type): return .convert(inner.withoutSharing, to: type)
        case .call(let call):
            return .call(
                BoundCall(
                    function: call.function, arguments: call.arguments.map(\.withoutSharing), type: call.type))
        }
    }
}
