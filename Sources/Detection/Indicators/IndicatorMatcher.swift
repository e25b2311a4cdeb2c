public import Chronology
internal import EventStore
internal import JSON
internal import KQLValues
internal import Synchronization
internal import ThreatIntelligence
internal import Vocabulary

/// Matches indicators on the rows of all tables as they are ingested.
///
/// Which columns hold what follows from their names and types. One alert is made per indicator, entity and hour. May be
/// used by any number of tasks at once.
public final class IndicatorMatcher: BlockMatcher {
    /// Bounds and switches.
    public struct Policy: Sendable {
        /// Matches of one indicator on one entity within this time make one alert.
        public var interval = TimeSpan.hours(1)
        public var mostFindingsPerBlock = 1_000
        public var evidencePerFinding = 10
        /// Indicators below this confidence are not matched; those that state none are.
        public var lowestConfidence = 0

        public init() {}
    }

    private let policy: Policy
    private let tables = TableRoles()
    private let indicators: Mutex<IndicatorSet> = Mutex(IndicatorSet())
    private let idle: Mutex<[ObservableScanner]> = Mutex([])
    private let enabled = Mutex(true)

    public init(policy: Policy = Policy()) {
        self.policy = policy
    }

    /// Whether matching is on: the state of the rule of kind `ThreatIntelligence`.
    public var isEnabled: Bool {
        get { enabled.withLock { $0 } }
        set { enabled.withLock { $0 = newValue } }
    }

    /// Indicators held that may match.
    public var indicatorCount: Int { indicators.withLock { $0.count } }

    /// Bytes that the indicators take in memory, about.
    public var byteCount: Int { indicators.withLock { $0.byteCount } }

    /// Takes in what has changed in the store since the last time.
    ///
    /// - Returns: How many changes were read.
    @discardableResult
    public func refresh(from store: IndicatorStore) async throws -> Int {
        var next = indicators.withLock { $0 }
        if next.staleShare > 0.5 { next = IndicatorSet() }
        var count = 0
        while true {
            let read = try await store.load(into: &next)
            count += read
            if read == 0 { break }
        }
        next.allow(try await store.allowed().map(\.observable))
        let ready = next
        indicators.withLock { $0 = ready }
        return count
    }

    /// A matcher of those indicators alone that changed after `first`, up to `last`.
    func matcher(ofChangesAfter first: Int64, upTo last: Int64, in store: IndicatorStore) async throws
        -> IndicatorMatcher
    {
        var part = IndicatorSet(after: first)
        while try await store.load(into: &part, upTo: last) > 0 {}
        part.allow(try await store.allowed().map(\.observable))
        let ready = part
        let matcher = IndicatorMatcher(policy: policy)
        matcher.indicators.withLock { $0 = ready }
        return matcher
    }

    /// The observables that this matcher looks for, each once, if they are no more than `limit`; else nil.
    func observables(limit: Int) -> [Observable]? {
        let index = indicators.withLock(\.index)
        guard index.count <= limit else { return nil }
        return (0..<index.count).compactMap { index.observable(at: $0) }
    }

    /// What a column of a table holds, by position; for reading no more of history than is needed.
    func roles(of schema: TableSchema) -> TableRoles.Roles { tables.roles(of: schema) }

    public func findings(in block: StreamedBlock) -> [StreamFinding] {
        findings(in: block.rows, receivedAt: block.receivedAt)
    }

    /// What is found in rows that are mapped to their tables.
    func findings(in batches: [EventBatch], receivedAt: Instant) -> [StreamFinding] {
        let set = indicators.withLock { $0 }
        guard isEnabled, set.index.count > 0 else { return [] }
        var scanner = idle.withLock { $0.popLast() } ?? ObservableScanner()
        var collection = FindingCollection(policy: policy, receivedAt: receivedAt)
        for batch in batches where !TableRoles.ownTables.contains(batch.table) {
            let roles = tables.roles(of: batch.schema)
            for hit in hits(in: batch, roles, set.index, &scanner) {
                let row = MatchedRow(batch: batch, roles: roles, row: hit.row, receivedAt: receivedAt)
                guard let match = set.match(hit.number, at: row.time), isTaken(match, hit, row, set, &scanner) else {
                    continue
                }
                collection.add(match, column: batch.schema.columns[hit.column].name, row)
            }
        }
        let used = scanner
        idle.withLock { $0.append(used) }
        return collection.findings
    }

    private struct Hit: Hashable {
        let row: Int
        let column: Int
        let role: ColumnRole
        let number: ObservableIndex.Number
    }

    /// Walks the columns one after the other; a value that repeats the one before it is not looked up again.
    private func hits(
        in batch: EventBatch, _ roles: TableRoles.Roles, _ index: ObservableIndex, _ scanner: inout ObservableScanner
    ) -> [Hit] {
        var hits: [Hit] = []
        for (position, role) in roles.observed where index.roles.contains(role) {
            guard let strings = batch.columns[position].texts else { continue }
            var first = 0
            for row in 0..<batch.rowCount {
                let size = strings.byteCount(row)
                if size < 4 { continue }
                if row > 0, strings.byteCount(row - 1) == size, strings.isEqual(row, to: row - 1, of: strings) {
                    for hit in hits[first...] where hit.row == row - 1 {
                        hits.append(Hit(row: row, column: position, role: role, number: hit.number))
                    }
                    continue
                }
                first = hits.count
                strings.withUTF8(row) { value in
                    scanner.scan(value, as: role, in: index) { number in
                        let hit = Hit(row: row, column: position, role: role, number: number)
                        if !hits[first...].contains(hit) { hits.append(hit) }
                    }
                }
            }
        }
        return hits
    }

    /// Is the match to be told: sure enough, not allowed, and with all that the pattern asks of the same event?
    private func isTaken(
        _ match: IndicatorSet.Match, _ hit: Hit, _ row: MatchedRow, _ set: IndicatorSet,
        _ scanner: inout ObservableScanner
    ) -> Bool {
        if let confidence = match.confidence, confidence < policy.lowestConfidence { return false }
        if set.allowed.count > 0, row.names(set.allowed, column: hit.column, role: hit.role, &scanner) { return false }
        return match.term.companions.allSatisfy { companion in
            var index = ObservableIndex()
            index.insert(companion, number: 0)
            return row.roles.observed.contains { row.names(index, column: $0.column, role: $0.role, &scanner) }
        }
    }
}

extension Column {
    /// The texts of a string column, or of a dynamic one as JSON.
    fileprivate var texts: StringColumn? {
        switch self {
        case .string(let strings): strings
        case .dynamic(let values): StringColumn(values.map { $0.isNull ? "" : $0.description })
        default: nil
        }
    }
}

extension MatchedRow {
    /// Does a column of this row name one of the observables?
    fileprivate func names(
        _ index: ObservableIndex, column: Int, role: ColumnRole, _ scanner: inout ObservableScanner
    ) -> Bool {
        var isNamed = false
        var text = text(column)
        text.withUTF8 { scanner.scan($0, as: role, in: index) { _ in isNamed = true } }
        return isNamed
    }
}
