internal import Chronology
public import EventStore
public import KQL
internal import KQLValues
internal import Vocabulary

/// Reads what the event store holds of the past.
public struct EventHistory: Sendable {
    private let store: any EventStore
    private let environment: @Sendable () -> QueryEnvironment
    private static let limits = ExecutionLimits(rows: 2_000_000, bytes: 1 << 30, seconds: 120)

    /// - Parameter environment: what names mean in queries; its tables are replaced by the store's.
    public init(store: any EventStore, environment: @escaping @Sendable () -> QueryEnvironment) {
        self.store = store
        self.environment = environment
    }

    /// The tables that there are, Tocsin's own left out.
    var eventTables: [String] {
        store.schemas.filter { $0.value.index(of: "TimeGenerated") != nil && !Self.ownTables.contains($0.key) }.keys
            .sorted()
    }

    /// What Tocsin itself writes, and what became of events rather than events.
    private static let ownTables: Set<String> = [
        "SecurityAlert", "SecurityIncident", "DeadLetter_CL", "SentinelHealth", "SourceHealth_CL", "Usage",
        "Anomalies", "BehaviorAnalytics", "RuleCoverage_CL", "RuleQuality_CL",
    ]

    /// The tables that each query reads, as far as it can be bound.
    func tables(of queries: [String]) async throws -> [[String]] {
        let (environment, layout) = (environment(), store.layout)
        // On the store's thread, whose stack is deep enough for deep queries.
        return try await store.read(seconds: Self.limits.seconds) { _ in
            queries.map { query in
                let catalog = RecordingCatalog(layout)
                var environment = environment
                environment.tables = catalog
                // A query that cannot be bound fails when it is run; here it names what was found until then.
                _ = try? KQLEngine.compile(
                    query, environment: environment, options: CompileOptions(now: .unixEpoch, isLenient: true))
                return catalog.names
            }
        }
    }

    /// The rows of a table by the hour that they lie in; nil when it has no times.
    func hours(of table: String, in range: TimeRange) async throws -> [Instant: Int]? {
        guard store.schemas[table]?.index(of: "TimeGenerated") != nil else { return nil }
        let rows = try await run(
            """
            ['\(table)'] | where TimeGenerated >= datetime(\(range.start)) and TimeGenerated < datetime(\(range.end))
            | summarize Rows = count() by Hour = bin(TimeGenerated, 1h)
            """)
        var hours: [Instant: Int] = [:]
        for row in 0..<rows.rowCount {
            if case .datetime(let hour)? = rows.column("Hour")?[row], case .long(let count)? = rows.column("Rows")?[row]
            {
                hours[hour] = Int(count)
            }
        }
        return hours
    }

    /// The newest time in each of these tables that has rows.
    func latest(of tables: [String]) async throws -> [String: Instant] {
        var latest: [String: Instant] = [:]
        for table in tables where store.schemas[table]?.index(of: "TimeGenerated") != nil {
            let rows = try await run("['\(table)'] | summarize Latest = max(TimeGenerated)")
            if rows.rowCount > 0, case .datetime(let time)? = rows.column("Latest")?[0] { latest[table] = time }
        }
        return latest
    }

    /// The rows of a table within a range.
    func rows(of table: String, in range: TimeRange) async throws -> Table {
        try await run(
            "['\(table)'] | where TimeGenerated >= datetime(\(range.start)) and TimeGenerated < datetime(\(range.end))")
    }

    private func run(_ text: String) async throws -> Table {
        var environment = environment()
        environment.tables = store.layout
        return try await store.query(
            StoreQuery(
                text, environment: environment, options: CompileOptions(now: .unixEpoch), limits: Self.limits)
        ).result.table
    }
}
