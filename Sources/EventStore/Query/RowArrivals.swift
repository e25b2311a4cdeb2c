public import Chronology
import KQL
import KQLFunctions
import KQLValues

/// When the rows of a table were appended: asked to tell cheaply whether what was computed of them still holds.
///
/// Rows are stored about in the order in which they come, so that asking for the latest touches only these.
public struct RowArrivals: Sendable {
    /// What tells the rows of a stretch of time from what they were: rows that come are newer than all before, rows that
    /// go make fewer.
    public struct Trace: Sendable, Hashable {
        public var rows: Int
        /// When the last of them was appended.
        public var newest: Instant?

        public init(rows: Int = 0, newest: Instant? = nil) {
            self.rows = rows
            self.newest = newest
        }

        /// The trace of these rows and others.
        public func joined(_ other: Trace) -> Trace {
            Trace(rows: rows + other.rows, newest: [newest, other.newest].compactMap(\.self).max())
        }
    }

    private let table: String
    private let run: StorePlanRun
    private let catalogue = FunctionCatalogue.standard

    private static let time = BoundExpression.column(
        ColumnReference(index: 0, name: "TimeGenerated", type: .datetime))
    private static let arrival = BoundExpression.column(
        ColumnReference(index: 1, name: StoredColumn.ingestionTime.name, type: .datetime))

    public init(of table: String, in run: StorePlanRun) {
        self.table = table
        self.run = run
    }

    /// How many rows were appended before an instant.
    public func count(before instant: Instant) throws -> Int {
        let rows = rows(where: [condition("<", Self.arrival, instant)])
        let counted = try run.run(summary(of: rows, by: nil))
        return Self.trace(counted, 0, after: 0).rows
    }

    /// When the last row was appended, of those appended since an instant; nil when there are none.
    public func newest(since instant: Instant) throws -> Instant? {
        let rows = rows(where: instant > .min ? [condition(">=", Self.arrival, instant)] : [])
        let found = try run.run(summary(of: rows, by: nil))
        return Self.trace(found, 0, after: 0).newest
    }

    /// The beginnings of the slices into which a row fell that was appended since an instant. Slices have equal lengths,
    /// one begins at `start`; the end is excluded.
    public func slices(
        touchedSince instant: Instant, from start: Instant, to end: Instant, length: TimeSpan
    ) throws -> Set<Instant> {
        let conditions = within(start, end) + [condition(">=", Self.arrival, instant)]
        let found = try run.run(summary(of: rows(where: conditions), by: slice(start, length)))
        return Set((0..<found.rowCount).compactMap { Self.instant(found, $0, 0) })
    }

    /// The traces of slices, by their beginnings; those without rows are left out.
    public func traces(from start: Instant, to end: Instant, length: TimeSpan) throws -> [Instant: Trace] {
        let found = try run.run(summary(of: rows(where: within(start, end)), by: slice(start, length)))
        var traces: [Instant: Trace] = [:]
        for row in 0..<found.rowCount {
            if let slice = Self.instant(found, row, 0) { traces[slice] = Self.trace(found, row, after: 1) }
        }
        return traces
    }

    // MARK: - Plans

    private func rows(where conditions: [BoundExpression?]) -> Plan {
        let scan = Scan(
            table: table,
            columns: [
                ColumnSchema("TimeGenerated", .datetime), ColumnSchema(StoredColumn.ingestionTime.name, .datetime),
            ])
        return conditions.compactMap(\.self).reduce(.scan(scan)) { .filter(Filter(input: $0, predicate: $1)) }
    }

    private func within(_ start: Instant, _ end: Instant) -> [BoundExpression?] {
        [condition(">=", Self.time, start), condition("<", Self.time, end)]
    }

    private func condition(_ sign: String, _ column: BoundExpression, _ instant: Instant) -> BoundExpression? {
        catalogue.scalar(sign).map {
            .call(BoundCall(function: $0, arguments: [column, .constant(.datetime(instant))], type: .bool))
        }
    }

    private func slice(_ start: Instant, _ length: TimeSpan) -> BoundExpression? {
        catalogue.scalar("bin_at").map {
            .call(
                BoundCall(
                    function: $0, arguments: [Self.time, .constant(.timespan(length)), .constant(.datetime(start))],
                    type: .datetime))
        }
    }

    /// The number of rows and the last arrival.
    private func summary(of rows: Plan, by key: BoundExpression?) -> Plan {
        let count = catalogue.aggregate("count").map {
            BoundAggregate(
                function: $0, arguments: [], resultType: .long,
                outputs: [AggregateOutput(name: "rows", type: .long)])
        }
        let newest = catalogue.aggregate("max").map {
            BoundAggregate(
                function: $0, arguments: [Self.arrival], resultType: .datetime,
                outputs: [AggregateOutput(name: "newest", type: .datetime)])
        }
        return .aggregate(
            Aggregate(
                input: rows, keys: key.map { [NamedExpression("slice", $0)] } ?? [],
                aggregates: [count, newest].compactMap(\.self)))
    }

    private static func trace(_ table: Table, _ row: Int, after keys: Int) -> Trace {
        guard table.rowCount > row, table.columns.count > keys + 1, case .long(let rows) = table.columns[keys][row]
        else { return Trace() }
        return Trace(rows: Int(rows), newest: instant(table, row, keys + 1))
    }

    private static func instant(_ table: Table, _ row: Int, _ column: Int) -> Instant? {
        if case .datetime(let instant) = table.columns[column][row] { instant } else { nil }
    }
}
