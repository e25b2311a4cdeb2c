internal import Chronology
internal import EventStore
public import KQL
internal import KQLValues
internal import Synchronization

/// Matches analytics rules that are decided per event on batches as they are ingested.
///
/// A rule whose query fails or takes too long on a block waits for its schedule until the rules are read again.
public final class KQLBlockMatcher: BlockMatcher {
    /// The rules of one table.
    private struct TableRules: Sendable {
        struct Entry: Sendable {
            let rule: KQLStreamRule
            let input: Int
        }

        let schema: TableSchema
        var entries: [Entry] = []
        var index = KQLRowIndex([])
    }

    private struct State {
        var rules: [String: KQLStreamRule] = [:]
        var tables: [String: TableRules] = [:]
        var failed: [String: String] = [:]
        /// Rules that are disabled, by a person or by failures.
        var muted: Set<String> = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Takes those of the rules that can be decided per event instead of the present ones.
    ///
    /// - Parameter environment: with the tables as they are stored.
    public func replace(_ rules: [AnalyticsRule], environment: QueryEnvironment) {
        let streamed = rules.filter(\.isEnabled).compactMap { KQLStreamRule($0, environment: environment) }
        var tables: [String: TableRules] = [:]
        for rule in streamed {
            for (number, input) in rule.query.inputs.enumerated() {
                guard let schema = environment.tables.schema(of: input.table) else { continue }
                tables[input.table, default: TableRules(schema: schema)].entries.append(
                    TableRules.Entry(rule: rule, input: number))
            }
        }
        for (name, rules) in tables {
            tables[name]?.index = KQLRowIndex(rules.entries.map { $0.rule.covers[$0.input] })
        }
        let next = State(
            rules: Dictionary(streamed.map { ($0.rule.id, $0) }, uniquingKeysWith: { first, _ in first }),
            tables: tables)
        state.withLock { state in
            let muted = state.muted
            state = next
            state.muted = muted
        }
    }

    /// Leaves these rules out until it is called again.
    func mute(_ rules: Set<String>) {
        state.withLock { $0.muted = rules }
    }

    /// The rules that are matched in the stream, by id.
    public var streamedRules: Set<String> {
        state.withLock { Set($0.rules.keys).subtracting($0.failed.keys).subtracting($0.muted) }
    }

    /// A rule in its form for the stream; nil when it has to wait for its schedule.
    func rule(_ id: String) -> KQLStreamRule? {
        state.withLock { $0.failed[id] == nil ? $0.rules[id] : nil }
    }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        let (tables, silent) = state.withLock { ($0.tables, $0.muted.union($0.failed.keys)) }
        guard !tables.isEmpty else { return [] }
        var found: [ObjectIdentifier: Found] = [:]
        var order: [ObjectIdentifier] = []
        for batch in block.rows {
            guard let rules = tables[batch.table], batch.rowCount > 0 else { continue }
            let columns = KQLBlockColumns(batch, table: rules.schema)
            func look(_ entry: Int, _ rows: [Int]?) {
                let rule = rules.entries[entry].rule
                guard !silent.contains(rule.rule.id) else { return }
                let key = ObjectIdentifier(rule)
                if found[key] == nil {
                    order.append(key)
                    found[key] = Found(rule)
                }
                attempt(rule) { () throws(ExecutionError) in
                    try found[key]?.add(columns, input: rules.entries[entry].input, rows: rows)
                }
            }
            for entry in rules.index.uncovered { look(entry, nil) }
            for (entry, rows) in rules.index.candidates(columns, rowCount: batch.rowCount) { look(entry, rows) }
        }
        return order.flatMap { key -> [StreamFinding] in
            guard let match = found[key], match.rowCount > 0 else { return [] }
            return attempt(match.rule) { () throws(ExecutionError) in
                try match.rule.findings(of: match.rows, at: block.receivedAt)
            } ?? []
        }
    }

    @discardableResult
    private func attempt<Result>(_ rule: KQLStreamRule, _ body: () throws(ExecutionError) -> Result) -> Result? {
        do {
            return try body()
        } catch {
            state.withLock { $0.failed[rule.rule.id] = error.message }
            return nil
        }
    }

    /// The rows of a block that one rule looks at.
    private struct Found {
        let rule: KQLStreamRule
        var rows: [KQLStreamRule.Rows]

        init(_ rule: KQLStreamRule) {
            self.rule = rule
            rows = rule.query.inputs.map { KQLStreamRule.Rows(table: Table(empty: TableSchema($0.columns)), times: []) }
        }

        var rowCount: Int { rows.reduce(0) { $0 + $1.times.count } }

        /// Adds the rows of a batch that meet the input's conditions.
        mutating func add(_ block: KQLBlockColumns, input: Int, rows chosen: [Int]?) throws(ExecutionError) {
            let wanted = rule.query.inputs[input]
            let candidates = block.table(wanted.columns, rows: chosen)
            let times = chosen.map { rows in rows.map { block.times[$0] } } ?? block.times
            rows[input].append(try rule.filtered(candidates, times: times, by: wanted))
        }
    }
}
