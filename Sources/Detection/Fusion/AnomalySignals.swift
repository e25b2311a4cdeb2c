internal import Casebook
public import Chronology
public import EventStore
public import KQL
internal import KQLValues
internal import Vocabulary

/// Reads rows of the table `Anomalies` as findings for fusion.
public struct AnomalySignals: Sendable {
    private static let most = 5_000

    private let store: any EventStore
    private let environment: @Sendable () -> QueryEnvironment
    private let now: @Sendable () -> Instant

    public init(
        store: any EventStore, environment: @escaping @Sendable () -> QueryEnvironment,
        now: @escaping @Sendable () -> Instant
    ) {
        self.store = store
        self.environment = environment
        self.now = now
    }

    /// The anomalies generated since an instant, none where the table is missing.
    public func read(since: Instant) async throws -> [FusionSignal] {
        guard let schema = store.schemas["Anomalies"] else { return [] }
        let wanted = [
            "TimeGenerated", "Id", "RuleName", "AnomalyTemplateName", "Score", "StartTime", "EndTime", "Tactics",
            "Techniques", "UserName", "UserPrincipalName", "SourceIpAddress", "SourceDevice", "Entities",
        ].filter { schema.index(of: $0) != nil }
        var environment = environment()
        environment.tables = store.layout
        environment.timeRange = nil
        let text =
            "Anomalies | where TimeGenerated >= datetime(\(since)) | project \(wanted.joined(separator: ", ")) "
            + "| order by TimeGenerated asc | take \(Self.most)"
        let result = try await store.query(
            StoreQuery(
                text, environment: environment, options: CompileOptions(now: now(), isLenient: true),
                limits: ExecutionLimits(rows: 1_000_000, bytes: 1 << 28, seconds: 60)))
        let table = result.result.table
        return (0..<table.rowCount).compactMap { Self.signal(table, $0) }
    }

    private static func signal(_ table: KQLValues.Table, _ row: Int) -> FusionSignal? {
        func value(_ name: String) -> Value? { table.schema.index(of: name).map { table.columns[$0][row] } }
        func text(_ name: String) -> String { value(name)?.text ?? "" }
        func time(_ name: String) -> Instant? { if case .datetime(let instant)? = value(name) { instant } else { nil } }
        let title = text("RuleName").isEmpty ? text("AnomalyTemplateName") : text("RuleName")
        guard let generated = time("TimeGenerated"), !title.isEmpty else { return nil }
        let start = time("StartTime") ?? generated
        var entities: [Entity] = []
        let account = text("UserPrincipalName").isEmpty ? text("UserName") : text("UserPrincipalName")
        if !account.isEmpty { entities.append(Entity(kind: .account, identifiers: ["FullName": account])) }
        if !text("SourceDevice").isEmpty {
            entities.append(Entity(kind: .host, identifiers: ["HostName": text("SourceDevice")]))
        }
        if !text("SourceIpAddress").isEmpty {
            entities.append(Entity(kind: .ip, identifiers: ["Address": text("SourceIpAddress")]))
        }
        entities += SentinelEntities.read(text("Entities"))
        let id =
            text("Id").isEmpty ? StableIdentifier.make(["anomaly", title, account, generated.description]) : text("Id")
        return FusionSignal(
            origin: .anomaly(id: id), rule: "Anomaly/" + title, title: title, product: "Anomalies",
            severity: severity(value("Score")), tactics: words(text("Tactics")).compactMap { Tactic(lenient: $0) },
            techniques: words(text("Techniques")), subjects: FusionSignal.subjects(of: entities), start: start,
            end: max(start, time("EndTime") ?? start))
    }

    /// Anomalies are hints; only outstanding ones weigh as much as an alert of low severity.
    private static func severity(_ score: Value?) -> Severity {
        if case .real(let score)? = score, score >= 0.8 { .low } else { .informational }
    }

    /// The words of a list, be it JSON or separated by commas.
    private static func words(_ text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "-" && $0 != "_" }.map(String.init)
    }
}
