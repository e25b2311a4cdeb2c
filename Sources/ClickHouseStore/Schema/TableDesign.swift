import EventStore
import KQLValues

/// How rows of a table lie on disk: what they are sorted by, which texts are kept as numbers of a dictionary, and which
/// have an index of what they contain.
struct TableDesign {
    /// In front of the time within each day; most asked for and fewest values first.
    var sortKeys: [String]

    init(table: String) {
        sortKeys = Self.sortKeys[table] ?? []
    }

    /// Tables that are asked for by more than time.
    private static let sortKeys: [String: [String]] = [
        "SecurityEvent": ["EventID", "Computer"],
        "WindowsEvent": ["EventID", "Computer"],
        "Event": ["EventLog", "EventID", "Computer"],
        "Syslog": ["Facility", "Computer", "ProcessName"],
        "CommonSecurityLog": ["DeviceVendor", "DeviceProduct", "DeviceEventClassID"],
        "SigninLogs": ["ResultType", "AppDisplayName"],
        "AADNonInteractiveUserSignInLogs": ["ResultType", "AppDisplayName"],
        "AuditLogs": ["Category", "OperationName"],
        "AzureActivity": ["CategoryValue", "OperationNameValue"],
        "AzureDiagnostics": ["Category", "OperationName"],
        "OfficeActivity": ["OfficeWorkload", "Operation"],
        "AWSCloudTrail": ["EventSource", "EventName"],
        "DeviceEvents": ["ActionType", "DeviceName"],
        "DeviceProcessEvents": ["ActionType", "DeviceName"],
        "DeviceNetworkEvents": ["ActionType", "DeviceName"],
        "DeviceFileEvents": ["ActionType", "DeviceName"],
        "DeviceLogonEvents": ["ActionType", "DeviceName"],
        "DeviceRegistryEvents": ["ActionType", "DeviceName"],
        "DnsEvents": ["SubType", "Computer"],
        "W3CIISLog": ["sSiteName", "csMethod"],
    ]

    /// Columns with few different texts, whatever the table.
    private static let fewTexts: Set<String> = [
        "Type", "TenantId", "SourceSystem", "Computer", "Activity", "Channel", "Account", "AccountType",
        "TargetDomainName", "SubjectDomainName", "Provider", "EventLog", "EventLevelName", "Facility", "SeverityLevel",
        "HostName", "ProcessName", "DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID",
        "LogSeverity",
        "DeviceAction", "Protocol", "ApplicationProtocol", "AppDisplayName", "ResultType", "ResultDescription",
        "Location",
        "ClientAppUsed", "RiskLevelDuringSignIn", "Category", "CategoryValue", "OperationName", "OperationNameValue",
        "OfficeWorkload", "Operation", "RecordType", "EventSource", "EventName", "AwsRegion", "ActionType",
        "DeviceName",
        "ResourceGroup", "ResourceProvider", "SubscriptionId", "Level", "UserAgent",
    ]

    /// Columns with long texts that are searched for parts of them.
    private static let searchedTexts: Set<String> = [
        "CommandLine", "ParentCommandLine", "ProcessCommandLine", "InitiatingProcessCommandLine", "NewProcessName",
        "SyslogMessage", "Message", "EventData", "RenderedDescription", "RequestURL", "RemoteUrl",
        "AdditionalExtensions",
        "RawData", "ScriptBlockText", "Properties", "AdditionalFields", "Parameters",
    ]

    /// A column as `CREATE TABLE` has it.
    func definition(of column: StoredColumn) -> String {
        let name = ClickHouseForms.identifier(column.storedName)
        let comment = ClickHouseForms.literal(ColumnComment.text(column))
        return "\(name) \(type(of: column)) COMMENT \(comment) CODEC(\(codec(of: column)))"
    }

    /// The index of a column's texts, nil when it has none: a Bloom filter of the pieces of four bytes of the text in lower
    /// case, by which blocks are left out that cannot contain what is searched for.
    func index(of column: StoredColumn) -> String? {
        guard Self.searchedTexts.contains(column.name), column.type == .string else { return nil }
        let name = ClickHouseForms.identifier("parts of \(column.storedName)")
        let text = ClickHouseForms.identifier(column.storedName)
        return "INDEX \(name) lower(\(text)) TYPE ngrambf_v1(4, 32768, 3, 0) GRANULARITY 1"
    }

    private func type(of column: StoredColumn) -> String {
        column.type == .string && Self.fewTexts.contains(column.name)
            ? "LowCardinality(String)" : ClickHouseForms.typeName(column.type)
    }

    private func codec(of column: StoredColumn) -> String {
        switch column.type {
        case .datetime: "Delta(8), ZSTD(1)"
        case .int, .long, .timespan, .bool, .real, .guid, .string, .decimal, .dynamic: "ZSTD(1)"
        }
    }

    /// `PARTITION BY` and `ORDER BY`: by day and key when the table has times, else neither.
    func layout(_ columns: [StoredColumn]) -> String {
        guard let time = columns.first(where: { $0.name == "TimeGenerated" && $0.type == .datetime }) else {
            return "ORDER BY tuple()"
        }
        let known = sortKeys.compactMap { key in columns.first { $0.name == key && $0.type.isSortable } }
        let keys = (known + [time]).map { ClickHouseForms.identifier($0.storedName) }.joined(separator: ", ")
        let day = "intDiv(\(ClickHouseForms.identifier(time.storedName)), \(TableDesign.ticksPerDay))"
        return "PARTITION BY \(day) ORDER BY (\(keys))"
    }

    static let ticksPerDay: Int64 = 864_000_000_000
}

extension KQLType {
    fileprivate var isSortable: Bool {
        switch self {
        case .string, .int, .long, .bool: true
        default: false
        }
    }
}

/// What a column's comment in ClickHouse says: its name and type in KQL.
enum ColumnComment {
    static let start = "kql:"

    static func text(_ column: StoredColumn) -> String { "\(start)\(column.type.rawValue):\(column.name)" }

    /// The column of that comment; nil when it is none of ours.
    static func column(_ text: String, storedName: String) -> StoredColumn? {
        guard text.hasPrefix(start) else { return nil }
        let parts = text.dropFirst(start.count).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let type = KQLType(rawValue: String(parts[0])) else { return nil }
        return StoredColumn(name: String(parts[1]), type: type, storedName: storedName)
    }
}
