internal import KQLValues
internal import Synchronization
internal import ThreatIntelligence

/// Which columns of a table hold what, worked out once per shape of a table.
final class TableRoles: Sendable {
    /// The columns of one shape.
    struct Roles: Sendable {
        /// Columns in which observables may occur.
        var observed: [(column: Int, role: ColumnRole)] = []
        var hosts: [Int] = []
        var accounts: [Int] = []
        var addresses: [Int] = []
        /// Columns that say what became of the event: allowed, blocked.
        var verdicts: [Int] = []
        var time: Int?
    }

    /// Tables that Tocsin writes itself, in which each indicator or alert would be found again.
    static let ownTables: Set<String> = [
        "ThreatIntelligenceIndicator", "ThreatIntelIndicators", "SecurityAlert", "SecurityIncident", "Anomalies",
        "BehaviorAnalytics", "AlertInfo", "AlertEvidence", "Watchlist", "SentinelHealth", "SentinelAudit",
        "LAQueryLogs",
        "AuditLog_CL", "DeadLetter_CL", "SourceHealth_CL", "AzureMonitorAlert_CL", "Usage", "Heartbeat", "AzureMetrics",
    ]

    private static let mostRemembered = 4_096
    private let known: Mutex<[TableSchema: Roles]> = Mutex([:])

    func roles(of schema: TableSchema) -> Roles {
        if let roles = known.withLock({ $0[schema] }) { return roles }
        let roles = Self.read(schema)
        known.withLock { known in
            if known.count >= Self.mostRemembered { known.removeAll() }
            known[schema] = roles
        }
        return roles
    }

    private static func read(_ schema: TableSchema) -> Roles {
        var roles = Roles()
        for (position, column) in schema.columns.enumerated() {
            let isDynamic = column.type == .dynamic
            guard column.type == .string || isDynamic else {
                if column.name == "TimeGenerated" { roles.time = position }
                continue
            }
            let name = column.name.lowercased().filter { $0.isLetter || $0.isNumber }
            if hostNames.contains(name) { roles.hosts.append(position) }
            if verdictNames.contains(name) { roles.verdicts.append(position) }
            guard let role = ColumnRole(column: column.name, isDynamic: isDynamic) else { continue }
            roles.observed.append((position, role))
            if role == .account || (role == .email && name.hasSuffix("upn")) { roles.accounts.append(position) }
            if role == .address { roles.addresses.append(position) }
        }
        return roles
    }

    private static let hostNames: Set<String> = [
        "computer", "devicename", "hostname", "dvchostname", "dvc", "sourcehostname", "srchostname", "host",
        "workstation",
    ]
    private static let verdictNames: Set<String> = [
        "deviceaction", "action", "actions", "dvcaction", "eventresult", "eventoutcome", "activity", "flowstatuss",
        "resulttype", "status", "actiontype", "deliveryaction", "simplifieddeviceaction",
    ]
}
