internal import Casebook
public import Chronology
public import EventStore
internal import GRDB
public import KQL
internal import KQLValues
public import Logging
public import StateStore
internal import ThreatIntelligence
internal import Vocabulary

/// Looks for new and changed indicators in what was stored before they came.
///
/// A sweep goes table by table through time, in slices that hold a bounded number of rows; its place is kept, so that it
/// goes on after a restart. Indicators that come while it runs have the next sweep.
public actor IndicatorSweep {
    /// How far back and in which pieces.
    public struct Policy: Sendable {
        public var lookback = TimeSpan.days(30)
        /// Rows taken from the store at a time.
        public var rowsPerSlice = 20_000
        /// Up to so many values the store filters by them; beyond, all rows of the columns in question are read.
        public var mostFilteredValues = 400

        public init() {}
    }

    private let store: any EventStore
    private let indicators: IndicatorStore
    private let matcher: IndicatorMatcher
    private let detector: StreamDetector
    private let environment: @Sendable () -> QueryEnvironment
    private let policy: Policy
    private let time: TimeSource
    private let logger: Logger

    /// - Parameter matcher: the one that looks at the stream, which this keeps up to date.
    public init(
        store: any EventStore, indicators: IndicatorStore, matcher: IndicatorMatcher, detector: StreamDetector,
        environment: @escaping @Sendable () -> QueryEnvironment, policy: Policy = Policy(), time: TimeSource,
        logger: Logger
    ) {
        self.store = store
        self.indicators = indicators
        self.matcher = matcher
        self.detector = detector
        self.environment = environment
        self.policy = policy
        self.time = time
        self.logger = logger
    }

    /// Follows the indicators until the task is cancelled.
    public func run() async throws {
        while true {
            let seen = indicators.changes.position
            try await processPending()
            await indicators.changes.wait(after: seen)
            try Task.checkCancellation()
        }
    }

    /// Takes changed indicators into the stream's matcher and sweeps history for them.
    ///
    /// - Returns: Alerts that were new.
    @discardableResult
    public func processPending() async throws -> Int {
        try await matcher.refresh(from: indicators)
        var alerts = 0
        while let place = try await place() {
            alerts += try await sweep(from: place)
        }
        return alerts
    }

    /// Where a sweep stands.
    private struct Place: Sendable {
        /// Indicators whose changes lie after `done`, up to `target`.
        var done: Int64
        var target: Int64
        var until: Instant
        var table: String
        var cursor: Instant
    }

    private func place() async throws -> Place? {
        let last = try await indicators.lastChange()
        let now = time.now()
        let start = now - policy.lookback
        return try await indicators.database.write { database in
            if let row = try Row.fetchOne(database, sql: "SELECT * FROM detection_indicator_sweep WHERE id = 1") {
                let place = Place(
                    done: row["done"], target: row["target"], until: Instant(ticks: row["until"]),
                    table: row["table_name"], cursor: Instant(ticks: row["cursor"]))
                if place.target > place.done { return place }
                guard last > place.done else { return nil }
                let next = Place(done: place.done, target: last, until: now, table: "", cursor: start)
                try Self.save(next, in: database)
                return next
            }
            guard last > 0 else { return nil }
            let first = Place(done: 0, target: last, until: now, table: "", cursor: start)
            try Self.save(first, in: database)
            return first
        }
    }

    private static func save(_ place: Place, in database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO detection_indicator_sweep (id, done, target, until, table_name, cursor) VALUES (1, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET done = excluded.done, target = excluded.target, until = excluded.until,
                    table_name = excluded.table_name, cursor = excluded.cursor
                """,
            arguments: [place.done, place.target, place.until.ticks, place.table, place.cursor.ticks])
    }

    private func save(_ place: Place) async throws {
        try await indicators.database.write { try Self.save(place, in: $0) }
    }

    private func sweep(from start: Place) async throws -> Int {
        var place = start
        let part = try await matcher.matcher(ofChangesAfter: place.done, upTo: place.target, in: indicators)
        part.isEnabled = matcher.isEnabled
        let horizon = place.until - policy.lookback
        var alerts = 0
        if part.indicatorCount > 0, part.isEnabled {
            let filter = SweepFilter(part.observables(limit: policy.mostFilteredValues))
            for (name, schema) in store.schemas.sorted(by: { $0.key < $1.key })
            where name >= place.table && !TableRoles.ownTables.contains(name) {
                if name != place.table { place.cursor = horizon }
                place.table = name
                guard let query = filter.query(table: name, schema, part.roles(of: schema)) else { continue }
                alerts += try await sweep(query, part, &place)
            }
        }
        place.done = place.target
        place.table = ""
        try await save(place)
        return alerts
    }

    /// One table, slice by slice; the slices shrink where rows are dense and grow where they are not.
    private func sweep(_ query: SweepFilter.Query, _ part: IndicatorMatcher, _ place: inout Place) async throws -> Int {
        var alerts = 0
        var slice = max(TimeSpan.minutes(1), place.until - place.cursor)
        let smallest = TimeSpan.seconds(1)
        while place.cursor < place.until {
            try Task.checkCancellation()
            let end = min(place.until, place.cursor + slice)
            let isSmallest = slice <= smallest
            let rows: KQLValues.Table
            do {
                rows = try await self.rows(
                    query, from: place.cursor, to: end, limit: isSmallest ? 200_000 : policy.rowsPerSlice)
            } catch {
                logger.warning(
                    "history of a table was not searched for indicators",
                    metadata: ["table": "\(query.table)", "error": "\(error)"])
                return alerts
            }
            if rows.rowCount > policy.rowsPerSlice, !isSmallest {
                slice = max(smallest, TimeSpan(ticks: slice.ticks / 4))
                continue
            }
            let findings = part.findings(
                in: [EventBatch(table: query.table, rows: rows)], receivedAt: time.now())
            if !findings.isEmpty { alerts += try await detector.record(findings).newAlerts }
            place.cursor = end
            try await save(place)
            slice = TimeSpan(ticks: slice.ticks * 2)
        }
        return alerts
    }

    private func rows(_ query: SweepFilter.Query, from start: Instant, to end: Instant, limit: Int) async throws
        -> KQLValues.Table
    {
        var environment = environment()
        environment.tables = store.layout
        environment.timeRange = nil
        let text = query.text(from: start, to: end, limit: limit + 1)
        let limits = ExecutionLimits(rows: 5_000_000, bytes: 1 << 30, seconds: 300)
        return try await store.query(
            StoreQuery(
                text, environment: environment, options: CompileOptions(now: time.now(), isLenient: true),
                limits: limits)
        ).result.table
    }
}

/// Queries that give no more rows and columns of a table than may name the observables.
struct SweepFilter {
    struct Query: Sendable {
        let table: String
        let columns: [String]
        let condition: String

        func text(from start: Instant, to end: Instant, limit: Int) -> String {
            "['\(table)'] | where TimeGenerated >= datetime(\(start)) and TimeGenerated < datetime(\(end))\(condition)"
                + " | project \(columns.map { "['\($0)']" }.joined(separator: ", ")) | take \(limit)"
        }
    }

    /// Words that a row must contain; nil: any row may match.
    private let words: [String]?

    /// - Parameter observables: nil when there are too many to filter by.
    init(_ observables: [Observable]?) {
        // Networks, and IPv6 addresses with their many spellings, are in no text as they are.
        guard let observables,
            !observables.contains(where: { $0.kind == .ipv6 || $0.value.contains("/") && $0.kind == .ipv4 })
        else {
            words = nil
            return
        }
        words = observables.map { observable in
            observable.kind == .url
                ? String(observable.value.prefix { $0 != "/" && $0 != ":" }) : observable.value
        }
    }

    /// The query of a table; nil when nothing in it can be an observable or it has no times.
    func query(table: String, _ schema: TableSchema, _ roles: TableRoles.Roles) -> Query? {
        guard let time = roles.time, !roles.observed.isEmpty else { return nil }
        let needed = Set(
            roles.observed.map(\.column) + roles.hosts + roles.accounts + roles.addresses + roles.verdicts + [time])
        let columns = needed.sorted().map { schema.columns[$0].name }
        guard columns.allSatisfy({ !$0.contains("'") && !$0.contains("\\") }), !table.contains("'") else { return nil }
        guard let words else { return Query(table: table, columns: columns, condition: "") }
        let list = Set(words).sorted().map(Self.literal).joined(separator: ",")
        let tests = roles.observed.map { column, _ in
            let name = "['\(schema.columns[column].name)']"
            let text = schema.columns[column].type == .dynamic ? "tostring(\(name))" : name
            return "\(text) has_any (\(list))"
        }
        return Query(
            table: table, columns: columns, condition: " | where " + tests.joined(separator: " or "))
    }

    private static func literal(_ text: String) -> String {
        let escaped = text.flatMap { $0 == "\\" || $0 == "\"" ? ["\\", $0] : [$0] }
        return "\"\(String(escaped))\""
    }
}
